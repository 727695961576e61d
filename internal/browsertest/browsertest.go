// Package browsertest opens pages of ours in a real browser. It is for tests alone.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Tab is a page in a browser that reaches no network. Its methods fail the test.
type Tab struct {
	t         testing.TB
	ctx       context.Context
	Downloads string // folder that downloads go to
}

// Open starts a browser for a test. It skips the test where there is none, unless CI is set.
func Open(t testing.TB) *Tab {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("chromium is not installed")
		}
		t.Skip("chromium is not installed")
	}
	dir, err := os.MkdirTemp("", "browser") //nolint:usetesting // its path is short enough for the browser's sockets
	if err != nil {
		t.Fatal(err)
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(filepath.Join(dir, "profile")), chromedp.Headless, chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck, chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"), chromedp.Flag("hide-scrollbars", true),
	}
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	base, endTime := context.WithTimeout(context.Background(), 5*time.Minute) // more than any machine takes
	allocator, endAllocator := chromedp.NewExecAllocator(base, options...)
	ctx, endTab := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		endTab()
		endAllocator()
		endTime()
		_ = os.RemoveAll(dir)
	})
	tab := &Tab{t: t, ctx: ctx, Downloads: t.TempDir()}
	tab.do(func() error {
		_, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
			Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: tab.Downloads})
		return err
	})
	return tab
}

func (tab *Tab) do(action func() error) {
	tab.t.Helper()
	if err := action(); err != nil {
		tab.t.Fatal(err)
	}
}

// Load opens a file, and waits until its scripts have run.
func (tab *Tab) Load(file string) {
	tab.t.Helper()
	tab.do(func() error { return chromedp.Do(tab.ctx, chromedp.Navigate("file://"+file)) })
}

// Eval returns what an expression gives, of which a promise is waited for.
func Eval[T any](tab *Tab, expression string) (value T) {
	tab.t.Helper()
	tab.do(func() (err error) {
		value, err = chromedp.Run(tab.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
		return err
	})
	return value
}

// Run carries out a script.
func (tab *Tab) Run(script string) {
	tab.t.Helper()
	Eval[chromedp.Void](tab, script)
}

// Press presses keys, one after another.
func (tab *Tab) Press(keys ...string) {
	tab.t.Helper()
	for _, key := range keys {
		tab.do(func() error { return chromedp.Do(tab.ctx, chromedp.KeyEvent(key)) })
	}
}

// Print shows the page as it is printed, in light colours.
func (tab *Tab) Print() {
	tab.t.Helper()
	tab.do(func() error {
		_, err := chromedp.Call(tab.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return err
	})
}

// Size sets how wide and high the page is, in CSS pixels, and whether its reader wants it dark.
func (tab *Tab) Size(width, height int64, dark bool) {
	tab.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	tab.do(func() error { return chromedp.Do(tab.ctx, chromedp.EmulateViewport(width, height)) })
	tab.do(func() error {
		_, err := chromedp.Call(tab.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
		return err
	})
}

// Shoot puts a picture of the page into the folder that FINCRAWL_SCREENSHOTS names, if it does.
func (tab *Tab) Shoot(name string) {
	tab.t.Helper()
	folder := os.Getenv("FINCRAWL_SCREENSHOTS")
	if folder == "" {
		return
	}
	tab.do(func() error {
		picture, err := chromedp.Call(tab.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{})
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(folder, name+".png"), picture.Data, 0o644)
	})
}

// Broken is what axe finds wrong with a page for people who see, hear or move in another way.
type Broken struct {
	Rule  string   `json:"rule"`
	Help  string   `json:"help"`
	Where []string `json:"where"`
}

// axeCore is what the rules are in, as npm has it: the newest at the time of writing.
const axeCore = "axe-core@4.14.1"

// Axe looks at the page as it stands.
func (tab *Tab) Axe() []Broken {
	tab.t.Helper()
	tab.Run(axe(tab.t) + "\n;0")
	return Eval[[]Broken](tab, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v =>
		({rule: v.id, help: v.help, where: v.nodes.slice(0, 4).map(n => n.html.slice(0, 200) + " " + (n.failureSummary || "").slice(0, 300))})))`)
}

// axe returns axe-core, which is installed once and stays in the cache of the user.
func axe(t testing.TB) string {
	t.Helper()
	cannot := t.Skipf
	if os.Getenv("CI") != "" {
		cannot = t.Fatalf
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	dir := filepath.Join(cache, "fincrawl-tests", axeCore)
	file := filepath.Join(dir, "node_modules", "axe-core", "axe.min.js")
	if _, err := os.Stat(file); err != nil {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			cannot("make a place for %s: %v", axeCore, err)
		}
		cmd := exec.CommandContext(t.Context(), "npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", dir, axeCore)
		if out, err := cmd.CombinedOutput(); err != nil {
			cannot("install %s: %v\n%s", axeCore, err, out)
		}
	}
	script, err := os.ReadFile(file)
	if err != nil {
		cannot("read %s: %v", axeCore, err)
	}
	return string(script)
}
