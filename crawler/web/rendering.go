package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/render"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

// Rendering says which pages are rendered by a browser before they are read.
type Rendering struct {
	Mode    RenderMode
	Rules   []RenderRule // the first that matches decides instead of Mode
	WaitFor string       // CSS selector that a complete page matches; "" waits until the page makes no more requests
	Hosts   []string     // hosts besides the source's own that scripts may request freely
	Browser render.Config
}

// RenderRule is the mode of the paths it matches.
type RenderRule struct {
	Match urlpattern.Pattern
	Mode  RenderMode
}

// RenderMode says when a browser renders a page.
type RenderMode string

// The modes. The zero value means RenderNever.
const (
	RenderNever  RenderMode = "never"
	RenderAuto   RenderMode = "auto" // if the HTML has no text yet and leaves that to scripts
	RenderAlways RenderMode = "always"
)

// For returns the mode of a page.
func (r Rendering) For(u *url.URL) RenderMode {
	for _, rule := range r.Rules {
		if rule.Match.Match(u) {
			return rule.Mode
		}
	}
	return r.Mode
}

// used reports whether any page may be rendered.
func (r Rendering) used() bool {
	wanted := func(m RenderMode) bool { return m == RenderAuto || m == RenderAlways }
	for _, rule := range r.Rules {
		if wanted(rule.Mode) {
			return true
		}
	}
	return wanted(r.Mode)
}

// newBrowser returns a browser for the source, or nil if no page is ever rendered. The browser starts when a
// page first needs it. scripts is the client that makes its pages' requests to the source, at the source's
// pace.
func (c *crawl) newBrowser(scripts *http.Client) (*render.Browser, error) {
	if !c.src.Render.used() {
		return nil, nil
	}
	site := render.Site{
		URL: c.scope.Site, Inside: scripts, Outside: c.Strangers, Named: c.Named, Hosts: c.src.Render.Hosts,
		MayOpen: c.mayOpen, MayAsk: c.mayAsk, Secrets: c.sessionValues,
		Timeout: c.src.Fetch.Timeout, MaxBody: c.src.Fetch.MaxBody, Concurrency: c.src.Fetch.Concurrency,
		UserAgent: c.src.Fetch.UserAgent,
	}
	if jar, ok := scripts.Jar.(*auth.Jar); ok {
		site.Readable = jar.Readable
	}
	if form := c.src.Auth.Form; form != nil {
		var err error
		if site.LoginURL, err = url.Parse(form.URL); err != nil {
			return nil, err
		}
		for _, address := range form.SignOn {
			u, err := url.Parse(address)
			if err != nil {
				return nil, err
			}
			site.SignOn = append(site.SignOn, u)
		}
	}
	return render.New(c.src.Render.Browser, site, c.log), nil
}

// mayOpen judges where a page's scripts lead as a redirect is judged. They must stay on the site.
func (c *crawl) mayOpen(from, to *url.URL) error {
	err := c.judgeRedirect(&http.Request{URL: to}, []*http.Request{{URL: from}})
	if err == nil && !c.scope.SameSite(to) {
		return &fetch.Failure{Outcome: crawler.RedirectedOut, Detail: "leads to " + to.Redacted()}
	}
	return err
}

// read requests a page, and renders it or reads it as a file if that is needed.
func (c *crawl) read(ctx context.Context, u *url.URL) answer {
	return c.readFile(ctx, c.renderPage(ctx, c.browser, c.get(ctx, c.Pages, u)))
}

// renderPage renders the answer in a browser if its page is to be rendered, and returns any other as it is.
func (c *crawl) renderPage(ctx context.Context, browser *render.Browser, a answer) answer {
	if !c.isToBeRendered(a) {
		return a
	}
	header := a.header.Clone()
	header.Set("Content-Type", a.contentType)
	doc, err := browser.Render(ctx, render.Page{
		URL: a.url, Status: a.status, Header: header, Body: a.body, WaitFor: c.src.Render.WaitFor,
	})
	if err == nil && !doc.Found {
		err = c.missing(doc.Missing)
	}
	if err != nil {
		return answer{url: a.url, tls: a.tls, Asked: a.Asked, rendered: true, err: whyNotShown(err)}
	}
	return answer{
		url: scope.WithoutSecrets(doc.URL, c.own), status: doc.Status, header: doc.Header,
		contentType: "text/html; charset=utf-8", body: doc.HTML, tls: a.tls, Asked: a.Asked, rendered: true,
		refused: doc.Refused, incomplete: c.src.Render.WaitFor != "" && !doc.Found,
	}
}

