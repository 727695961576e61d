package render

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/remote"
)

const (
	// startTime is how long a browser may take to start or to be reached.
	startTime = time.Minute
	// stopTime is how long it may take to end by itself.
	stopTime = 5 * time.Second
)

// nowhere is the browser's proxy: a port where nobody listens. What does not go to the Site, such as
// WebSockets, ends there.
const nowhere = "http://127.0.0.1:9"

// instance is a running browser with one new profile that no other instance uses.
type instance struct {
	ctx     context.Context // ends with the browser
	cancel  context.CancelFunc
	process int    // leads its process group; 0 for a remote browser
	folder  string // for all that the browser writes; "" for a remote browser
	profile cdp.BrowserContextID
	tabs    sync.WaitGroup
	ended   atomic.Int64 // number of pages ended because of their memory

	// Browser.mu guards the fields below.
	users, pages int
	retired      bool
}

// start starts a browser, or connects to the configured one.
func (b *Browser) start(ctx context.Context) (*instance, error) {
	i := &instance{}
	allocator, cancelAllocator, err := b.allocator(i)
	if err != nil {
		return nil, &UnavailableError{err}
	}
	root, cancelRoot := chromedp.NewContext(allocator, chromedp.WithErrorf(b.debug), chromedp.WithLogf(b.debug))
	i.ctx, i.cancel = root, func() { cancelRoot(); cancelAllocator() }

	// The browser lives as long as the context of the first call, so the time limit is not in that context.
	// See chromedp.NewContext.
	ctx, done := context.WithTimeoutCause(ctx, startTime, fmt.Errorf("it did not start in %s", startTime))
	defer done()
	started := make(chan error, 1)
	go func() { started <- i.open(b.config.Remote == "") }()
	select {
	case err = <-started:
	case <-ctx.Done():
		err = context.Cause(ctx)
		b.all.Go(func() { <-started; i.stop() }) //nolint:errcheck // how it ended is too late to matter
		return nil, &UnavailableError{err}
	}
	if err != nil {
		i.stop()
		return nil, &UnavailableError{b.config.hide(err)}
	}
	b.log.Debug("started a browser", "process", i.process)
	if limit := b.config.MaxMemory; limit > 0 && i.process != 0 {
		b.all.Go(func() { i.watch(limit, b.log) })
	}
	return i, nil
}

// hide removes the address of a hosted browser from an error, because it may contain a key.
func (c Config) hide(err error) error {
	u, parseErr := url.Parse(c.Remote)
	if c.Remote == "" || parseErr != nil {
		return err
	}
	text := strings.ReplaceAll(err.Error(), c.Remote, "browser.remote")
	for _, key := range []string{u.RawQuery, u.User.String(), strings.Trim(u.Path, "/")} {
		if key != "" {
			text = strings.ReplaceAll(text, key, "(hidden)")
		}
	}
	return errors.New(text)
}

// open makes the first connection and the profile.
func (i *instance) open(ours bool) error {
	if _, err := chromedp.CallBrowser(i.ctx, browser.GetVersion, cdp.Empty{}); err != nil {
		return err
	}
	if process := chromedp.FromContext(i.ctx).Browser.Process(); ours && process != nil {
		i.process = process.Pid
	}
	yes := true
	made, err := chromedp.CallBrowser(i.ctx, target.CreateBrowserContext, target.CreateBrowserContextParams{
		DisposeOnDetach: &yes, ProxyServer: nowhere, ProxyBypassList: "<-loopback>",
	})
	if err != nil {
		return fmt.Errorf("make a profile: %w", err)
	}
	i.profile = made.BrowserContextID
	_, err = chromedp.CallBrowser(i.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorDeny, BrowserContextID: i.profile,
	})
	if err != nil {
		return fmt.Errorf("refuse downloads: %w", err)
	}
	return nil
}

// broken reports whether the browser has ended.
func (i *instance) broken() bool { return i.ctx.Err() != nil }

// spent reports whether the browser should be replaced.
func (i *instance) spent(c Config) bool {
	return i.broken() ||
		c.RestartAfter > 0 && i.pages >= c.RestartAfter ||
		c.MaxMemory > 0 && i.process != 0 && residentMemory(i.process) > c.MaxMemory
}

