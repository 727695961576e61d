package auth

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/fincrawl/fincrawl/internal/weburl"
)

// maxPasses bounds how often one page passes a login on to the next.
const maxPasses = 5

// stepPass is the step of a login that nobody sees in a browser.
const stepPass = "pass the login on"

// passedOn goes on from pages that a browser leaves by itself and returns where that
// leads. Single sign-ons put them between two sites: a form that a script sends off
// (SAML 2.0 bindings, 3.5; OAuth 2.0 form post response mode; WS-Federation), or a
// refresh.
func (v *visit) passedOn(ctx context.Context, on *page) (*page, error) {
	for range maxPasses {
		next, err := v.pass(ctx, on)
		if next == nil || err != nil {
			return on, err
		}
		on = next
	}
	return on, nil
}

// pass makes one such step; the answer is nil where on is a page to stay on.
func (v *visit) pass(ctx context.Context, on *page) (*page, error) {
	if form := on.passingForm(); form != nil && !on.cut {
		v.saw("%s: %s, sent off by itself", form.name(), form.describe())
		filled, _ := form.fill(formStep{})
		return v.submit(ctx, stepPass, filled, on)
	}
	to := on.refresh()
	if to == nil || on.asksForPassword() {
		return nil, nil
	}
	if err := v.mayOpen(to); err != nil {
		return nil, v.fail(stepPass, on, err, "where that is your single sign-on, add it to form.sign_on")
	}
	if v.form.inQuery(to.Query()) {
		if err := v.mayReceive(to, on.url); err != nil {
			return nil, v.fail(stepPass, on, err, "")
		}
	}
	return v.open(ctx, stepPass, to)
}

// passingForm is the page's one form, if it has nothing to fill in and its page sends
// it off: by a script, or because it is a message of a sign-on, which scripts of
// another file may send.
func (p *page) passingForm() *htmlForm {
	forms := p.forms()
	if len(forms) != 1 {
		return nil
	}
	form := forms[0]
	hidden, message := false, false
	for _, c := range form.controls {
		switch inputType(c) {
		case "hidden":
			hidden = true
			switch c.AttrOr("name", "") {
			case "SAMLRequest", "SAMLResponse", "wresult", "id_token":
				message = true
			}
		case "submit", "image", "button":
		default:
			return nil
		}
	}
	if hidden && (message || p.submitsItself()) {
		return form
	}
	return nil
}

// submitsItself reports whether a script of the page sends a form off as soon as it
// is loaded.
func (p *page) submitsItself() bool {
	return strings.Contains(p.find("body").AttrOr("onload", ""), "submit") ||
		strings.Contains(p.find("script").Text(), "submit(")
}

// refresh is where <meta http-equiv="refresh"> leads at once (HTML, 4.2.5.3); nil for
// nowhere else.
func (p *page) refresh() *url.URL {
	content := p.find(`meta[http-equiv="refresh" i]`).AttrOr("content", "")
	found := refreshPattern().FindStringSubmatch(content)
	if found == nil {
		return nil
	}
	to, err := weburl.Resolve(p.url, found[1])
	if err != nil || to.String() == p.url.String() {
		return nil
	}
	if _, ok := originOf(to); !ok {
		return nil
	}
	return to
}

var refreshPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^\s*[01](?:\.\d*)?\s*[;,]?\s*url\s*=\s*["']?([^"']+)`)
})
