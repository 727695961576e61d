package render

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Config says which browser to use. The zero value finds one on this machine.
type Config struct {
	Path         string   // of the program; "" looks for Chromium and Chrome in the usual places
	Args         []string // more arguments, such as "--lang=de"
	Remote       string   // ws:// or http:// address of one that runs already, instead of all above
	RestartAfter int      // pages; 0 for never
	// MaxMemory bounds the resident bytes of all its processes. A page with which it has more is ended, and a browser
	// that has more without one is replaced. 0 is no limit; it has no effect on a remote one.
	MaxMemory int64
}

// Site is the source as its pages' scripts may see it. It makes all requests.
type Site struct {
	URL      *url.URL     // start address: its origin is the source's own
	LoginURL *url.URL     // page of the login form, whose origin is inside as well; nil for none
	SignOn   []*url.URL   // addresses whose origins take part in the login, and are inside as well
	Inside   *http.Client // for the source's own origin, and the login's: with session and pace
	Outside  *http.Client // for addresses of others that a page names as it is served: without credentials and cookies
	Named    *http.Client // for Hosts: without credentials and cookies; nil is Outside
	// Hosts are those, besides the site's own, that its scripts may ask as they like
	// and with what they hold, such as that of its API. Of all others a page gets only
	// the scripts and style sheets that it names as it is served: see [Refusal].
	Hosts []string
	// MayAsk says why the scripts of a page may not ask for an address of the source's
	// own origin, such as one that would log out; "" where they may. It does not hold
	// while [Browser.LogIn] is at work.
	MayAsk func(*url.URL) (why, key string)
	// Secrets are values that no address of another host may carry, besides the session's cookies; nil for none.
	Secrets func() []string
	// MayOpen says why a page must not be left for another, as scripts and
	// <meta http-equiv=refresh> would; nil where it may. [Browser.Render] then fails
	// with that error.
	MayOpen func(from, to *url.URL) error
	// Readable are the session's cookies that scripts may read; nil for none.
	Readable    func(*url.URL) []*http.Cookie
	Timeout     time.Duration // for one page, from the opening of its tab
	MaxBody     int64         // bytes of the document that was made; 0 for no limit
	Concurrency int           // requests of all tabs together in flight
	UserAgent   string
}

// Page is a page as the site has answered with it.
type Page struct {
	URL    *url.URL
	Status int
	Header http.Header
	Body   []byte
	// WaitFor is a CSS selector of what a whole page has; "" waits until the page
	// makes no more requests.
	WaitFor string
}

// Document is a page as scripts have made it.
type Document struct {
	URL    *url.URL    // where they have led, without the fragment
	Status int         // of the answer that the last document came with
	Header http.Header // of the same
	HTML   []byte      // in UTF-8
	Found  bool        // WaitFor is there
	// Missing are the page's requests to the source's own origins that failed, so that
	// it may lack what they were for.
	Missing []*RequestError
	// Refused are the page's requests that were not made because of where they would have gone.
	Refused []Refusal
}

// What a page may fail by, besides what [Site] says of it.
var (
	// ErrRestless is a page that did not come to rest, or that does not react, in time.
	ErrRestless = errors.New("the page does not come to rest")
	// ErrTooLarge is a document over Site.MaxBody.
	ErrTooLarge = errors.New("the document that scripts made is too large")
	// ErrTooMuchMemory is a page with which the browser goes over Config.MaxMemory.
	ErrTooMuchMemory = errors.New("the page takes more memory than browser.max_memory")
	// ErrLoop is a page that leads from one to the next without an end.
	ErrLoop = errors.New("the page leads on and on")
	// ErrNoPage is a document of the browser's own, such as a blob: one, in the place of the page.
	ErrNoPage = errors.New("the page gives way to a document that is none of the site")
	// ErrCrashed is a browser that broke twice over one page.
	ErrCrashed = errors.New("the browser crashed")
)

// UnavailableError is a browser that cannot be found, started or reached.
type UnavailableError struct{ Err error }

func (e *UnavailableError) Error() string { return "no browser: " + e.Err.Error() }

// Unwrap returns what is in the way.
func (e *UnavailableError) Unwrap() error { return e.Err }

// RequestError is a request of a page that failed.
type RequestError struct {
	Method string
	URL    *url.URL
	Status int   // 0 where there was no answer
	Err    error // nil where there was
}

