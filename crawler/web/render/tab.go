package render

import (
	"context"
	_ "embed" // the scripts
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

const (
	// quiet is how long a page must have made no requests to be at rest.
	quiet = 500 * time.Millisecond
	// blankTime is how much longer a page at rest may show nothing, or that it is loading.
	blankTime = 2 * time.Second
	// selectorTime is how long a page at rest may lack what is waited for.
	selectorTime = 3 * time.Second
	// look is how often the page is checked.
	look = 50 * time.Millisecond
	// maxNavigations is how many pages one page may lead through.
	maxNavigations = 10
)

// tab is one page in the browser, from its opening to its end.
type tab struct {
	*Browser
	instance *instance
	ctx      context.Context // chromedp's, which ends with the tab
	end      context.CancelFunc
	wait     context.CancelFunc
	requests sync.WaitGroup
	given    *Page  // the answer to the first request; nil after it was used
	login    *Login // nil if this is no login
	session  int    // number of the session of what is stored
	start    origin // origin of the given page
	ended    int64  // instance.ended when the tab was opened
	reach    *reach

	mu         sync.Mutex
	closed     bool     // no new request is handled
	url        *url.URL // of the main document, as it was requested
	status     int      // of its answer
	header     http.Header
	navigated  int  // number of main documents
	loading    bool // the main document is loading
	crashed    bool
	refused    error // why the page may not navigate where it wants to
	inFlight   int
	lastChange time.Time // last change of inFlight or loading
	failed     []*RequestError
	refusals   []Refusal
	seen       []string // requests of a login, for people
}

func newTab(b *Browser, i *instance, u *url.URL) *tab {
	t := &tab{
		Browser: b, instance: i, url: bare(u), start: originOf(u), ended: i.ended.Load(), lastChange: time.Now(),
	}
	t.reach = newReach(t)
	parent, end := context.WithCancel(i.ctx)
	t.end = end
	t.ctx, t.wait = chromedp.NewContext(parent,
		chromedp.WithExistingBrowserContext(i.profile), chromedp.WithListener(t.hear))
	i.tabs.Add(1)
	return t
}

// isInside reports whether the page may request an address with the source's session. During a login that
// includes the configured origins. Afterwards it is only the page's own origin and the source's.
func (t *tab) isInside(u *url.URL) bool {
	o := originOf(u)
	return o == originOf(t.site.URL) || o == t.start || t.login != nil && t.own[o]
}

// close ends the tab. It does not wait until it has ended, which takes a while.
func (t *tab) close() {
	t.end()
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	t.all.Go(func() {
		defer t.instance.tabs.Done()
		t.requests.Wait()
		t.wait()
	})
}

// begin runs f in a goroutine, unless the tab is closed. After that, close waits for the goroutines, and no
// more may start.
func (t *tab) begin(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.requests.Go(f)
	}
}

// show opens the tab, navigates to u, waits, and returns the document. The tab ends with ctx.
func (t *tab) show(ctx context.Context, u *url.URL, waitFor string) (Document, error) {
	defer context.AfterFunc(ctx, t.end)()
	if err := t.open(); err != nil {
		return Document{}, err
	}
	if err := t.navigate(u); err != nil {
		return Document{}, err
	}
	for {
		found, err := t.settle(waitFor)
		if err != nil {
			return Document{}, err
		}
		before := t.count()
		doc, err := t.read()
		if err != nil && t.count() == before {
			return Document{}, err
		}
		if err != nil {
			continue // it navigated just then
		}
		t.keepStorage()
		doc.Found = found
		return doc, nil
	}
}

// open prepares the empty tab.
func (t *tab) open() error {
	if err := chromedp.Do(t.ctx); err != nil {
		return err
	}
	everything := fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: "*"}}}
	if _, err := chromedp.Call(t.ctx, fetch.Enable, everything); err != nil {
		return err
	}
	bypass := network.SetBypassServiceWorkerParams{Bypass: true}
	if _, err := chromedp.Call(t.ctx, network.SetBypassServiceWorker, bypass); err != nil {
		return err
	}
	if err := t.addScript(sealedScript); err != nil {
		return err
	}
	var script string
	if script, t.session = t.storage.script(); script != "" {
		if err := t.addScript(script); err != nil {
			return err
		}
	}
	return t.lendCookies()
}

