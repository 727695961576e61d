package render

import (
	"context"
	_ "embed" // the scripts
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Login is a form that only scripts can make, with what to fill in. It is on the page Site.LoginURL. It
// prints without its secrets.
type Login struct {
	Steps    []Step
	LoggedIn string // selector that only a page after the login matches; "" waits until no password is asked for
}

// Step is one form of a login. It prints without its secrets.
type Step struct {
	URL      *url.URL          // the page that shows the form; nil is where the previous step led
	Fields   map[string]string // by name, ID, label or, failing these, kind of field
	Form     string            // selector of the element with the fields; "" is the page
	Submit   string            // selector of the button; "" is the form's own
	Optional bool              // the step is skipped if its form does not turn up
}

// Format prints the type only, for every verb.
func (Login) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, "login (hidden)") }

// Format prints the type only, for every verb.
func (Step) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, "step (hidden)") }

// LoginError means that a login in the browser did not work. It says what was seen, and holds no secrets.
type LoginError struct {
	Step    string // what was being done
	URL     string // where the browser was
	Status  int    // of the last document's answer; 0 if there was none
	Title   string
	Message string // the first error text on the page
	Hint    string // what to do; may be empty
	Err     error  // may be nil
}

func (e *LoginError) Error() string {
	return fmt.Sprintf("log in with a browser: %s: %s %q %s: %v", e.Step, e.URL, e.Title, e.Message, e.Err)
}

// Unwrap returns the underlying error.
func (e *LoginError) Unwrap() error { return e.Err }

// LogIn opens the site's login page in the browser, fills in and submits its form, and waits until that has
// worked. The session is then in the jar of Site.Inside and in what the site's scripts have stored. All
// pages get both from then on. LogIn returns for people what it saw, step by step. If the login did not
// work, the error is a *LoginError. If there is no browser, it is an *UnavailableError.
func (b *Browser) LogIn(ctx context.Context, l Login) (seen []string, err error) {
	i, err := b.acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer b.release(i)
	ctx, cancel := b.limited(ctx)
	defer cancel()

	t := newTab(b, i, b.site.LoginURL)
	defer t.close()
	t.login = &l
	v := &loginVisit{tab: t, step: "open the login page"}
	err = v.logIn(ctx)
	b.code.forget()
	t.mu.Lock()
	seen = t.seen
	t.mu.Unlock()
	if err = t.explain(ctx, err); err == nil {
		return seen, nil
	}
	if ctx.Err() != nil && !errors.Is(context.Cause(ctx), ErrRestless) {
		return seen, context.Cause(ctx)
	}
	return seen, v.fail(err)
}

// loginVisit is one attempt to log in.
type loginVisit struct {
	*tab
	step string // what is being done
	last looks  // what the page then looked like
}

// looks is what looks.js returns about a page.
type looks struct {
	URL      string `json:"url"`
	Title    string `json:"title"`
	Password bool   `json:"password"` // a password is asked for
	Message  string `json:"message"`
}

// fields is what fields.js returns about the fields of a step.
type fields struct {
	Missing []string `json:"missing"`
	Has     []string `json:"has"`
	Loaded  bool     `json:"loaded"` // with the scripts that its HTML names
}

var (
	//go:embed scripts/looks.js
	looksScript string
	//go:embed scripts/fields.js
	fieldsScript string
	//go:embed scripts/focus.js
	focusScript string
	//go:embed scripts/submit.js
	submitScript string
)

var (
	errNoFields = errors.New("the fields are not there")
	errRefused  = errors.New("the page still asks for the password")
	errNotIn    = errors.New("what auth.form.logged_in names is not there")
	errClosed   = errors.New("the site refuses its start page after the login, too")
)

func (v *loginVisit) logIn(ctx context.Context) error {
	defer context.AfterFunc(ctx, v.end)()
	if err := v.open(); err != nil {
		return err
	}
	at := v.site.LoginURL
	for i, step := range v.login.Steps {
		if step.URL != nil {
			at = step.URL
		}
		if at != nil {
			v.step = "open the login page"
			if err := v.navigate(at); err != nil {
				return err
			}
			at = nil
		}
		if err := v.take(step, i); err != nil {
			return err
		}
	}
	v.step = "verify the login"
	if err := v.verify(); err != nil {
		return err
	}
	v.keepStorage()
	return v.keepCookies()
}

// take fills in one form and submits it.
func (v *loginVisit) take(step Step, i int) error {
	v.step = "find the login form"
	names := slices.Sorted(maps.Keys(step.Fields))
	found, err := v.await(step, names)
	switch {
	case err != nil:
		return err
	case len(found.Missing) > 0 && step.Optional:
		v.tell("browser: step %d: not asked for", i+1)
		return nil
	case len(found.Missing) > 0:
		_ = v.look() // for the error message
		return fmt.Errorf("%w: no %s; the page has %s",
			errNoFields, strings.Join(found.Missing, ", "), strings.Join(found.Has, ", "))
	}
	v.tell("browser: fields found: %s", strings.Join(names, ", "))

	v.step = "fill in the login form"
	for _, name := range names {
		typed, err := evaluate[bool](v.tab, fieldsAnd(focusScript), step.Form, name, step.Fields[name])
		if err != nil {
			return err
		}
		if typed {
			if _, err := chromedp.Call(v.ctx, input.InsertText, input.InsertTextParams{Text: step.Fields[name]}); err != nil {
				return err
			}
		}
	}
	v.step = "submit the login form"
	v.change(func() {}) // the next steps wait for what follows
	_, err = evaluate[bool](v.tab, fieldsAnd(submitScript), step.Form, names, step.Submit)
	return err
}

