package auth

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
)

const (
	maxPage      = 5 << 20 // bytes that are read of a page
	maxRedirects = 10      // about as many as browsers and net/http follow
)

var (
	errTooLong   = fmt.Errorf("the page is longer than %d MB", maxPage>>20)
	errRedirects = fmt.Errorf("stopped after %d redirects", maxRedirects)
)

// page is an answer that was read and parsed.
type page struct {
	method   string // of the last request
	url      *url.URL
	status   int
	doc      *goquery.Document
	encoding encoding.Encoding // of the page, and of what its forms send
	cut      bool              // only the first maxPage bytes were read
}

// open requests u.
func (v *visit) open(ctx context.Context, step string, u *url.URL) (*page, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, v.fail(step, &page{url: u}, err, "")
	}
	return v.send(step, r, nil)
}

// send sends r, follows redirects and reads the answer. referer is the page that r comes from, or nil if a
// person would have typed the address.
func (v *visit) send(step string, r *http.Request, referer *url.URL) (*page, error) {
	r.Header.Set("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
	setReferer(r, referer)
	target := r.URL
	client := v.client
	client.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if len(via) >= maxRedirects {
			return errRedirects
		}
		target = next.URL
		if err := v.mayOpen(next.URL); err != nil {
			return err
		}
		v.givenInAddress(next.URL)
		return v.checkRedirect(next, referer)
	}
	resp, err := client.Do(r)
	if err != nil {
		// The URL in a url.Error may contain what was filled in. Its cause does not.
		if ue := (*url.Error)(nil); errors.As(err, &ue) {
			err = ue.Err
		}
		v.saw("%s %s → %s", r.Method, v.secrets.url(r.URL), v.secrets.text(err.Error()))
		hint := networkHint(err)
		if errors.As(err, new(*elsewhereError)) {
			hint = "where that is your single sign-on, add it to form.sign_on"
		}
		return nil, v.fail(step, &page{url: target}, err, hint)
	}
	defer func() { _ = resp.Body.Close() }()
	p, err := readPage(resp)
	line := fmt.Sprintf("%s %s%s", r.Method, v.secrets.url(r.URL), v.hops(resp))
	if err != nil {
		v.saw("%s, cut off", line)
		return nil, v.fail(step, p, fmt.Errorf("read the answer: %w", err), networkHint(err))
	}
	if title := v.title(p); title != "" {
		line += " “" + title + "”"
	}
	v.saw("%s", line)
	return p, nil
}

// mayOpen returns an error unless a login may lead to target: to the origin of the source, of the login page
// or of the single sign-on. Nothing else is requested, even without credentials, since only the site names
// it.
func (v *visit) mayOpen(target *url.URL) error {
	at, ok := originOf(target)
	plain := origin{"http", at.host, "80"}
	switch {
	case ok && (at == v.own || v.form.isAt(at)):
		return nil
	case at.scheme == "https" && at.port == "443" && (plain == v.own || v.form.isAt(plain)):
		return nil // sites move from http to https
	}
	return &elsewhereError{v.secrets.url(target)}
}

// elsewhereError means that a login leads to an origin that the configuration does not name.
type elsewhereError struct{ url string }

func (e *elsewhereError) Error() string {
	return "the login leads to " + e.url + ", which is not on the source's origin " +
		"and not named by form.url or form.sign_on"
}

// checkRedirect follows a redirect as a browser would. It returns an error if that would send credentials to
// an origin that may not get them.
func (v *visit) checkRedirect(next *http.Request, referer *url.URL) error {
	if next.Body != nil || v.form.inQuery(next.URL.Query()) {
		from := next.URL
		if next.Response != nil && next.Response.Request != nil {
			from = next.Response.Request.URL
		}
		if err := v.mayReceive(next.URL, from); err != nil {
			return err
		}
	}
	if next.Body == nil {
		next.Header.Del("Origin")
	}
	setReferer(next, referer)
	return nil
}

// hops returns the statuses on the way to resp, and records whether a Secure cookie was set over http.
func (v *visit) hops(resp *http.Response) string {
	var line string
	for r := resp; r != nil; r = r.Request.Response {
		line = fmt.Sprintf(" → %d", r.StatusCode) + line
		for _, c := range r.Cookies() {
			v.dropped = v.dropped || c.Secure && r.Request.URL.Scheme == "http"
		}
	}
	return line
}

// setReferer sets the Referer header as browsers do by default (Referrer Policy,
// strict-origin-when-cross-origin). Checks against cross-site request forgery, such as Django's, need it.
func setReferer(r *http.Request, referer *url.URL) {
	r.Header.Del("Referer")
	if referer == nil {
		return
	}
	from, _ := originOf(referer)
	to, _ := originOf(r.URL)
	switch {
	case from == to:
		full := *referer
		full.User, full.Fragment, full.RawFragment = nil, "", ""
		r.Header.Set("Referer", full.String())
	case from.scheme == "https" && to.scheme == "http":
	default:
		r.Header.Set("Referer", from.String()+"/")
	}
}

