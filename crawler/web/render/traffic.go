package render

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// note records that a request is in flight.
func (t *tab) note(event *fetch.EventRequestPaused) {
	t.change(func() {
		t.inFlight++
		if t.isNavigation(event) {
			t.loading = true
		}
	})
}

func (t *tab) isNavigation(event *fetch.EventRequestPaused) bool {
	return event.ResourceType == network.ResourceTypeDocument && t.isMain(event.FrameID)
}

// answer answers one request of the page, or makes it fail.
func (t *tab) answer(event *fetch.EventRequestPaused) {
	defer t.change(func() { t.inFlight-- })
	reply, err := t.decide(event)
	if err != nil {
		reason := network.ErrorReasonBlockedByClient
		if t.isNavigation(event) {
			reason = network.ErrorReasonAborted // stays on the page instead of showing the browser's own error page
		}
		_, _ = chromedp.Call(t.ctx, fetch.FailRequest,
			fetch.FailRequestParams{RequestID: event.RequestID, ErrorReason: reason})
		return
	}
	if event.ResourceType == network.ResourceTypeDocument {
		reply.header = reply.header.Clone()
		reply.header.Set("Connection-Allowlist", onlyRequests)
	}
	_, _ = chromedp.Call(t.ctx, fetch.FulfillRequest, fetch.FulfillRequestParams{
		RequestID: event.RequestID, ResponseCode: int64(reply.status), ResponseHeaders: entries(reply.header),
		Body: reply.body,
	})
}

// onlyRequests lets a document use requests, which this program answers, but no WebRTC, whatever the
// arguments of the browser are. Its frames inherit that. So do frames in other processes, whose scripts run
// before sealedScript gets there.
const onlyRequests = `("*://*:*/*" "blob:*" "data:*");redirects=allow;webrtc=block`

// reply is the answer that the browser gets.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// errBlocked means that a request is not made.
var errBlocked = errors.New("not asked for")

// decide makes a request if the page's scripts may make it.
func (t *tab) decide(event *fetch.EventRequestPaused) (reply, error) {
	u, err := url.Parse(event.Request.URL)
	if err != nil || originOf(u) == (origin{}) {
		return reply{}, errBlocked
	}
	if t.isNavigation(event) {
		return t.visit(event, u)
	}
	if isDecoration(event.ResourceType) || countsVisitors(u.Hostname()) {
		return reply{}, errBlocked
	}
	inside := t.isInside(u)
	switch {
	case !inside && !slices.Contains(t.site.Hosts, u.Hostname()):
		return t.fromElsewhere(event, u)
	case takesNoPart(event.ResourceType):
		return reply{}, errBlocked
	case !asksOnly(event.Request.Method):
		return reply{}, t.refuse(u, "a script may only read, not "+event.Request.Method, "")
	case inside && t.login == nil:
		if why, key := t.site.MayAsk(bare(u)); why != "" {
			return reply{}, t.refuse(u, why, key)
		}
	}
	isCode := event.ResourceType == network.ResourceTypeScript || event.ResourceType == network.ResourceTypeStylesheet
	isCode = isCode && event.Request.Method == http.MethodGet
	if known, ok := t.code.get(u.String()); ok && isCode {
		t.reach.served(u, known)
		return known, nil
	}
	got, err := t.ask(event, u, inside)
	if inside && asksForContent(event.ResourceType) {
		t.judge(event, u, got, err)
	}
	if err == nil && isCode {
		t.code.put(u.String(), got)
		t.reach.served(u, got)
	}
	return got, err
}

// fromElsewhere answers a request to a host that is neither the source's own nor one of Site.Hosts. It gets
// the file that the page names there, or nothing.
func (t *tab) fromElsewhere(event *fetch.EventRequestPaused, u *url.URL) (reply, error) {
	if isFromElsewhere(event.ResourceType) && event.Request.Method == http.MethodGet {
		if got, ok, err := t.reach.get(t.ctx, u); ok {
			if err != nil {
				return reply{}, t.refuse(u, err.Error(), hostsKey(u))
			}
			return got, nil
		}
	}
	if t.login != nil {
		t.tell("browser: kept from asking %s://%s while the credentials are on the page; "+
			"where that is needed, name it in render.hosts", u.Scheme, u.Host)
	}
	return reply{}, t.refuse(u, "another host, and the page as it was served does not name this address", hostsKey(u))
}

// hostsKey returns the setting that allows a host.
func hostsKey(u *url.URL) string { return "render.hosts: [" + u.Hostname() + "]" }

// visit answers the request for a main document. The first is answered with what the site has already
// answered.
func (t *tab) visit(event *fetch.EventRequestPaused, u *url.URL) (reply, error) {
	t.mu.Lock()
	from, given := t.url, t.given
	t.given = nil
	t.mu.Unlock()

	if given != nil && bare(u).String() == bare(given.URL).String() {
		got := reply{given.Status, given.Header, given.Body}
		t.reach.learn(u, got.header, got.body)
		t.arrive(u, got)
		got.header = got.header.Clone()
		got.header.Del("Set-Cookie") // the session has it, and lendCookies gives scripts what they may read
		return got, nil
	}
	if err := t.mayVisit(event, from, u); err != nil {
		return reply{}, err
	}
	got, err := t.ask(event, u, true)
	if err != nil {
		t.change(func() {
			t.failed = append(t.failed, &RequestError{Method: event.Request.Method, URL: u, Err: err})
			t.refused = t.failed[0]
		})
		return reply{}, err
	}
	t.reach.learn(u, got.header, got.body)
	t.arrive(u, got)
	return got, nil
}