// addScript makes each new document run a script before its own.
func (t *tab) addScript(script string) error {
	_, err := chromedp.Call(t.ctx, page.AddScriptToEvaluateOnNewDocument,
		page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
	return err
}

// lendCookies gives the browser the session's cookies that scripts may read.
func (t *tab) lendCookies() error {
	var lent []*network.CookieParam
	for o := range t.own {
		at := &url.URL{Scheme: o.scheme, Host: o.host, Path: "/"}
		if o == originOf(t.site.URL) {
			at = t.site.URL
		}
		for _, c := range t.site.Readable(at) {
			lent = append(lent, &network.CookieParam{Name: c.Name, Value: c.Value, URL: at.String(), Path: "/"})
		}
	}
	if len(lent) == 0 {
		return nil
	}
	_, err := chromedp.Call(t.ctx, network.SetCookies, network.SetCookiesParams{Cookies: lent})
	return err
}

// navigate navigates to u, and returns when its document begins.
func (t *tab) navigate(u *url.URL) error {
	t.mu.Lock()
	t.loading = true
	t.mu.Unlock()
	at, err := chromedp.Call(t.ctx, page.Navigate, page.NavigateParams{URL: u.String()})
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if at.ErrorText != "" && t.refused == nil && len(t.failed) == 0 && t.navigated <= 1 {
		return fmt.Errorf("open it in the browser: %s", at.ErrorText)
	}
	return nil
}

// settle waits until the page is complete: until waitFor matches or, if it is "", until the page is at rest
// and shows something. found reports whether waitFor matches.
func (t *tab) settle(waitFor string) (found bool, err error) {
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	for {
		select {
		case <-t.ctx.Done():
			return false, context.Cause(t.ctx)
		case <-ticker.C:
		}
		rest, refused := t.rest()
		if refused != nil {
			return false, refused
		}
		switch {
		case waitFor != "":
			there, err := evaluate[bool](t, hasScript, waitFor)
			if err == nil && there {
				return true, nil
			}
			if err == nil && rest >= selectorTime {
				return false, nil
			}
		case rest >= quiet+blankTime:
			return false, nil
		case rest >= quiet:
			blank, err := evaluate[bool](t, blankScript)
			// Scripts that were busy until now may have made a request meanwhile.
			if still, _ := t.rest(); err == nil && !blank && still >= quiet {
				return false, nil
			}
		}
	}
}

// rest returns how long the page has been at rest.
func (t *tab) rest() (time.Duration, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.loading || t.inFlight > 0 {
		return 0, t.refused
	}
	return time.Since(t.lastChange), t.refused
}

// count returns the number of main documents so far.
func (t *tab) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.navigated
}

// read returns the document as it is now.
func (t *tab) read() (Document, error) {
	got, err := evaluate[struct {
		URL  string `json:"url"`
		HTML string `json:"html"`
		Size int64  `json:"size"`
	}](t, documentScript, t.site.MaxBody)
	if err != nil {
		return Document{}, fmt.Errorf("read the document: %w", err)
	}
	if limit := t.site.MaxBody; limit > 0 && (got.Size > limit || int64(len(got.HTML)) > limit) {
		return Document{}, ErrTooLarge
	}
	u, err := url.Parse(got.URL)
	if err != nil {
		return Document{}, fmt.Errorf("read the document's address: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if originOf(u) == (origin{}) {
		// A script wrote a blob:, data: or about: document. No server served it.
		return Document{}, &noPageError{u.Scheme}
	}
	if from := t.url; bare(u).String() != from.String() && t.login == nil && t.site.MayOpen != nil {
		if err := t.site.MayOpen(from, bare(u)); err != nil {
			return Document{}, err
		}
	}
	return Document{
		URL: bare(u), Status: t.status, Header: t.header, HTML: []byte(got.HTML),
		Missing: t.failed, Refused: t.refusalsInOrder(),
	}, nil
}

// noPageError means that a document without a web address replaced the page.
type noPageError struct{ scheme string }

func (e *noPageError) Error() string {
	return "its scripts put a " + e.scheme + ": document in the place of the page"
}

// Is reports whether target is [ErrNoPage].
func (e *noPageError) Is(target error) bool { return target == ErrNoPage }

// explain returns the error that describes what happened to the tab, given err.
func (t *tab) explain(ctx context.Context, err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case err == nil:
		return nil
	case t.refused != nil:
		return t.refused
	case errors.Is(err, ErrTooLarge):
		return err
	case ctx.Err() != nil && errors.Is(context.Cause(ctx), ErrRestless):
		if len(t.failed) > 0 {
			return t.failed[0]
		}
		return fmt.Errorf("%w in %s (%s)", ErrRestless, t.site.Timeout, t.doing())
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case (t.crashed || t.instance.broken()) && t.instance.ended.Load() > t.ended:
		if t.instance.broken() {
			t.discard(t.instance)
		}
		return ErrTooMuchMemory
	case t.crashed, t.instance.broken():
		if t.instance.broken() {
			t.discard(t.instance)
		}
		return fmt.Errorf("%w: %w", ErrCrashed, err)
	}
	return err
}

