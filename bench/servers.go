package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/fincrawl/fincrawl/ingest/sandbox"
)

// serve serves a handler on a loopback port until close is called.
func serve(h http.Handler) (url string, close func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.Serve(l) }()
	return "http://" + l.Addr().String(), func() { _ = s.Close() }, nil
}

// library starts an emulated Intercom without a rate limit.
func library() (box *sandbox.Sandbox, url string, close func(), err error) {
	if box, err = sandbox.New(sandbox.Config{}); err != nil {
		return nil, "", nil, err
	}
	url, close, err = serve(box)
	return box, url, close, err
}

// realSite is documentation that a Debian package installs.
type realSite struct {
	name, dir, start string
}

func realSites() []realSite {
	return []realSite{
		{"postgresql", "/usr/share/doc/postgresql-doc-15/html", "/index.html"},
		{"python", "/usr/share/doc/python3.11/html", "/index.html"},
		{"cppreference", "/usr/share/cppreference/doc/html", "/en/index.html"},
	}
}

// sitesToCrawl returns the requested sites that are installed.
func (b *bench) sitesToCrawl() ([]realSite, error) {
	var found []realSite
	for _, asked := range b.sites {
		s, err := siteOf(asked)
		if err == nil {
			_, err = os.Stat(filepath.Join(s.dir, s.start))
		}
		if err != nil {
			b.say("%s is left out: %v (see bench/README.md for the packages)", asked, err)
			continue
		}
		found = append(found, s)
	}
	if len(found) == 0 {
		return nil, errors.New("none of the real sites is there: see bench/README.md for the packages, " +
			"or name a folder of HTML files in -sites")
	}
	return found, nil
}

// siteOf returns a site by its name, or the site in a folder, given the path of the folder or of its first page.
func siteOf(asked string) (realSite, error) {
	for _, s := range realSites() {
		if s.name == asked {
			return s, nil
		}
	}
	path, err := filepath.Abs(asked)
	if err != nil {
		return realSite{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return realSite{}, fmt.Errorf("neither a site that is known here nor a path: %w", err)
	}
	if info.IsDir() {
		path = filepath.Join(path, "index.html")
	}
	return realSite{asked, filepath.Dir(path), "/" + filepath.Base(path)}, nil
}

// The first server sends validators, the second one does not. The log of all answers is for [nginx.answered].
const nginxConf = `daemon off;
worker_processes 1;
pid nginx.pid;
events { worker_connections 256; }
http {
	include /etc/nginx/mime.types;
	default_type application/octet-stream;
	log_format answer '$status $sent_http_content_type';
	access_log answers.log answer;
	sendfile on;
	client_body_temp_path temp;
	proxy_temp_path temp;
	fastcgi_temp_path temp;
	uwsgi_temp_path temp;
	scgi_temp_path temp;
	server { listen %s; root %s; }
	server { listen %s; root %s; etag off; if_modified_since off; add_header Last-Modified ""; }
}
`

// nginx is a running web server.
type nginx struct {
	withValidators, without string // URLs
	log                     string
	read                    int // how many bytes of the log have been read
	stop                    func()
}

// startNginx serves a folder.
func (b *bench) startNginx(ctx context.Context, root string) (*nginx, error) {
	dir, err := b.folder()
	if err != nil {
		return nil, err
	}
	var addresses []string
	for range 2 { // nothing keeps another process from taking these ports before nginx does
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		addresses = append(addresses, l.Addr().String())
		l.Close()
	}
	conf := fmt.Sprintf(nginxConf, addresses[0], root, addresses[1], root)
	if err := os.WriteFile(filepath.Join(dir, "nginx.conf"), []byte(conf), 0o644); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, "nginx", "-p", dir, "-c", "nginx.conf", "-e", "stderr")
	if _, err := exec.LookPath("nginx"); err != nil {
		cmd.Path, cmd.Err = "/usr/sbin/nginx", nil // not in the PATH of ordinary users
	}
	cmd.Stderr = &said
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, fmt.Errorf("start nginx: %w", err)
	}
	n := &nginx{
		withValidators: "http://" + addresses[0], without: "http://" + addresses[1],
		log: filepath.Join(dir, "answers.log"), stop: func() { cancel(); _ = cmd.Wait() },
	}
	for range 500 {
		if c, err := (&net.Dialer{}).DialContext(ctx, "tcp", addresses[1]); err == nil {
			return n, c.Close()
		}
		time.Sleep(10 * time.Millisecond)
	}
	n.stop()
	return nil, fmt.Errorf("nginx doesn't answer: %s", said.Bytes())
}

// answered counts the HTML documents that were requested since the last call, and how many of them were answered with
// 304.
func (n *nginx) answered() (pages, unmodified int, err error) {
	text, err := os.ReadFile(n.log)
	if err != nil {
		return 0, 0, err
	}
	for line := range bytes.Lines(text[n.read:]) {
		switch {
		case bytes.HasPrefix(line, []byte("304")):
			pages, unmodified = pages+1, unmodified+1
		case bytes.HasPrefix(line, []byte("200 text/html")):
			pages++
		}
	}
	n.read = len(text)
	return pages, unmodified, nil
}