// stop ends the browser with all its processes.
func (i *instance) stop() {
	i.tabs.Wait()
	ctx, cancel := context.WithTimeout(i.ctx, stopTime)
	defer cancel()
	if i.profile != "" && i.process == 0 {
		_, _ = chromedp.CallBrowser(ctx, target.DisposeBrowserContext,
			target.DisposeBrowserContextParams{BrowserContextID: i.profile})
	}
	if i.process != 0 {
		killGroup(i.process)
	}
	i.cancel()
	if i.folder != "" {
		// Killed processes may still write for a moment.
		for range 50 {
			if os.RemoveAll(i.folder) == nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// allocator returns how to start or reach the browser for i.
func (b *Browser) allocator(i *instance) (context.Context, context.CancelFunc, error) {
	if b.config.Remote != "" {
		ctx, cancel := remote.NewAllocator(context.Background(), b.config.Remote)
		return ctx, cancel, nil
	}
	path, err := find(b.config.Path)
	if err != nil {
		return nil, nil, err
	}
	if i.folder, err = os.MkdirTemp("", "fincrawl-browser-"); err != nil {
		return nil, nil, fmt.Errorf("make a folder for the browser: %w; set TMPDIR to one that this user can write to", err)
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.UserDataDir(filepath.Join(i.folder, "profile")),
		chromedp.NoInheritEnv,
		chromedp.Env(environment(i.folder)...),
		chromedp.ModifyCmdFunc(leadGroup),
		chromedp.Headless,
		chromedp.NoFirstRun,
		chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("block-new-web-contents", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-background-timer-throttling", true),
		chromedp.Flag("disable-backgrounding-occluded-windows", true),
		chromedp.Flag("disable-breakpad", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-default-apps", true),
		chromedp.Flag("disable-dev-shm-usage", true), // it is small in containers
		chromedp.Flag("disable-extensions", true),
		chromedp.Flag("disable-features",
			"Translate,MediaRouter,OptimizationHints,AutofillServerCommunication,WebRtcHideLocalIpsWithMdns"),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-renderer-backgrounding", true),
		chromedp.Flag("disable-sync", true),
		// The browser must not resolve names. With a proxy it only resolves those of requests that bypass
		// the proxy.
		chromedp.Flag("dns-prefetch-disable", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"),
		// headless-shell reads the first flag, and the other browsers the second.
		chromedp.Flag("force-webrtc-ip-handling-policy", "disable_non_proxied_udp"),
		chromedp.Flag("webrtc-ip-handling-policy", "disable_non_proxied_udp"),
		chromedp.Flag("metrics-recording-only", true),
		chromedp.Flag("mute-audio", true),
		chromedp.Flag("no-service-autorun", true),
		chromedp.Flag("password-store", "basic"),
		chromedp.Flag("proxy-server", nowhere),
		chromedp.Flag("proxy-bypass-list", "<-loopback>"),
	}
	if os.Getuid() == 0 {
		// As root, Chromium does not start with its sandbox.
		b.unsafe.Do(func() {
			b.log.Warn("the browser runs without its sandbox, because this program runs as root; " +
				"run it as another user where you can")
		})
		options = append(options, chromedp.NoSandbox)
	}
	for _, arg := range b.config.Args {
		name, value, valued := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if valued {
			options = append(options, chromedp.Flag(name, value))
		} else {
			options = append(options, chromedp.Flag(name, true))
		}
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	return ctx, cancel, nil
}

// find returns the path of the browser: the configured one, or else the first of the usual ones that exists.
func find(configured string) (string, error) {
	if configured != "" {
		path, err := exec.LookPath(configured)
		if err != nil {
			return "", fmt.Errorf("find the one of browser.path: %w", err)
		}
		return path, nil
	}
	for _, name := range []string{
		"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "headless-shell", "microsoft-edge",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
	} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no Chromium or Chrome on this machine: " +
		"install one, or set browser.path or browser.remote")
}

// debug logs chromedp's own messages, which are mostly about events that it does not know.
func (b *Browser) debug(format string, args ...any) {
	b.log.Debug("browser", "message", fmt.Sprintf(format, args...))
}