// readPage reads resp. If that fails half-way, it returns what is known of the page and the error.
func readPage(resp *http.Response) (*page, error) {
	p := &page{method: resp.Request.Method, url: resp.Request.URL, status: resp.StatusCode}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPage+1))
	if len(body) > maxPage {
		body, p.cut = body[:maxPage], true
	}
	head, contentType := body[:min(len(body), 1024)], resp.Header.Get("Content-Type")
	p.encoding, _, _ = charset.DetermineEncoding(head, contentType)
	declared := bytes.Contains(bytes.ToLower(head), []byte("charset")) || strings.Contains(contentType, "charset")
	if !declared && utf8.Valid(body) {
		// Without a declaration the guess is Windows-1252, but servers today expect UTF-8.
		p.encoding = encoding.Nop
	}
	decoded, decodeErr := p.encoding.NewDecoder().Bytes(body)
	if decodeErr != nil {
		decoded = body
	}
	doc, parseErr := goquery.NewDocumentFromReader(bytes.NewReader(decoded))
	if parseErr != nil {
		return p, errors.Join(err, parseErr)
	}
	p.doc = doc
	return p, err
}

// networkHint says what to do about an error from the network.
func networkHint(err error) string {
	switch {
	case errors.Is(err, errRedirects):
		return "the site sends the client in circles, which often means that it wants a cookie it does not get back; " +
			"try the same in a private window of a browser"
	case errors.Is(err, context.Canceled):
		return ""
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the answer broke off; try again"
	default:
		return ""
	}
}

// find returns the elements of p that selector matches. It returns none if p could not be parsed.
func (p *page) find(selector string) *goquery.Selection {
	if p.doc == nil {
		return &goquery.Selection{}
	}
	return p.doc.Find(selector)
}

// has reports whether s matches an element of the page.
func (p *page) has(s *selector) bool {
	return s != nil && p.doc != nil && p.doc.FindMatcher(s).Length() > 0
}

// title returns the page's title.
func (p *page) title() string {
	return collapse(p.find("head > title, body > title").First().Text())
}

// The selectors of the errors on login pages, and of other messages, for pages without such errors.
const (
	errorMarks = ".error, .errors, .errorbox, .errorlist, .errornote, .error-message, .message-error, .form-error, " +
		".login-error, #login_error, .alert-danger, .alert-error, .flash-alert, .flash-error, .flash.error, " +
		".invalid-feedback, .aui-message-error, .mw-message-box-error, .cdx-message--error, .text-danger, " +
		".validation-summary-errors, [role=alert]"
	messageMarks = ".alert, .flash, .messages, .message, .notification, .notice, .warning, [aria-live=assertive]"
	goodNews     = ".alert-success, .alert-info, .flash-success, .flash.success, .success"
)

// The selectors of questions that only a person can answer.
const (
	captchas     = ".g-recaptcha, .h-captcha, .cf-turnstile, [class*=captcha] input, input[name*=captcha i]"
	oneTimeCodes = "input[autocomplete=one-time-code], input[name*=otp i], input[name*=totp i]"
)

// message returns the first error that a reader of the page would see.
func (p *page) message() string {
	for _, marks := range []string{errorMarks, messageMarks} {
		var text string
		p.find(marks).Not(goodNews).EachWithBreak(func(_ int, s *goquery.Selection) bool {
			if visible(s) {
				s = s.Clone()
				s.Find("script, style, template, select, button, [hidden]").Remove()
				text = collapse(s.Text())
			}
			if len(text) < 3 { // the asterisk of a required field
				text = ""
			}
			return text == ""
		})
		if text != "" {
			return text
		}
	}
	return ""
}

// asksForPassword reports whether the page has a visible password field.
func (p *page) asksForPassword() bool {
	found := false
	p.find("input").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		found = inputType(s) == "password" && visible(s)
		return !found
	})
	return found
}

// visible reports whether s is probably shown, as far as that can be seen without style sheets.
func visible(s *goquery.Selection) bool {
	if s.Is(".invalid-feedback") && s.PrevAllFiltered(".is-invalid").Length() == 0 && !s.Is(".d-block") {
		return false // Bootstrap shows it only beside a marked field
	}
	for s.Length() > 0 {
		if _, hidden := s.Attr("hidden"); hidden {
			return false
		}
		if s.Is("script, style, template, [aria-hidden=true], .hidden, .hide, .d-none, .is-hidden, .invisible") {
			return false
		}
		style := strings.ToLower(strings.Join(strings.Fields(s.AttrOr("style", "")), ""))
		if strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") {
			return false
		}
		s = s.Parent()
	}
	return true
}

// wordsBesideForm is how many words at most a page has beside a form that is shown instead of another page.
const wordsBesideForm = 120

// wordsBesideForms counts the words of the page outside of its forms.
func (p *page) wordsBesideForms() int {
	body := p.find("body").Clone()
	body.Find("form, script, style, template, nav, header, footer").Remove()
	return len(strings.Fields(body.Text()))
}