func (e *RequestError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s %s, which its scripts asked for: %v", e.Method, e.URL.Redacted(), e.Err)
	}
	return fmt.Sprintf("%s %s, which its scripts asked for: HTTP %d", e.Method, e.URL.Redacted(), e.Status)
}

// Unwrap returns why there was no answer; nil where there was one.
func (e *RequestError) Unwrap() error { return e.Err }

// Browser renders the pages of one source. Several goroutines may use it at once.
type Browser struct {
	config Config
	site   Site
	log    *slog.Logger
	own    map[origin]bool // origins that Inside is for: the site's, and while somebody logs in those of the login

	unsafe  sync.Once     // the warning of it
	places  chan struct{} // for requests in flight
	code    codeCache
	storage storage

	mu       sync.Mutex
	now      *instance // nil: none yet
	all      sync.WaitGroup
	closed   bool
	scripted map[string]bool // names of the cookies that scripts have set
}

// New returns a browser that is not yet started.
func New(config Config, site Site, log *slog.Logger) *Browser {
	if site.Named == nil {
		site.Named = site.Outside
	}
	if site.MayAsk == nil {
		site.MayAsk = func(*url.URL) (why, key string) { return "", "" }
	}
	if site.Readable == nil {
		site.Readable = func(*url.URL) []*http.Cookie { return nil }
	}
	b := &Browser{config: config, site: site, log: log, own: map[origin]bool{originOf(site.URL): true}, scripted: make(map[string]bool)}
	if site.LoginURL != nil {
		b.own[originOf(site.LoginURL)] = true
	}
	for _, u := range site.SignOn {
		b.own[originOf(u)] = true
	}
	b.places = make(chan struct{}, max(site.Concurrency, 1))
	return b
}

// Render shows a page to the browser and returns the document that comes of it. A
// crash of the browser costs one more try. The error is one of this package's, or
// Site.MayOpen's, or ctx's.
func (b *Browser) Render(ctx context.Context, p Page) (Document, error) {
	doc, err := b.render(ctx, p)
	if errors.Is(err, ErrCrashed) && ctx.Err() == nil {
		b.log.Info("the browser crashed: trying the page again", "url", p.URL.Redacted())
		doc, err = b.render(ctx, p)
	}
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return Document{}, fmt.Errorf("render %s: %w", p.URL.Redacted(), err)
	}
	return doc, nil
}

func (b *Browser) render(ctx context.Context, p Page) (Document, error) {
	i, err := b.acquire(ctx)
	if err != nil {
		return Document{}, err
	}
	defer b.release(i)
	ctx, cancel := b.limited(ctx)
	defer cancel()

	t := newTab(b, i, p.URL)
	defer t.close()
	t.given = &p
	doc, err := t.show(ctx, p.URL, p.WaitFor)
	return doc, t.explain(ctx, err)
}

// limited bounds the time for one page.
func (b *Browser) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if b.site.Timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, b.site.Timeout, ErrRestless)
}

// acquire returns the instance that runs, or starts one.
func (b *Browser) acquire(ctx context.Context) (*instance, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, &UnavailableError{errors.New("it was closed")}
	}
	if b.now != nil && b.now.spent(b.config) {
		b.retire(b.now)
	}
	if b.now == nil {
		i, err := b.start(ctx)
		if err != nil {
			return nil, err
		}
		b.now = i
	}
	b.now.users++
	b.now.pages++
	return b.now, nil
}

// release ends the use of an instance, and the instance where it was the last one
// of a retired one.
func (b *Browser) release(i *instance) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i.users--
	if i.retired && i.users == 0 {
		b.all.Go(i.stop)
	}
}

// retire has the next page use a new instance. mu is held.
func (b *Browser) retire(i *instance) {
	if i.retired {
		return
	}
	i.retired = true
	if b.now == i {
		b.now = nil
	}
	if i.users == 0 {
		b.all.Go(i.stop)
	}
}

// discard retires an instance that is of no use any more.
func (b *Browser) discard(i *instance) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.retire(i)
}

// Close ends the browser and all its processes, and returns when they are gone.
func (b *Browser) Close() {
	b.mu.Lock()
	b.closed = true
	if b.now != nil {
		b.retire(b.now)
	}
	b.mu.Unlock()
	b.all.Wait()
}
