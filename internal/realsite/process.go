//go:build linux

package realsite

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// startup is how long a server may take until it answers.
const startup = 20 * time.Second

// installed returns the last file that matches a pattern, which is that of the newest version. It skips the
// test where there is none, and under -short.
func installed(t testing.TB, pattern string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a real site")
	}
	found, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatalf("look for %s: %v", pattern, err)
	}
	if len(found) > 0 {
		return found[len(found)-1]
	}
	missing(t, pattern)
	return ""
}

// missing skips a test that lacks something. Where CI is set, the test fails instead.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is missing, and with CI set no real component may be: see .ci/run for the packages", what)
	}
	t.Skipf("%s is missing on this machine", what)
}

// home is the folder of a site, with the account that runs it.
type home struct {
	dir string
	as  *syscall.Credential // nil for the user who runs the test
}

// newHome creates a folder that is removed with the test. t.TempDir would be readable only by the user who
// runs the test, and a server that root starts must not run as root.
func newHome(t testing.TB) home {
	t.Helper()
	dir, err := os.MkdirTemp("", "realsite-") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("remove the site's folder: %v", err)
		}
	})
	h := home{dir: dir}
	if os.Geteuid() == 0 {
		h.as = account(t, "www-data")
	}
	return h
}

func account(t testing.TB, name string) *syscall.Credential {
	t.Helper()
	u, err := user.Lookup(name)
	if err != nil {
		missing(t, "account "+name)
	}
	uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
	if uidErr != nil || gidErr != nil {
		t.Fatalf("account %s: user %q and group %q are not numbers", name, u.Uid, u.Gid)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func (h home) path(name string) string { return filepath.Join(h.dir, name) }

// write writes a file in the folder.
func (h home) write(t testing.TB, name, content string) {
	t.Helper()
	path := h.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	h.handOver(t)
}

// mkdir creates folders in the folder.
func (h home) mkdir(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.MkdirAll(h.path(name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	h.handOver(t)
}

// handOver gives everything in the folder to the server's account.
func (h home) handOver(t testing.TB) {
	t.Helper()
	if h.as == nil {
		return
	}
	err := filepath.WalkDir(h.dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(h.as.Uid), int(h.as.Gid))
	})
	if err != nil {
		t.Fatalf("hand the folder over: %v", err)
	}
}

// start runs a server in the foreground until the test ends. It inherits files as descriptors 3, 4 and so
// on. Its output is logged if the test fails.
func (h home) start(t testing.TB, env []string, files []*os.File, program string, args ...string) {
	t.Helper()
	said, err := os.Create(h.path(filepath.Base(program) + ".output"))
	if err != nil {
		t.Fatal(err)
	}
	h.handOver(t) // including the output, which PHP opens itself
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = h.dir
	cmd.Env = append(os.Environ(), env...)
	cmd.ExtraFiles = files
	cmd.Stdout, cmd.Stderr = said, said
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential: h.as,
		Pdeathsig:  syscall.SIGTERM, // ends the server if the test is killed
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		stop()
		t.Fatalf("start %s: %v", program, err)
	}
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // the error is "signal: terminated", or explained by the output
		_ = said.Close()
		if text, err := os.ReadFile(said.Name()); t.Failed() && err == nil && len(text) > 0 {
			t.Logf("%s said:\n%s", program, text)
		}
	})
}

// await waits until a server is ready.
func await(t testing.TB, what string, ready func() bool) {
	t.Helper()
	for deadline := time.Now().Add(startup); !ready(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s is not there after %s", what, startup)
		}
	}
}

// awaitAnswer waits until a URL gives any answer below 500.
func awaitAnswer(t testing.TB, url string) {
	t.Helper()
	client := http.Client{Timeout: startup}
	defer client.CloseIdleConnections()
	await(t, url, func() bool {
		res, err := client.Get(url)
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode < http.StatusInternalServerError
	})
}

// listen opens a loopback port that the kernel chooses. It returns the address and the socket, which a
// server inherits, so that nobody else can take the port.
func listen(t testing.TB) (address string, socket *os.File) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	socket, err = l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	return l.Addr().String(), socket
}
