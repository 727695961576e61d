package auth

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/andybalholm/cascadia"
)

// formLogin is a checked Form.
type formLogin struct {
	url      *url.URL
	own      origin   // of the login page
	signOn   []origin // of the single sign-on
	steps    []formStep
	loggedIn *selector // nil: no password field may be left
}

// formStep is a checked Step.
type formStep struct {
	number   int      // from 1; 0 if it is the only one
	url      *url.URL // nil: the answer to the previous step
	fields   map[string]string
	form     *selector // nil: the form that fits
	submit   *selector // nil: the button that Enter presses
	optional bool
}

// selector is a compiled CSS selector with its text.
type selector struct {
	cascadia.Selector
	text string
}

// steps returns the forms to fill in, even if there is only one.
func (f Form) steps() []Step {
	if len(f.Steps) > 0 {
		return f.Steps
	}
	return []Step{{Fields: f.Fields, Form: f.Form}}
}

func newFormLogin(f Form) (*formLogin, error) {
	u, err := url.Parse(f.URL)
	if err != nil {
		return nil, errors.New("form: url is not a URL")
	}
	l := &formLogin{url: u}
	var ok bool
	if l.own, ok = originOf(u); !ok {
		return nil, fmt.Errorf("form: url %s is not an http or https URL with a host", display(u))
	}
	for _, address := range f.SignOn {
		u, err := url.Parse(address)
		at, ok := originOf(u)
		if err != nil || !ok {
			return nil, fmt.Errorf("form: sign_on %q is not an http or https URL with a host", address)
		}
		l.signOn = append(l.signOn, at)
	}
	if len(f.Steps) > 0 && (len(f.Fields) > 0 || f.Form != "") {
		return nil, errors.New("form: give either fields and form, or steps, which have their own")
	}
	for i, step := range f.steps() {
		checked, err := newFormStep(step)
		if err != nil {
			return nil, fmt.Errorf("form: %w", err)
		}
		if len(f.Steps) > 0 {
			checked.number = i + 1
		}
		l.steps = append(l.steps, checked)
	}
	if l.loggedIn, err = compile(f.LoggedIn); err != nil {
		return nil, fmt.Errorf("form: logged_in: %w", err)
	}
	return l, nil
}

func newFormStep(s Step) (step formStep, err error) {
	if len(s.Fields) == 0 && s.Form == "" && s.Submit == "" {
		return step, errors.New("fields is empty; give the form's field names and what to fill in")
	}
	step.fields, step.optional = s.Fields, s.Optional
	if s.URL != "" {
		if step.url, err = url.Parse(s.URL); err != nil {
			return step, errors.New("a step's url is not a URL")
		}
		if _, ok := originOf(step.url); !ok {
			return step, fmt.Errorf("a step's url %s is not an http or https URL with a host", display(step.url))
		}
	}
	if step.form, err = compile(s.Form); err != nil {
		return step, fmt.Errorf("form: %w", err)
	}
	if step.submit, err = compile(s.Submit); err != nil {
		return step, fmt.Errorf("submit: %w", err)
	}
	return step, nil
}

// isAt reports whether the login takes place at an origin other than the source's.
func (l *formLogin) isAt(at origin) bool { return at == l.own || slices.Contains(l.signOn, at) }

// inQuery reports whether a query contains a value that is filled in. Values of less than four bytes, such
// as the "1" of a ticked box, prove nothing.
func (l *formLogin) inQuery(query url.Values) bool {
	for _, values := range query {
		for _, value := range values {
			for _, step := range l.steps {
				for _, secret := range step.fields {
					if len(secret) >= 4 && value == secret {
						return true
					}
				}
			}
		}
	}
	return false
}

// compile compiles a selector. It returns nil for "".
func compile(text string) (*selector, error) {
	if text == "" {
		return nil, nil
	}
	compiled, err := cascadia.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("%q is not a CSS selector: %w", text, err)
	}
	return &selector{compiled, text}, nil
}

// The steps of a login, named for people.
const (
	stepOpen   = "open the login page"
	stepFind   = "find the login form"
	stepFill   = "fill in the login form"
	stepSubmit = "submit the login form"
	stepVerify = "verify the login"
)

// named returns the name of a part of the login, with the number of its step.
func (s formStep) named(name string) string {
	if s.number == 0 {
		return name
	}
	return fmt.Sprintf("step %d: %s", s.number, name)
}

