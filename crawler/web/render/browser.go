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

// Config says which browser to use. The zero value uses one that is installed.
type Config struct {
	Path         string   // of the program; "" looks for Chromium and Chrome in the usual places
	Args         []string // more arguments, such as "--lang=de"
	Remote       string   // ws:// or http:// address of a running browser, instead of Path and Args
	RestartAfter int      // replace the browser after so many pages; 0 never does
	// MaxMemory limits the resident bytes of all its processes. A page that makes it exceed the limit is
	// ended. A browser that exceeds it without a page is replaced. 0 is no limit. It does not apply to a
	// remote browser.
	MaxMemory int64
}

// Site is the source as the scripts of its pages may use it. It makes all requests.
type Site struct {
	URL *url.URL // start address, whose origin is the source's own
	// LoginURL is the page of the login form. Its origin counts as the source's during a login. May be nil.
	LoginURL *url.URL
	// SignOn are addresses of the single sign-on. Their origins count as the source's during a login.
	SignOn []*url.URL
	// Inside makes the requests to the source's own origins, with its session and pace.
	Inside *http.Client
	// Outside makes requests to other hosts that a page names in its HTML, without credentials and cookies.
	Outside *http.Client
	// Named makes the requests to Hosts, without credentials and cookies. Defaults to Outside.
	Named *http.Client
	// Hosts are hosts besides the site's own that its scripts may request freely, such as that of its API.
	// From all others a page only gets the scripts and style sheets that its HTML names: see [Refusal].
	Hosts []string
	// MayAsk says why the scripts of a page may not request an address of the source's own origin, for
	// instance because it would log out. It returns "" if they may. [Browser.LogIn] ignores it.
	MayAsk func(*url.URL) (why, key string)
	// Secrets returns values that no address of another host may contain, besides the session's cookies. May
	// be nil.
	Secrets func() []string
	// MayOpen returns why scripts or <meta http-equiv=refresh> may not leave one page for another, or nil.
	// [Browser.Render] then fails with that error.
	MayOpen func(from, to *url.URL) error
	// Readable returns the session's cookies that scripts may read. May be nil.
	Readable    func(*url.URL) []*http.Cookie
	Timeout     time.Duration // for one page, from the opening of its tab
	MaxBody     int64         // largest document in bytes; 0 is no limit
	Concurrency int           // requests in flight of all tabs together
	UserAgent   string
}

// Page is a page as the site answered it.
type Page struct {
	URL    *url.URL
	Status int
	Header http.Header
	Body   []byte
	// WaitFor is a CSS selector that a complete page matches. If it is "", the page is complete when it
	// makes no more requests.
	WaitFor string
}

// Document is a page as scripts changed it.
type Document struct {
	URL    *url.URL    // where scripts led, without the fragment
	Status int         // of the answer with the last document
	Header http.Header // of the answer with the last document
	HTML   []byte      // in UTF-8
	Found  bool        // WaitFor matches
	// Missing are requests to the source's own origins that failed, so that the page may be incomplete.
	Missing []*RequestError
	// Refused are requests that were not made because of their destination.
	Refused []Refusal
}

// The ways in which a page may fail, besides those of [Site].
var (
	// ErrRestless means that a page did not come to rest, or did not react, in time.
	ErrRestless = errors.New("the page does not come to rest")
	// ErrTooLarge means that a document exceeds Site.MaxBody.
	ErrTooLarge = errors.New("the document that scripts made is too large")
	// ErrTooMuchMemory means that a page made the browser exceed Config.MaxMemory.
	ErrTooMuchMemory = errors.New("the page takes more memory than browser.max_memory")
	// ErrLoop means that a page leads from one page to the next without end.
	ErrLoop = errors.New("the page leads on and on")
	// ErrNoPage means that a document of the browser's own, such as a blob: one, replaced the page.
	ErrNoPage = errors.New("the page gives way to a document that is none of the site")
	// ErrCrashed means that the browser crashed twice over one page.
	ErrCrashed = errors.New("the browser crashed")
)

// UnavailableError means that no browser can be found, started or reached.
type UnavailableError struct{ Err error }

func (e *UnavailableError) Error() string { return "no browser: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *UnavailableError) Unwrap() error { return e.Err }

// RequestError is a failed request of a page.
type RequestError struct {
	Method string
	URL    *url.URL
	Status int   // 0 if there was no answer
	Err    error // nil if there was an answer
}

func (e *RequestError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s %s, which its scripts asked for: %v", e.Method, e.URL.Redacted(), e.Err)
	}
	return fmt.Sprintf("%s %s, which its scripts asked for: HTTP %d", e.Method, e.URL.Redacted(), e.Status)
}

// Unwrap returns why there was no answer, or nil if there was one.
func (e *RequestError) Unwrap() error { return e.Err }

// Browser renders the pages of one source. Several goroutines may use it at once.
type Browser struct {
	config Config
	site   Site
	log    *slog.Logger
	// own are the origins that Inside requests: the site's and, during a login, those of the login.
	own map[origin]bool

	unsafe  sync.Once     // the warning about the missing sandbox
	places  chan struct{} // one for each request in flight
	code    codeCache
	storage storage

	mu       sync.Mutex
	now      *instance // nil before the first
	all      sync.WaitGroup
	closed   bool
	scripted map[string]bool // names of the cookies that scripts set
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
	b := &Browser{
		config: config, site: site, log: log, own: map[origin]bool{originOf(site.URL): true},
		scripted: make(map[string]bool),
	}
	if site.LoginURL != nil {
		b.own[originOf(site.LoginURL)] = true
	}
	for _, u := range site.SignOn {
		b.own[originOf(u)] = true
	}
	b.places = make(chan struct{}, max(site.Concurrency, 1))
	return b
}

// Render opens a page in the browser and returns the document that results. If the browser crashes, it tries
// once more. The error is one of this package's, Site.MayOpen's, or ctx's.
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

// limited limits the time for one page.
func (b *Browser) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if b.site.Timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, b.site.Timeout, ErrRestless)
}

// acquire returns the running instance, or starts one.
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

// release ends the use of an instance. It stops a retired instance after its last use.
func (b *Browser) release(i *instance) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i.users--
	if i.retired && i.users == 0 {
		b.all.Go(i.stop)
	}
}

// retire makes the next page use a new instance. mu is held.
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

// discard retires an instance that is no longer of use.
func (b *Browser) discard(i *instance) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.retire(i)
}

// Close ends the browser and all its processes, and returns when they have ended.
func (b *Browser) Close() {
	b.mu.Lock()
	b.closed = true
	if b.now != nil {
		b.retire(b.now)
	}
	b.mu.Unlock()
	b.all.Wait()
}