// mayVisit returns why the page may not be left for u, or nil.
func (t *tab) mayVisit(event *fetch.EventRequestPaused, from, u *url.URL) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.login != nil && !t.own[originOf(u)]:
		t.refused = &strangerError{u}
	case t.login == nil && event.Request.Method != http.MethodGet:
		return errBlocked // a form that scripts submit by themselves
	case t.navigated >= maxNavigations:
		t.refused = ErrLoop
	case t.login == nil && t.site.MayOpen != nil:
		t.refused = t.site.MayOpen(from, bare(u))
	case t.login == nil && !t.own[originOf(u)]:
		t.refused = &strangerError{u}
	}
	return t.refused
}

// strangerError means that a page leads to another origin.
type strangerError struct{ url *url.URL }

func (e *strangerError) Error() string { return "leads to " + e.url.Scheme + "://" + e.url.Host }

// arrive records the answer to the request for a main document.
func (t *tab) arrive(u *url.URL, got reply) {
	t.change(func() {
		t.navigated++
		if got.status < 300 || got.status >= 400 {
			t.url, t.status, t.header = bare(u), got.status, got.header
		}
		if t.login != nil {
			t.seen = append(t.seen, "browser: GET "+t.login.mask(bare(u).Redacted())+" → "+http.StatusText(got.status))
		}
	})
}

// ask makes a request with the page's own headers. If inside is true, it uses the source's session.
func (t *tab) ask(event *fetch.EventRequestPaused, u *url.URL, inside bool) (reply, error) {
	select {
	case t.places <- struct{}{}:
		defer func() { <-t.places }()
	case <-t.ctx.Done():
		return reply{}, context.Cause(t.ctx)
	}
	sent := bytes.NewReader(body(event.Request))
	r, err := http.NewRequestWithContext(t.ctx, event.Request.Method, bare(u).String(), sent)
	if err != nil {
		return reply{}, err
	}
	for name, value := range event.Request.Headers {
		if text, ok := value.(string); ok && passesOn(name) {
			r.Header.Set(name, text)
		}
	}
	r.Header.Set("User-Agent", t.site.UserAgent)
	client := t.site.Named
	if inside {
		client = t.site.Inside
		t.adopt(client.Jar, u, event.Request.Headers)
	}
	single := *client
	single.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := single.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return reply{}, err
	}
	if t.login != nil && inside && event.Request.Method == http.MethodPost {
		t.tell("browser: POST %s → %d", t.login.mask(bare(u).Redacted()), res.StatusCode)
	}
	header := res.Header.Clone()
	for _, name := range []string{"Content-Encoding", "Content-Length", "Transfer-Encoding", "Connection"} {
		header.Del(name)
	}
	if !inside {
		header.Del("Set-Cookie")
	}
	return reply{res.StatusCode, header, text}, nil
}

// adopt adds cookies that scripts have set to the session: those that the browser sends and the session does
// not know.
func (t *tab) adopt(jar http.CookieJar, u *url.URL, headers network.Headers) {
	line := ""
	for name, value := range headers {
		if text, ok := value.(string); ok && strings.EqualFold(name, "Cookie") {
			line = text
		}
	}
	if jar == nil || line == "" {
		return
	}
	known := map[string]bool{}
	for _, c := range jar.Cookies(u) {
		known[c.Name] = true
	}
	pairs, err := http.ParseCookie(line)
	if err != nil {
		return
	}
	for _, c := range pairs {
		if t.isScripted(c.Name, known[c.Name]) {
			jar.SetCookies(u, []*http.Cookie{{Name: c.Name, Value: c.Value, Path: "/", Secure: u.Scheme == "https"}})
		}
	}
}

// maxScripted is how many names of cookies are remembered. The jar keeps no more of one site either.
const maxScripted = 200

// isScripted reports whether scripts have set a cookie. Its newest value is then in the browser. known
// reports whether the session has the cookie.
func (b *Browser) isScripted(name string, known bool) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !known && len(b.scripted) < maxScripted {
		b.scripted[name] = true
	}
	return b.scripted[name]
}

// judge records a failed request without which the page may be incomplete.
func (t *tab) judge(event *fetch.EventRequestPaused, u *url.URL, got reply, err error) {
	if t.ctx.Err() != nil {
		return
	}
	missing := err != nil || got.status >= 500 || got.status == http.StatusTooManyRequests ||
		got.status == http.StatusUnauthorized ||
		got.status >= 400 && event.ResourceType == network.ResourceTypeScript
	if missing && !errors.Is(err, errBlocked) {
		failed := &RequestError{Method: event.Request.Method, URL: bare(u), Status: got.status, Err: err}
		t.change(func() { t.failed = append(t.failed, failed) })
	}
}

// body returns the body of a request.
func body(r *network.Request) []byte {
	var all []byte
	for _, part := range r.PostDataEntries {
		all = append(all, part.Bytes...)
	}
	return all
}

// passesOn reports whether a header of the browser is sent with the request. Cookies come from the session,
// and encodings from the client.
func passesOn(name string) bool {
	name = http.CanonicalHeaderKey(name)
	switch name {
	case "Cookie", "Host", "Content-Length", "Accept-Encoding", "Accept-Language", "User-Agent", "Connection",
		"Proxy-Authorization":
		return false
	}
	return !strings.HasPrefix(name, "Sec-Ch-")
}

// entries returns headers in the form that the browser takes.
func entries(header http.Header) (list []*fetch.HeaderEntry) {
	for name, values := range header {
		switch name {
		case "Content-Encoding", "Content-Length", "Transfer-Encoding":
			continue
		}
		for _, value := range values {
			list = append(list, &fetch.HeaderEntry{Name: name, Value: value})
		}
	}
	return list
}
