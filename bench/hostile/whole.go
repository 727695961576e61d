package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/internal/hostile"
)

// whole serves files, each made as large as size says, runs the program on all of them at once, and prints the cost.
func whole(ctx context.Context, program, name string, files []hostile.Case, size func(hostile.Case) int) {
	dir, err := os.MkdirTemp("", "hostile")
	if err != nil {
		fmt.Println(name, err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	site, err := serve(files, size)
	if err != nil {
		fmt.Println(name, err)
		return
	}
	defer func() { _ = site.Close() }()
	config := fmt.Sprintf(`version: 1
intercom: {token: "${HOSTILE_TOKEN}"}
sources:
  - name: s
    url: http://%s/
    library_url: https://example.com
    fetch: {concurrency: %d, rate: 1000/s, respect_robots: false}
    discover: {sitemaps: [], max_depth: 1}
    documents: [pdf, docx, xlsx, pptx, odt, epub, markdown, text, csv]
`, site.Addr, len(files))
	path := filepath.Join(dir, "sources.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		fmt.Println(name, err)
		return
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, program, "-c", path, "lint", "-v")
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.Env = dir, &said, &said, append(os.Environ(), "HOSTILE_TOKEN=none")
	started := time.Now()
	if err := cmd.Start(); err != nil {
		fmt.Println(name, err)
		return
	}
	ended := make(chan struct{})
	peak := make(chan int64)
	go func() { peak <- resident(cmd.Process.Pid, ended) }()
	killer := time.AfterFunc(2*time.Minute, func() { _ = cmd.Process.Kill() })
	err = cmd.Wait()
	killer.Stop()
	close(ended)
	used := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	fmt.Printf("%-45s %8.2fs %8.2fs CPU %6d MB  %v  %s\n",
		name, time.Since(started).Seconds(), used.Seconds(), <-peak>>20, err, outcome(said.String(), files[0].Path))
}

// serve serves files, and a page that links to them.
func serve(files []hostile.Case, size func(hostile.Case) int) (*http.Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	var links strings.Builder
	made := map[string][]byte{}
	for i, c := range files {
		if made[c.Name] == nil {
			made[c.Name] = c.Make(size(c))
		}
		path := fmt.Sprintf("/%d%s", i, c.Path)
		fmt.Fprintf(&links, "<p>A page with <a href='%s'>link %d</a></p>", path, i)
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", c.ContentType)
			_, _ = w.Write(made[c.Name])
		})
	}
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, links.String())
	})
	server := &http.Server{Addr: listener.Addr().String(), ReadHeaderTimeout: time.Minute, Handler: mux}
	go func() { _ = server.Serve(listener) }()
	return server, nil
}

// resident returns the peak of a process's resident memory until it has ended.
func resident(pid int, ended <-chan struct{}) (most int64) {
	for {
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if _, rest, ok := bytes.Cut(status, []byte("VmHWM:")); ok {
			if fields := strings.Fields(string(rest[:min(len(rest), 40)])); len(fields) > 0 {
				kB, _ := strconv.ParseInt(fields[0], 10, 64)
				most = max(most, kB<<10)
			}
		}
		select {
		case <-ended:
			return most
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// outcome returns what the program logged about the first copy.
func outcome(said, path string) string {
	for line := range strings.Lines(said) {
		if strings.Contains(line, "/0"+path) && strings.Contains(line, "outcome") {
			_, rest, _ := strings.Cut(line, "outcome")
			return strings.TrimSpace("outcome" + rest)
		}
	}
	return strings.TrimSpace(said[max(0, len(said)-200):])
}