// visit is one attempt to log in, with what it saw so far.
type visit struct {
	*Session
	client  http.Client // a copy with redirect rules of its own
	seen    []string
	dropped bool   // a Secure cookie was set over http, so a client may not send it back
	before  string // the cookies before the last form was sent
	scripts bool   // whether the page of that form has scripts
}

// login opens the form's page, fills in and submits the form and those that follow, and makes sure that it
// worked. It first tries a session that was kept.
func (v *visit) login(ctx context.Context) error {
	if jar, ok := v.client.Jar.(*Jar); ok && jar.takeRestored() {
		if open, err := v.stillOpen(ctx); open || err != nil {
			return err
		}
	}
	known := len(v.client.Jar.Cookies(v.form.url)) > 0
	page, err := v.open(ctx, stepOpen, v.form.url)
	if err != nil {
		return err
	}
	first := v.form.steps[0]
	if page.has(v.form.loggedIn) {
		switch {
		case page.loginForm(first) == nil:
			v.saw("logged_in %s: found, already logged in", v.form.loggedIn.text)
			return v.done()
		case !known:
			return v.fail(stepOpen, page, nil, fmt.Sprintf("logged_in %s is found before the login, too; "+
				"choose a selector that only a logged-in page has", v.form.loggedIn.text))
		}
	}
	for i, step := range v.form.steps {
		if i > 0 && page.has(v.form.loggedIn) {
			break // a step that the site does not always ask for
		}
		if page, err = v.take(ctx, step, page); err != nil {
			return err
		}
	}
	if page, err = v.passedOn(ctx, page); err != nil {
		return err
	}
	if err = v.verify(ctx, page); err == nil || !v.sentElsewhere(page) {
		return err
	}
	if refused := (*LoginError)(nil); errors.As(err, &refused) {
		refused.Scripted, refused.Hint = true, "nothing takes the form where its HTML sends it, so that its scripts may send it elsewhere: set render: auto"
	}
	return err
}

