package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

func TestFilesThatOthersMayReadAreNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.write("cookies.txt", "127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\ts3ssion-of-mara-0001\n")
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", fmt.Sprintf("    auth: {cookie_file: %s}\n", w.path("cookies.txt"))))
	w.fincrawl(exitDone, "sync")
	if _, out, logs := w.execute(t.Context(), "check"); strings.Contains(out+logs, "chmod") {
		t.Errorf("what nobody else may read is named: %s", out)
	}
	for name, mode := range map[string]os.FileMode{"cookies.txt": 0o644, "token": 0o604, "fincrawl.db": 0o606} {
		if err := os.Chmod(w.path(name), mode); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"check"}, {"sync"}, {"preview"}} {
			_, out, logs := w.execute(t.Context(), args...)
			if want := "chmod 600 " + w.path(name); !strings.Contains(out+logs, want) {
				t.Errorf("%v does not say %q:\n%s%s", args, want, out, logs)
			}
		}
	}
}

func TestSecretsThatAreTooShortToBeFoundAreNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.write("short", "s3cret")
	w.configure(w.source("wiki", w.site, "https://wiki.example.com", fmt.Sprintf("    auth: {basic: {username: mara, password: \"file:%s\"}}\n", w.path("short"))))
	_, out, _ := w.execute(t.Context(), "check")
	if !strings.Contains(out, "wiki: auth.basic.password is too short") || strings.Contains(out, "s3cret") || strings.Contains(out, "intercom.token") {
		t.Errorf("check says\n%s", out)
	}
}

func TestASandboxSaysWhereItListens(t *testing.T) {
	t.Parallel()
	for addr, warned := range map[string]bool{"127.0.0.1:0": false, "0.0.0.0:0": true} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		out, in := io.Pipe()
		logs := new(strings.Builder)
		a := newApp(in, logs)
		ended := make(chan int)
		go func() { ended <- a.execute(ctx, []string{"sandbox", "--addr", addr}) }()
		first := make([]byte, 200)
		n, err := out.Read(first)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(first[:n]), ":")
		port := rest[strings.LastIndex(strings.Split(rest, "/\n")[0], ":")+1:]
		port, _, _ = strings.Cut(port, "/")
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+port+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "evil.example"
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("%s answers another name with %d", addr, res.StatusCode)
		}
		cancel()
		<-ended
		if got := strings.Contains(logs.String(), "Warning: it listens beyond this machine"); got != warned {
			t.Errorf("%s: %q", addr, logs.String())
		}
	}
}
