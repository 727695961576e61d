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
	// startTime is how long a browser may take to start, or to be reached.
	startTime = time.Minute
	// stopTime is how long it may take to end by itself.
	stopTime = 5 * time.Second
)

// nowhere is the proxy that the browser is told to use: a port where nobody
// listens. What is not handed to the Site, such as WebSockets, ends there.
const nowhere = "http://127.0.0.1:9"

// instance is a browser that runs, with one profile in it that is empty at first
// and that no other instance shares.
type instance struct {
	ctx     context.Context // ends with the browser
	cancel  context.CancelFunc
	process int    // that leads its group; 0 where it is not ours
	folder  string // for all that it writes; "" where it is not ours
	profile cdp.BrowserContextID
	tabs    sync.WaitGroup
	ended   atomic.Int64 // pages because of their memory

	// Below is Browser.mu's.
	users, pages int
	retired      bool
}

// start starts a browser, or goes to the one that is configured.
func (b *Browser) start(ctx context.Context) (*instance, error) {
	i := &instance{}
	allocator, cancelAllocator, err := b.allocator(i)
	if err != nil {
		return nil, &UnavailableError{err}
	}
	root, cancelRoot := chromedp.NewContext(allocator, chromedp.WithErrorf(b.debug), chromedp.WithLogf(b.debug))
	i.ctx, i.cancel = root, func() { cancelRoot(); cancelAllocator() }

	// The life of the browser hangs on the context of the first call, so the time
	// for it is kept from outside. See chromedp.NewContext.
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

// hide takes out of an error what an address of a hosted browser may have as its key.
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

// open makes the first connection, and the profile.
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

// broken reports whether the browser has gone.
func (i *instance) broken() bool { return i.ctx.Err() != nil }

// spent reports whether it is time for a new one.
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
		_, _ = chromedp.CallBrowser(ctx, target.DisposeBrowserContext, target.DisposeBrowserContextParams{BrowserContextID: i.profile})
	}
	if i.process != 0 {
		killGroup(i.process)
	}
	i.cancel()
	if i.folder != "" {
		// What was killed may not be quite gone, and write for a moment.
		for range 50 {
			if os.RemoveAll(i.folder) == nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// allocator says how to come by a browser for i.
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
		chromedp.Flag("disable-dev-shm-usage", true), // which is small in containers
		chromedp.Flag("disable-extensions", true),
		chromedp.Flag("disable-features", "Translate,MediaRouter,OptimizationHints,AutofillServerCommunication,WebRtcHideLocalIpsWithMdns"),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-renderer-backgrounding", true),
		chromedp.Flag("disable-sync", true),
		// Names are none of the browser's business: with a proxy it resolves none, but for what passes the proxy by.
		chromedp.Flag("dns-prefetch-disable", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"),
		// The first is read by headless-shell, and the second by the others.
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
		// Chromium refuses to run as root with its sandbox.
		b.unsafe.Do(func() {
			b.log.Warn("the browser runs without its sandbox, because this program runs as root; run it as another user where you can")
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

// find returns the path of the browser: the configured one, or the first of those
// that are usual.
func find(configured string) (string, error) {
	if configured != "" {
		path, err := exec.LookPath(configured)
		if err != nil {
			return "", fmt.Errorf("find the one of browser.path: %w", err)
		}
		return path, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "headless-shell",
		"microsoft-edge", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("there is no Chromium or Chrome on this machine: install one, or set browser.path or browser.remote")
}

// debug takes chromedp's own messages: mostly of events that it does not know.
func (b *Browser) debug(format string, args ...any) {
	b.log.Debug("browser", "message", fmt.Sprintf(format, args...))
}