func (c *crawl) isToBeRendered(a answer) bool {
	isPage := a.err == nil && a.status >= 200 && a.status < 300 && fetch.IsHTML(a.contentType)
	if c.browser == nil || a.rendered || !isPage {
		return false
	}
	switch c.src.Render.For(a.url) {
	case RenderAlways:
		return true
	case RenderAuto:
		return render.Bare(a.body)
	}
	return false
}

// missing returns a failed request without which the page may be incomplete, or nil. A 401 does not count on
// a public site, where scripts learn from it that nobody is logged in.
func (c *crawl) missing(failed []*render.RequestError) error {
	for _, f := range failed {
		if f.Status != http.StatusUnauthorized || !c.src.Auth.IsZero() {
			return f
		}
	}
	return nil
}

// whyNotShown returns the outcome of a page that the browser could not render, as a [fetch.Failure].
func whyNotShown(err error) error {
	var (
		known   *fetch.Failure
		request *render.RequestError
		gone    *render.UnavailableError
	)
	inner := errors.Unwrap(err)
	if inner == nil {
		inner = err
	}
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &request):
		outcome, _ := fetch.FailureOfStatus(request.Status)
		switch {
		case request.Status == http.StatusUnauthorized:
			outcome = crawler.LoginWall // an API behind the page wants a login
		case request.Err != nil:
			outcome, _ = fetch.FailureOf(request.Err)
		case outcome == crawler.Gone:
			outcome = crawler.ServerError // the page, which is current, names a script that the site lacks
		}
		return &fetch.Failure{Outcome: outcome, Detail: request.Error()}
	case errors.As(err, &known):
		return known
	case errors.Is(err, render.ErrTooLarge):
		return &fetch.Failure{Outcome: crawler.TooLarge, Detail: inner.Error()}
	case errors.Is(err, render.ErrNoPage): // the page causes it on every run
		return &fetch.Failure{Outcome: crawler.Empty, Detail: inner.Error()}
	case errors.Is(err, render.ErrTooMuchMemory):
		return &fetch.Failure{Outcome: crawler.TooCostly, Detail: inner.Error()}
	case errors.Is(err, render.ErrRestless):
		return &fetch.Failure{Outcome: crawler.Timeout, Detail: inner.Error()}
	case errors.Is(err, render.ErrLoop):
		return &fetch.Failure{Outcome: crawler.RedirectLoop, Detail: inner.Error()}
	case errors.As(err, &gone):
		return &fetch.Failure{Outcome: crawler.Unrendered, Detail: gone.Error()}
	}
	return &fetch.Failure{Outcome: crawler.Unrendered, Detail: inner.Error()}
}

// whatAllows names the first key that would allow a refused request.
func whatAllows(refused []render.Refusal) string {
	for _, r := range refused {
		if r.Key != "" {
			return "see " + r.Key
		}
	}
	return refused[0].Address + ": " + refused[0].Why
}

// countRefused returns how many requests of a page were refused because of their destinations.
func (a answer) countRefused() (n int) {
	for _, r := range a.refused {
		n += r.Count
	}
	return n
}

// whyEmpty says of a page without content what may be done about it.
func (c *crawl) whyEmpty(a answer) string {
	switch {
	case a.file != nil:
		return a.file.how()
	case a.rendered && len(a.refused) > 0:
		return "its scripts may lack what they were not given: " + whatAllows(a.refused)
	case c.src.Content.Body != "" && (a.rendered || !render.Bare(a.body)):
		return "nothing of it is left by content.body and content.remove"
	case a.rendered || !render.Bare(a.body):
		return ""
	}
	return "its text is made by scripts: set render: auto"
}
