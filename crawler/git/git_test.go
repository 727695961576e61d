package git

import (
	"context"
	"encoding/base64"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// repo is a repository with a working tree.
type repo struct {
	t   *testing.T
	dir string
}

func newRepo(t *testing.T) repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	r := repo{t, t.TempDir()}
	r.git("init", "--quiet", "--initial-branch=main")
	return r
}

func (r repo) git(args ...string) {
	r.t.Helper()
	cmd := exec.Command("git", append([]string{"-C", r.dir, "-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "core.hooksPath=" + os.DevNull}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull)
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func (r repo) write(name, text string) {
	r.t.Helper()
	at := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r repo) commit() {
	r.t.Helper()
	r.git("add", "-A", "-f")
	r.git("commit", "--quiet", "-m", "x")
}

func open(t *testing.T, r Repository) *Tree {
	t.Helper()
	tree, err := r.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tree.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(tree.dir); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left: %v", tree.dir, err)
		}
	})
	return tree
}

func TestACommitIsAFileSystem(t *testing.T) {
	r := newRepo(t)
	r.write("docs/a.md", "# A\n")
	r.write("docs/b/c d.md", "# C\n")
	r.write("docs/b/umläut.md", "# U\n")
	r.write("README.md", "# R\n")
	r.commit()
	tree := open(t, Repository{URL: r.dir})
	if err := fstest.TestFS(tree, "README.md", "docs/a.md", "docs/b/c d.md", "docs/b/umläut.md"); err != nil {
		t.Error(err)
	}
	sub := open(t, Repository{URL: "file://" + r.dir, Branch: "main", Folder: "docs"})
	if err := fstest.TestFS(sub, "a.md", "b/c d.md"); err != nil {
		t.Error(err)
	}
	before, other := sub.Version("a.md"), sub.Version("b/c d.md")
	r.write("docs/a.md", "# A, changed\n")
	r.commit()
	sub = open(t, Repository{URL: r.dir, Folder: "docs"})
	if sub.Version("a.md") == before || before == "" || sub.Version("b/c d.md") != other {
		t.Errorf("the versions are %q and %q, and were %q and %q", sub.Version("a.md"), sub.Version("b/c d.md"), before, other)
	}
}

// A repository is hostile: nothing of it runs, nothing outside of it is read, and what is not there is not read.
func TestAHostileRepositoryDoesNothing(t *testing.T) {
	r := newRepo(t)
	ran := filepath.Join(t.TempDir(), "ran")
	script := "#!/bin/sh\ntouch " + ran + "\ncat\n"
	for _, hook := range []string{"post-checkout", "post-merge", "reference-transaction", "pre-auto-gc"} {
		r.write(".git/hooks/"+hook, script)
		if err := os.Chmod(filepath.Join(r.dir, ".git/hooks", hook), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r.write(".gitattributes", "*.md filter=evil diff=evil export-ignore\n")
	r.write("evil.sh", script)
	r.write("a.md", "# A\n")
	r.write("big.pdf", "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n")
	r.write(".gitmodules", "[submodule \"x\"]\n\tpath = x\n\turl = ext::sh -c \"touch "+ran+"\"\n")
	for name, to := range map[string]string{"inside.md": "a.md", "outside.md": "../../../../etc/passwd", "absolute.md": "/etc/passwd", "loop.md": "loop.md"} {
		if err := os.Symlink(to, filepath.Join(r.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	r.commit()
	r.git("config", "filter.evil.smudge", "touch "+ran)
	r.git("config", "core.fsmonitor", "touch "+ran)
	tree := open(t, Repository{URL: r.dir})
	for name, want := range map[string]string{"a.md": "# A\n", "inside.md": "# A\n", "outside.md": "", "absolute.md": "", "loop.md": "", "big.pdf": ""} {
		got, err := fs.ReadFile(tree, name)
		if string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%s has %q, %v", name, got, err)
		}
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("something of the repository ran")
	}
}

// What cannot be fetched is named.
func TestAFaultOfARepositoryIsNamed(t *testing.T) {
	r := newRepo(t)
	r.write("a.md", "# A\n")
	r.commit()
	const password = "the-password-of-git"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/moved/info/refs" {
			http.Redirect(w, req, "http://localhost:1/elsewhere", http.StatusFound)
			return
		}
		if want := "Basic " + base64.StdEncoding.EncodeToString([]byte("me:"+password)); req.Header.Get("Authorization") == want {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(server.Close)
	for _, test := range []struct {
		what       string
		repository Repository
		says       string
	}{
		{"no repository", Repository{URL: t.TempDir()}, "does not appear to be a git repository"},
		{"no branch", Repository{URL: r.dir, Branch: "other"}, "couldn't find remote ref other"},
		{"no folder", Repository{URL: r.dir, Folder: "docs"}, "Not a valid object name"},
		{"no way", Repository{URL: "ext::sh -c true"}, "is no repository"},
		{"an option", Repository{URL: "--upload-pack=true"}, "is no repository"},
		{"an option as branch", Repository{URL: r.dir, Branch: "--upload-pack=true"}, "is no name of a branch"},
		{"outside", Repository{URL: r.dir, Folder: "../x"}, "is no folder within"},
		{"a password in the clear", Repository{URL: "http://git.example.com/x", Password: password}, "https alone"},
		{"a wrong password", Repository{URL: server.URL + "/x", Username: "me", Password: "wrong"}, "fetch"},
		{"a right password", Repository{URL: server.URL + "/x", Username: "me", Password: password}, "500"},
		{"a redirect", Repository{URL: server.URL + "/moved"}, "fetch"},
	} {
		tree, err := test.repository.Open(t.Context())
		if err == nil {
			_ = tree.Close()
			t.Errorf("%s: no error", test.what)
			continue
		}
		if !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), password) {
			t.Errorf("%s: %v", test.what, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (Repository{URL: r.dir}).Open(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