// sentElsewhere reports whether the page with the login form has scripts, and the site takes nothing where the HTML
// sends the form: then a browser may send it elsewhere.
func (v *visit) sentElsewhere(answer *page) bool {
	if !v.scripts || answer.method != http.MethodPost {
		return false
	}
	switch answer.status {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	return false
}

// stillOpen reports whether the kept session still opens the start page.
func (v *visit) stillOpen(ctx context.Context) (bool, error) {
	p, err := v.open(ctx, stepVerify, v.start)
	if err != nil {
		return false, err
	}
	want := v.form.loggedIn
	atLogin := p.url.Path == v.form.url.Path && v.start.Path != v.form.url.Path
	switch {
	case want != nil && !p.has(want), want == nil && (p.asksForPassword() || p.status >= 300 || atLogin):
		v.saw("the session of an earlier run has ended")
		return false, nil
	}
	v.saw("the session of an earlier run is still open")
	return true, v.done()
}

// take fills in and submits one form of the login, on the page that the previous step led to, and returns
// the answer.
func (v *visit) take(ctx context.Context, step formStep, on *page) (answer *page, err error) {
	if step.url != nil {
		if on, err = v.open(ctx, step.named(stepOpen), step.url); err != nil {
			return nil, err
		}
	}
	form := on.loginForm(step)
	if form == nil {
		if on, err = v.passedOn(ctx, on); err != nil {
			return nil, err
		}
		form = on.loginForm(step)
	}
	if form == nil && step.optional {
		v.saw("%s: not asked for", step.named("optional"))
		return on, nil
	}
	if form == nil {
		missing := v.fail(step.named(stepFind), on, nil, v.whyNoForm(step, on))
		missing.Scripted = on.status < 300 && on.find("script").Length() > 0
		missing.NoForm = on.status < 300 && !on.asksForPassword()
		return nil, missing
	}
	if on.cut {
		return nil, v.fail(step.named(stepFind), on, errTooLong,
			"the page may lack fields; set form.url to a page that shows little more than the form")
	}
	v.saw("%s: %s", step.named(form.name()), form.describe())

	filled, missing := form.fill(step)
	if len(missing) > 0 {
		hint := fmt.Sprintf("%s has no %s; it has %s", form.name(), strings.Join(missing, ", "), form.describe())
		if step.number == 0 && form.hasSome(step.fields) {
			hint += ". " + useSteps
		}
		return nil, v.fail(step.named(stepFill), on, nil, hint)
	}
	v.before = v.cookies()
	v.scripts = on.find("script").Length() > 0
	return v.submit(ctx, step.named(stepSubmit), filled, on)
}

// submit sends a form, unless its target may not get the credentials.
func (v *visit) submit(ctx context.Context, step string, filled *filledForm, on *page) (*page, error) {
	if err := v.mayReceive(filled.target, on.url); err != nil {
		refused := v.fail(step, on, err, "")
		refused.Scripted = filled.target.Scheme == "javascript"
		return nil, refused
	}
	for _, value := range filled.hidden {
		v.given(value, false)
	}
	request, err := filled.request(ctx, on)
	if err != nil {
		return nil, v.fail(step, on, err, "")
	}
	return v.send(step, request, on.url)
}

// verify makes sure that the answer to the form, or else the source's start page, is a page for somebody who
// is logged in. The answer alone may be a mere redirect or the reply of an API. Without a selector a refusal
// may look like any page. Then the start page decides.
func (v *visit) verify(ctx context.Context, answer *page) error {
	want := v.form.loggedIn
	if answer.has(want) {
		v.saw("logged_in %s: found", want.text)
		return v.done()
	}
	if want == nil && v.asksAgain(answer) {
		v.saw("password field: still there")
		return v.fail(stepVerify, answer, nil, v.hint(answer))
	}
	start := answer
	if answer.url.String() != v.start.String() || answer.method != http.MethodGet {
		var err error
		if start, err = v.open(ctx, stepVerify, v.start); err != nil {
			return err
		}
	}
	switch {
	case start.has(want):
		v.saw("logged_in %s: found", want.text)
		return v.done()
	case isMissing(start) && !answer.asksForPassword() && answer.message() == "":
		v.saw("start page: not there")
		return v.fail(stepVerify, start, nil, "the site has nothing at the source's url, "+
			"so that the login cannot be tried out there: check url; where that is right, check "+v.fieldNames())
	case start.status >= 500:
		v.saw("start page: failed")
		return v.fail(stepVerify, start, nil, "the site itself failed at the source's url; try again later")
	case want != nil:
		v.saw("logged_in %s: not found", want.text)
		return v.fail(stepVerify, answer, nil, v.hint(answer))
	case v.asksAgain(start):
		v.saw("password field: still there")
	case v.otherForm(start) != nil:
		v.saw("start page: another form")
		return v.fail(stepVerify, start, nil, v.hint(start))
	case start.status == http.StatusUnauthorized, start.status == http.StatusForbidden:
		v.saw("start page: refused")
	case start.asksForPassword():
		v.saw("login form: gone, and another one with a password is there")
		return v.done()
	default:
		v.saw("password field: gone")
		return v.done()
	}
	// The answer says more about the reason than the start page, unless it says nothing.
	if answer.message() == "" {
		answer = start
	}
	return v.fail(stepVerify, answer, nil, v.hint(answer))
}

// asksAgain reports whether a page shows the login form again. A member's page may have password fields too,
// for instance in a profile. Such a form has other fields, and the site has set new cookies.
func (v *visit) asksAgain(p *page) bool {
	if !p.asksForPassword() {
		return false
	}
	for _, f := range p.forms() {
		for _, step := range v.form.steps {
			if len(step.fields) > 0 && f.hasAll(step.fields) && visible(f.node) {
				return true
			}
		}
	}
	return v.cookies() == v.before
}

// cookies returns the cookies that the source and its login page get, as one text.
func (v *visit) cookies() string {
	var all []string
	for _, u := range []*url.URL{v.start, v.form.url} {
		for _, c := range v.client.Jar.Cookies(u) {
			all = append(all, c.Name+"="+c.Value)
		}
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

// otherForm returns the form that a page shows instead of the start page, such as one that asks for consent.
// It returns nil if there is none, or if it is the login form.
func (v *visit) otherForm(p *page) *htmlForm {
	if p.url.Path == v.start.Path || p.asksForPassword() {
		return nil
	}
	for _, f := range p.forms() {
		posts := strings.EqualFold(f.node.AttrOr("method", ""), "post")
		if posts && visible(f.node) && f.submitter(nil) != nil && p.wordsBesideForms() < wordsBesideForm {
			return f
		}
	}
	return nil
}

// done records the session's cookies and how long they last.
func (v *visit) done() error {
	jar, _ := v.client.Jar.(*Jar)
	var kept []string
	for _, u := range []*url.URL{v.start, v.form.url} {
		for _, c := range v.client.Jar.Cookies(u) {
			name := c.Name
			if jar != nil {
				if expires := jar.until(u, name); !expires.IsZero() {
					name += " (" + until(expires) + ")"
				}
			}
			kept = append(kept, name)
		}
	}
	slices.Sort(kept)
	if kept = slices.Compact(kept); len(kept) > 0 {
		v.saw("cookies: %s", strings.Join(kept, ", "))
	} else {
		v.saw("cookies: none")
	}
	return nil
}

// mayReceive returns an error unless the form on page may send the credentials to target: to the origin of
// the source, of the configured login page or of the single sign-on, and not unencrypted if the page was
// encrypted.
func (v *visit) mayReceive(target, page *url.URL) error {
	at, ok := originOf(target)
	switch {
	case !ok:
		return fmt.Errorf("refused to send the credentials to %s: not an http or https address; "+
			"the form probably needs JavaScript, so log in with a browser and configure the session's cookies instead",
			v.secrets.url(target))
	case at != v.own && !v.form.isAt(at):
		return fmt.Errorf("refused to send the credentials to %s, another origin than the source's (%s) "+
			"and the login page's (%s); where that is your single sign-on, add it to form.sign_on", at, v.own, v.form.own)
	case at.scheme == "http" && (page.Scheme == "https" || v.form.own.scheme == "https"):
		return fmt.Errorf("refused to send the credentials to %s unencrypted, since the login page is https", at)
	}
	return nil
}

// saw adds a line for people. Text from the site must be masked first.
func (v *visit) saw(format string, args ...any) {
	v.seen = append(v.seen, fmt.Sprintf(format, args...))
}

// fail returns the error of a login that ends at step with page p, which is nil if there was no answer.
func (v *visit) fail(step string, p *page, err error, hint string) *LoginError {
	e := &LoginError{Step: step, Hint: hint, Err: v.secrets.error(err)}
	if p != nil {
		e.URL, e.Status = v.secrets.url(p.url), p.status
		e.Title, e.Message = v.title(p), shorten(v.secrets.text(p.message()), maxText)
	}
	return e
}

// maxText is how many characters of a page's text are shown.
const maxText = 200

// title returns p's title for people. It is masked before it is shortened, so that no half of a secret is
// left.
func (v *visit) title(p *page) string { return shorten(v.secrets.text(p.title()), maxText) }

// whyNoForm says what p has instead of the form that was wanted.
func (v *visit) whyNoForm(step formStep, p *page) string {
	if p.status == http.StatusTooManyRequests || p.status >= 500 || isMissing(p) || step.number > 1 && p.message() != "" {
		return v.hint(p)
	}
	return p.whyNoForm(step.form, step.fields)
}

// hint says, judging by p, why the login may have failed and what to do.
func (v *visit) hint(p *page) string {
	switch other := v.otherForm(p); {
	case p.status == http.StatusTooManyRequests:
		return "the site limits login attempts; wait before trying again"
	case p.status >= 500:
		return "the site itself failed; try again later"
	case isMissing(p):
		return "the site has nothing at this address: check form.url, and the source's url"
	case p.find(captchas).Length() > 0:
		return "the site asks for a captcha, which only a person can answer; " +
			"log in with a browser and configure the session's cookies instead"
	case p.find(oneTimeCodes).Length() > 0:
		return "the site asks for a second factor; use an account without one, or configure a session's cookies instead"
	case v.dropped:
		return "the site set a Secure cookie over http, which must not be sent back; use its https address"
	case other != nil:
		return fmt.Sprintf("another form, %s (%s), is shown: add a step for it to form.steps, with form: %q",
			other.name(), other.describe(), other.name())
	case p.asksForPassword() && p.message() == "":
		return "the form was shown again; check " + v.fieldNames() + ", and whether the form needs JavaScript"
	case p.asksForPassword():
		return "check " + v.fieldNames()
	case v.form.loggedIn != nil:
		return fmt.Sprintf("check %s, and whether %s is really on the pages of somebody who is logged in",
			v.fieldNames(), v.form.loggedIn.text)
	default:
		return "check " + v.fieldNames() + ", or set form.logged_in to a selector that only a logged-in page has"
	}
}

// isMissing reports whether the site says that nothing is at the address.
func isMissing(p *page) bool { return p.status == http.StatusNotFound || p.status == http.StatusGone }

// fieldNames lists the configured fields, for hints.
func (v *visit) fieldNames() string {
	all := map[string]bool{}
	for _, step := range v.form.steps {
		for name := range step.fields {
			all[name] = true
		}
	}
	return "what is filled in for " + strings.Join(slices.Sorted(maps.Keys(all)), " and ")
}
