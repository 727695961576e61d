package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/fincrawl/fincrawl/internal/testsite"
)

// A volume that is full, at one moment or another: what was written until then stays, the
// library suffers nothing, and the next run, which finds room again, goes on.
func TestAFullVolumeIsSaidAndOvercome(t *testing.T) {
	t.Parallel()
	const size = 8 << 20
	w := newWorld(t, "", articles...)
	volume := mount(t, fmt.Sprintf("size=%d", size))
	w.write("sources.yaml", strings.ReplaceAll(string(w.read("sources.yaml")), w.path("fincrawl.db"), volume+"/fincrawl.db"))
	filler := volume + "/filler"
	full, random := 0, rand.New(rand.NewPCG(1, 1))
	for day, free := range []int{0, 4, 16, 32, 64, 128, 192, 256, 512, 0, 32, 128} { // kB
		for _, p := range articles {
			w.site.Page(p, testsite.Page{Text: fmt.Sprintf("Text of %s as of day %d. %s", p, day, gibberish(random, 1000))})
		}
		fill(t, volume, filler, free<<10)
		code, out, logs := w.execute(t.Context(), "sync")
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		if code != exitDone {
			full++
			if code != exitFailed || !strings.Contains(out+logs, "no space left on device") || strings.Contains(out+logs, "is damaged") {
				t.Errorf("%d kB free: exit code %d\n%s%s", free, code, out, logs)
			}
		}
		if len(w.library()) > 0 {
			w.wantLibrary(allPages()...)
		}
		w.fincrawl(exitDone, "sync")
		w.wantLibrary(allPages()...)
		if n := w.writes(func() { w.fincrawl(exitDone, "sync", "--verify") }); n != 0 {
			t.Errorf("%d kB free: the second run after sent %d writes", free, n)
		}
		if code, out, logs := w.execute(t.Context(), "state", "check"); code != exitDone {
			t.Errorf("%d kB free: %s%s", free, out, logs)
		}
	}
	if full < 5 {
		t.Errorf("the volume was full %d times only", full)
	}
}

// gibberish is text that cannot be compressed to much less.
func gibberish(random *rand.Rand, words int) string {
	var b strings.Builder
	for range words {
		fmt.Fprintf(&b, "%x ", random.Uint32())
	}
	return b.String()
}

// A volume that turns read-only, as a disk with errors does.
func TestAVolumeForReadingIsSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "", articles...)
	volume := mount(t, "size=4m")
	w.write("sources.yaml", strings.ReplaceAll(string(w.read("sources.yaml")), w.path("fincrawl.db"), volume+"/fincrawl.db"))
	w.fincrawl(exitDone, "sync")
	w.site.Page("/a1", testsite.Page{Text: "Changed."})
	if err := syscall.Mount("", volume, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	code, out, logs := w.execute(t.Context(), "sync")
	if code != exitFailed || !strings.Contains(out+logs, "read-only file system; let this user write to it") {
		t.Errorf("exit code %d\n%s%s", code, out, logs)
	}
	w.wantActions(w.fincrawl(exitDone, "preview"), "~ /a1") // which only reads
	if code, out, logs := w.execute(t.Context(), "status"); code != exitDone || !strings.Contains(out, "21 pages") {
		t.Errorf("status: exit code %d\n%s%s", code, out, logs)
	}
	if err := syscall.Mount("", volume, "", syscall.MS_REMOUNT, "size=4m"); err != nil {
		t.Fatal(err)
	}
	w.wantActions(w.fincrawl(exitDone, "sync"), "~ /a1")
}

// mount makes a small volume in memory, which only root may.
func mount(t *testing.T, options string) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("a volume can be mounted by root only")
	}
	folder := t.TempDir()
	err := syscall.Mount("fincrawl-test", folder, "tmpfs", 0, options)
	if errors.Is(err, syscall.EPERM) && os.Getenv("CI") == "" {
		t.Skipf("this root may mount nothing: %v", err)
	}
	if err != nil {
		t.Fatalf("mount a volume: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// fill writes a file that leaves so many bytes free on a volume.
func fill(t *testing.T, volume, filler string, free int) {
	t.Helper()
	var of syscall.Statfs_t
	if err := syscall.Statfs(volume, &of); err != nil {
		t.Fatal(err)
	}
	if n := int(of.Bavail)*int(of.Bsize) - free; n > 0 {
		if err := os.WriteFile(filler, make([]byte, n), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if err := os.WriteFile(filler, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}