// fieldsAnd returns a JavaScript function that calls function with the object of fieldsScript.
func fieldsAnd(function string) string {
	return "(...args) => { const fields = " + fieldsScript + "; return (" + function + ")(fields, ...args) }"
}

// await waits until the fields are there and the page is loaded, or until the page rests without them. Fields that stand
// in the HTML are there before the scripts that send them.
func (v *loginVisit) await(step Step, names []string) (fields, error) {
	for {
		if err := v.tick(); err != nil {
			return fields{}, err
		}
		rest, refused := v.rest()
		if refused != nil {
			return fields{}, refused
		}
		found, err := evaluate[fields](v.tab, fieldsAnd("(fields, ...args) => fields.missing(...args)"), step.Form, names)
		if err == nil && (len(found.Missing) == 0 && (found.Loaded || rest >= quiet) || rest >= selectorTime) {
			return found, nil
		}
	}
}

// verify waits until the page, or else the source's start page, is one for somebody who is logged in.
func (v *loginVisit) verify() error {
	for atStart := false; ; {
		if err := v.tick(); err != nil {
			return err
		}
		rest, refused := v.rest()
		if refused != nil {
			return refused
		}
		if v.login.LoggedIn != "" {
			if there, err := evaluate[bool](v.tab, hasScript, v.login.LoggedIn); err == nil && there {
				v.tell("browser: logged_in %s: found", v.login.LoggedIn)
				return nil
			}
		}
		if rest < quiet || v.look() != nil {
			continue
		}
		switch {
		case v.last.Password && rest >= selectorTime:
			return errRefused
		case v.last.Password:
		case v.login.LoggedIn == "" && !v.isRefused():
			v.tell("browser: password field: gone")
			return nil
		case !atStart && rest >= 2*quiet:
			atStart = true
			if err := v.navigate(v.site.URL); err != nil {
				return err
			}
		case atStart && v.login.LoggedIn == "":
			return errClosed
		case atStart && rest >= selectorTime:
			return errNotIn
		}
	}
}

// isRefused reports whether the site answered what is shown with an error.
func (v *loginVisit) isRefused() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.status >= http.StatusBadRequest
}

// tick waits a moment.
func (v *loginVisit) tick() error {
	timer := time.NewTimer(2 * look)
	defer timer.Stop()
	select {
	case <-v.ctx.Done():
		return context.Cause(v.ctx)
	case <-timer.C:
		return nil
	}
}

func (v *loginVisit) look() (err error) {
	got, err := evaluate[looks](v.tab, looksScript)
	if err == nil {
		v.last = got
	}
	return err
}

// keepCookies adds the cookies that scripts have set to the session, and lists all cookies for people.
func (v *loginVisit) keepCookies() error {
	var addresses []string
	for _, u := range []*url.URL{v.site.URL, v.site.LoginURL} {
		addresses = append(addresses, u.String())
	}
	got, err := chromedp.Call(v.ctx, network.GetCookies, network.GetCookiesParams{URLs: addresses})
	if err != nil {
		return err
	}
	var pairs []string
	for _, c := range got.Cookies {
		if !c.HTTPOnly {
			pairs = append(pairs, c.Name+"="+c.Value)
		}
	}
	v.adopt(v.site.Inside.Jar, v.site.URL, network.Headers{"Cookie": strings.Join(pairs, "; ")})
	var names []string
	for _, c := range v.site.Inside.Jar.Cookies(v.site.URL) {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	v.tell("browser: cookies: %s; stored: %s", orNone(slices.Compact(names)), orNone(v.storage.names()))
	return nil
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// fail returns the error of the login, with what was seen.
func (v *loginVisit) fail(err error) *LoginError {
	v.mu.Lock()
	defer v.mu.Unlock()
	e := &LoginError{
		Step: v.step, Status: v.status, Title: v.login.mask(v.last.Title), Message: v.login.mask(v.last.Message), Err: err,
	}
	e.URL = v.last.URL
	if e.URL == "" {
		e.URL = v.url.Redacted()
	}
	e.URL = v.login.mask(e.URL)
	var stranger *strangerError
	switch {
	case errors.As(err, &stranger):
		e.Hint = "the page leads to another origin: where that is your single sign-on, add it to auth.form.sign_on"
	case errors.Is(err, errNoFields):
		e.Hint = "give the fields by the names, IDs or labels that they have in the browser"
	case errors.Is(err, errRefused), errors.Is(err, errClosed):
		e.Hint = "check the user name and the password"
	case errors.Is(err, errNotIn):
		e.Hint = "choose a selector that each page after the login has"
	}
	return e
}

// tell adds a line for people.
func (t *tab) tell(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen = append(t.seen, fmt.Sprintf(format, args...))
}

// secrets returns the values that are filled in. It leaves out short ones, such as the "1" of a ticked box,
// which occur everywhere.
func (l *Login) secrets() (all []string) {
	for _, step := range l.Steps {
		for _, value := range step.Fields {
			if len(value) >= 4 {
				all = append(all, value)
			}
		}
	}
	return all
}

// tells reports whether an address contains what is filled in.
func (l *Login) tells(u *url.URL) bool {
	plain, err := url.QueryUnescape(u.String())
	if err != nil {
		return true
	}
	for _, secret := range l.secrets() {
		if strings.Contains(plain, secret) || strings.Contains(u.Path, secret) {
			return true
		}
	}
	return false
}

// mask hides what is filled in.
func (l *Login) mask(text string) string {
	for _, secret := range l.secrets() {
		for _, written := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			text = strings.ReplaceAll(text, written, "(hidden)")
		}
	}
	return text
}
