// Package localserver serves HTTP while a command runs.
package localserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

// maxConnections is how many connections a server has at the same time. Others wait.
const maxConnections = 256

// Server is a running HTTP server.
type Server struct {
	URL    string
	addr   net.Addr
	http   *http.Server
	served chan error
}

// Serve serves h at addr, which is "host:port". Port 0 means any free port.
func Serve(addr string, h http.Handler) (*Server, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s := &Server{
		URL:  "http://" + listener.Addr().String(),
		addr: listener.Addr(),
		http: &http.Server{
			Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		},
		served: make(chan error, 1),
	}
	listener = netutil.LimitListener(listener, maxConnections)
	go func() { s.served <- s.http.Serve(listener) }()
	return s, nil
}

// OnlyHere reports whether only this machine can reach the server.
func (s *Server) OnlyHere() bool {
	at, ok := s.addr.(*net.TCPAddr)
	return ok && at.IP.IsLoopback()
}

// Wait returns nil when ctx ends, or the error that ended the server earlier.
func (s *Server) Wait(ctx context.Context) error {
	select {
	case err := <-s.served:
		s.served <- err
		return err
	case <-ctx.Done():
		return nil
	}
}

// Close ends the server. Requests in progress get a moment to finish.
func (s *Server) Close() error {
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