// doing says what keeps a page from coming to rest. mu is held.
func (t *tab) doing() string {
	switch {
	case t.inFlight > 0:
		return fmt.Sprintf("%d requests under way", t.inFlight)
	case t.loading:
		return "still loading"
	}
	return "its scripts do not stop"
}

// hear handles the events of the tab, in their order. It must not wait.
func (t *tab) hear(event any) {
	switch event := event.(type) {
	case *fetch.EventRequestPaused:
		t.note(event)
		t.begin(func() { t.answer(event) })
	case *page.EventFrameStoppedLoading:
		if t.isMain(event.FrameID) {
			t.change(func() { t.loading = false })
		}
	case *page.EventJavascriptDialogOpening:
		leaves := event.Type == page.DialogTypeBeforeunload
		t.begin(func() {
			_, _ = chromedp.Call(t.ctx, page.HandleJavaScriptDialog,
				page.HandleJavaScriptDialogParams{Accept: leaves})
		})
	case *target.EventTargetCreated:
		c := chromedp.FromContext(t.ctx)
		if c.Target != nil && event.TargetInfo.OpenerID == c.Target.TargetID {
			window := event.TargetInfo.TargetID
			t.begin(func() {
				_, _ = chromedp.CallBrowser(t.ctx, target.CloseTarget, target.CloseTargetParams{TargetID: window})
			})
		}
	case *inspector.EventTargetCrashed:
		t.change(func() { t.crashed = true })
		t.end()
	}
}

// isMain reports whether a frame is the tab's main frame, which has the target's ID.
func (t *tab) isMain(id cdp.FrameID) bool {
	c := chromedp.FromContext(t.ctx)
	return c.Target != nil && string(c.Target.TargetID) == string(id)
}

// change changes something that rest depends on.
func (t *tab) change(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f()
	t.lastChange = time.Now()
}

var (
	//go:embed scripts/sealed.js
	sealedScript string
	//go:embed scripts/document.js
	documentScript string
	//go:embed scripts/has.js
	hasScript string
	//go:embed scripts/blank.js
	blankScript string
)

// evaluate calls a JavaScript function on the page, in an isolated world that the page's scripts cannot
// change.
func evaluate[T any](t *tab, function string, args ...any) (got T, err error) {
	frame := cdp.FrameID(chromedp.FromContext(t.ctx).Target.TargetID)
	world, err := chromedp.Call(t.ctx, page.CreateIsolatedWorld,
		page.CreateIsolatedWorldParams{FrameID: frame, WorldName: "fincrawl"})
	if err != nil {
		return got, err
	}
	list, err := json.Marshal(append([]any{}, args...))
	if err != nil {
		return got, err
	}
	yes := true
	answer, err := chromedp.Call(t.ctx, runtime.Evaluate, runtime.EvaluateParams{
		Expression: "(" + function + ")(..." + string(list) + ")", ContextID: world.ExecutionContextID,
		ReturnByValue: &yes, AwaitPromise: &yes,
	})
	if err != nil {
		return got, err
	}
	if answer.ExceptionDetails != nil {
		return got, fmt.Errorf("look at the page: %s", answer.ExceptionDetails.Text)
	}
	err = json.Unmarshal(answer.Result.Value, &got)
	return got, err
}
