package auth

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/fincrawl/fincrawl/internal/weburl"
)

// maxPasses is how often one page may pass a login on to the next.
const maxPasses = 5

// stepPass is a step of a login that nobody sees in a browser.
const stepPass = "pass the login on"

// passedOn follows pages that a browser leaves by itself, and returns where they lead. Single sign-ons put
// such pages between two sites: a form that a script submits (SAML 2.0 bindings, section 3.5; OAuth 2.0 form
// post response mode; WS-Federation), or a refresh.
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

// pass takes one such step. The answer is nil if a browser would stay on the page.
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

// passingForm returns the page's only form, if nothing is to be filled in and the page submits it: by a
// script of its own, or because it is a message of a sign-on, which a script of another file may submit.
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

// submitsItself reports whether a script of the page submits a form when it is loaded.
func (p *page) submitsItself() bool {
	return strings.Contains(p.find("body").AttrOr("onload", ""), "submit") ||
		strings.Contains(p.find("script").Text(), "submit(")
}

// refresh returns where <meta http-equiv="refresh"> leads at once (HTML, section 4.2.5.3), or nil if nowhere
// else.
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
