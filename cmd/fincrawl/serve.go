package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// server is an HTTP server that listens already.
type server struct {
	URL    string
	addr   net.Addr
	http   *http.Server
	served chan error
}

// serve serves h at addr ("host:port", port 0 for any).
func serve(addr string, h http.Handler) (*server, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s := &server{
		URL:    "http://" + listener.Addr().String(),
		addr:   listener.Addr(),
		http:   &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second},
		served: make(chan error, 1),
	}
	go func() { s.served <- s.http.Serve(listener) }()
	return s, nil
}

// onlyHere reports whether nobody but this machine can reach the server.
func (s *server) onlyHere() bool {
	at, ok := s.addr.(*net.TCPAddr)
	return ok && at.IP.IsLoopback()
}

// wait returns when ctx ends, or earlier with the error that ended the server.
func (s *server) wait(ctx context.Context) error {
	select {
	case err := <-s.served:
		s.served <- err
		return err
	case <-ctx.Done():
		return nil
	}
}

// close ends the server, giving answers under way a moment.
func (s *server) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		_ = s.http.Close()
	}
	if err := <-s.served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
