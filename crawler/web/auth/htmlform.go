package auth

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"

	"github.com/fincrawl/fincrawl/internal/weburl"
)

// htmlForm is a form of a page, with its controls (HTML, section 4.10).
type htmlForm struct {
	page     *page
	node     *goquery.Selection
	controls []*goquery.Selection // in the order of the document
}

// loginForm returns the form that step selects, or else one that has its fields or a password field. Among
// several it prefers a visible one with all of the fields. It returns nil if there is none.
func (p *page) loginForm(step formStep) *htmlForm {
	forms := p.forms()
	if step.form != nil {
		chosen := p.doc.FindMatcher(step.form)
		for _, f := range forms {
			// The selector may match the form itself, or an element that contains it or that it contains.
			if f.node.IsSelection(chosen) || f.node.ParentsMatcher(step.form).Length() > 0 ||
				f.node.HasMatcher(step.form).Length() > 0 {
				return f
			}
		}
		return nil
	}
	var best *htmlForm
	score := 0
	for _, f := range forms {
		rank := 0
		if len(step.fields) > 0 && f.hasAll(step.fields) || len(step.fields) == 0 && f.button(step.submit) != nil {
			rank += 4
		}
		if step.number < 2 && len(step.fields) > 0 && f.hasPassword() {
			rank += 2
		}
		if rank > 0 && visible(f.node) {
			rank++
		}
		// A form with neither the fields nor a password is another one, such as a search box.
		if rank > score {
			best, score = f, rank
		}
	}
	return best
}

// forms returns the page's forms.
func (p *page) forms() []*htmlForm {
	var forms []*htmlForm
	byNode := map[*html.Node]*htmlForm{}
	p.find("form").Each(func(_ int, s *goquery.Selection) {
		f := &htmlForm{page: p, node: s}
		forms, byNode[s.Get(0)] = append(forms, f), f
	})
	p.find("input, button, select, textarea").Each(func(_ int, s *goquery.Selection) {
		if owner := byNode[p.owner(s)]; owner != nil {
			owner.controls = append(owner.controls, s)
		}
	})
	return forms
}

// owner returns the form that a control belongs to: the one that its form attribute names, or the one around
// it. In old pages a form may begin inside a table. Parsed, it is empty and stands beside its controls. So
// an empty form of the same table owns the controls that are in no form.
func (p *page) owner(control *goquery.Selection) *html.Node {
	if id, ok := control.Attr("form"); ok {
		named := func(_ int, s *goquery.Selection) bool { return s.AttrOr("id", "") == id }
		return first(p.find("form").FilterFunction(named))
	}
	if in := control.Closest("form"); in.Length() > 0 {
		return in.Get(0)
	}
	for table := control.Closest("table"); table.Length() > 0; table = table.Parent().Closest("table") {
		if empty := table.Find("form:empty"); empty.Length() > 0 {
			return empty.Get(0)
		}
	}
	return nil
}

func first(s *goquery.Selection) *html.Node {
	if s.Length() == 0 {
		return nil
	}
	return s.Get(0)
}

// useSteps is the advice for a site that asks for one thing after the other.
const useSteps = "Where the site asks for the rest on the next page, use form.steps: one for each form, in their order"

// whyNoForm says what the page has instead of the form that was wanted.
func (p *page) whyNoForm(wanted *selector, fields map[string]string) string {
	var others []string
	for _, f := range p.forms() {
		others = append(others, fmt.Sprintf("%s (%s)", f.name(), f.describe()))
	}
	has := "the page has no form"
	for _, f := range p.forms() {
		if f.hasSome(fields) && visible(f.node) && !f.hasPassword() {
			return fmt.Sprintf("%s asks for a part of it only (%s). %s", f.name(), f.describe(), useSteps)
		}
	}
	switch {
	case len(others) > 0 && wanted != nil:
		has = fmt.Sprintf("no form matches %s; the page has %s", wanted.text, strings.Join(others, ", "))
	case len(others) > 0:
		has = "no form has a password field or the configured fields; the page has " + strings.Join(others, ", ")
	}
	switch {
	case p.status == http.StatusUnauthorized:
		return has + "; the site may want the credentials with each request, so try basic, bearer or headers instead of form"
	case wanted == nil && p.find("script").Length() > 0:
		return has + "; JavaScript probably draws the login form, so set render: auto, " +
			"or form.url to a page with a plain one, or log in with a browser and configure the session's cookies instead"
	default:
		return has + "; check form.url and form.form"
	}
}

// name returns a selector that identifies the form on its page.
func (f *htmlForm) name() string {
	if id := f.node.AttrOr("id", ""); id != "" {
		return "form#" + id
	}
	if name := f.node.AttrOr("name", ""); name != "" {
		return fmt.Sprintf("form[name=%q]", name)
	}
	if classes := strings.Fields(f.node.AttrOr("class", "")); len(classes) > 0 {
		return "form." + classes[0]
	}
	return "form"
}

// describe lists the form's fields.
func (f *htmlForm) describe() string {
	var fields []string
	for _, c := range f.controls {
		name := c.AttrOr("name", "")
		switch inputType(c) {
		case "hidden":
			name += " (hidden)"
		case "submit", "image", "button", "reset":
			continue
		}
		if c.AttrOr("name", "") != "" && !slices.Contains(fields, name) {
			fields = append(fields, name)
		}
	}
	if len(fields) == 0 {
		return "no fields"
	}
	return "fields " + strings.Join(fields, ", ")
}

// named reports whether the form has a control with this name.
func (f *htmlForm) named(name string) bool {
	return slices.ContainsFunc(f.controls, func(c *goquery.Selection) bool { return c.AttrOr("name", "") == name })
}

func (f *htmlForm) hasAll(fields map[string]string) bool {
	for name := range fields {
		if !f.named(name) {
			return false
		}
	}
	return true
}

// hasSome reports whether the form has one of the fields but not all.
func (f *htmlForm) hasSome(fields map[string]string) bool {
	some := false
	for name := range fields {
		some = some || f.named(name)
	}
	return some && !f.hasAll(fields)
}

func (f *htmlForm) hasPassword() bool {
	return slices.ContainsFunc(f.controls, func(c *goquery.Selection) bool { return inputType(c) == "password" })
}

// entry is one name and value that a form sends.
type entry struct{ name, value string }

// filledForm is a form that is ready to be sent.
type filledForm struct {
	method, enctype string
	target          *url.URL
	charset         encoding.Encoding
	entries         []entry
	hidden          []string // the values of hidden fields
}

// fill fills in a step's fields, besides what a browser sends anyway: hidden fields, defaults, and the
// pressed button. It returns what the form lacks.
func (f *htmlForm) fill(step formStep) (filled *filledForm, missing []string) {
	fields := step.fields
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !f.named(name) {
			missing = append(missing, "field named "+name)
		}
	}
	button := f.submitter(fields)
	if step.submit != nil {
		if button = f.button(step.submit); button == nil {
			missing = append(missing, "button that matches "+step.submit.text)
		}
	}
	if len(missing) > 0 {
		return nil, missing
	}
	filled = &filledForm{
		method:  http.MethodGet,
		enctype: strings.ToLower(f.attr(button, "enctype")),
		target:  f.action(button),
		charset: f.charset(),
	}
	if strings.EqualFold(f.attr(button, "method"), "post") {
		filled.method = http.MethodPost
	}
	done := map[string]bool{}
	for _, c := range f.controls {
		name := c.AttrOr("name", "")
		value, given := fields[name]
		switch {
		case given && !done[name]:
			done[name] = true
			filled.entries = append(filled.entries, entry{name, value})
		case !given && inputType(c) == "hidden":
			filled.hidden = append(filled.hidden, c.AttrOr("value", ""))
			fallthrough
		case !given:
			filled.entries = append(filled.entries, defaults(c, button)...)
		}
	}
	return filled, nil
}

// submitter returns the button to press: one that fields names, or the form's first, which Enter presses.
func (f *htmlForm) submitter(fields map[string]string) (button *goquery.Selection) {
	for _, c := range f.controls {
		if t := inputType(c); t != "submit" && t != "image" || disabled(c) {
			continue
		}
		if _, named := fields[c.AttrOr("name", "")]; named {
			return c
		}
		if button == nil {
			button = c
		}
	}
	return button
}

// button returns the form's button that a selector matches, or nil.
func (f *htmlForm) button(wanted *selector) *goquery.Selection {
	if wanted == nil {
		return nil
	}
	for _, c := range f.controls {
		if t := inputType(c); (t == "submit" || t == "image") && c.IsMatcher(wanted) {
			return c
		}
	}
	return nil
}

// attr returns an attribute of the form, or the one with which its button overrides it.
func (f *htmlForm) attr(button *goquery.Selection, name string) string {
	if button != nil {
		if value, ok := button.Attr("form" + name); ok {
			return value
		}
	}
	return f.node.AttrOr(name, "")
}

// action returns where the form is sent, relative to the page's base.
func (f *htmlForm) action(button *goquery.Selection) *url.URL {
	here := *f.page.url
	here.User, here.Fragment, here.RawFragment = nil, "", ""
	action := strings.TrimSpace(f.attr(button, "action"))
	if action == "" {
		return &here
	}
	base := &here
	if href, ok := f.page.find("base[href]").First().Attr("href"); ok {
		if u, err := weburl.Resolve(&here, href); err == nil {
			base = u
		}
	}
	target, err := weburl.Resolve(base, action)
	if err != nil {
		return &url.URL{Scheme: "invalid", Opaque: action}
	}
	target.User, target.Fragment, target.RawFragment = nil, "", ""
	return target
}

// charset returns the encoding of the request: the form's accept-charset, or else the page's.
func (f *htmlForm) charset() encoding.Encoding {
	for _, label := range strings.Fields(f.node.AttrOr("accept-charset", "")) {
		if e, _ := charset.Lookup(label); e != nil {
			return e
		}
	}
	return f.page.encoding
}

// defaults returns what an untouched control sends.
func defaults(c, button *goquery.Selection) []entry {
	name := c.AttrOr("name", "")
	isButton := button != nil && c.Get(0) == button.Get(0)
	if disabled(c) || c.Closest("datalist, template").Length() > 0 {
		return nil
	}
	switch t := inputType(c); {
	case t == "image":
		if !isButton {
			return nil
		}
		if name != "" {
			name += "."
		}
		return []entry{{name + "x", "0"}, {name + "y", "0"}}
	case name == "":
		return nil
	case t == "submit":
		if !isButton {
			return nil
		}
		return []entry{{name, c.AttrOr("value", "")}}
	case t == "button", t == "reset", t == "file":
		return nil
	case t == "checkbox", t == "radio":
		if _, checked := c.Attr("checked"); !checked {
			return nil
		}
		return []entry{{name, c.AttrOr("value", "on")}}
	case t == "select":
		return chosen(c, name)
	case t == "textarea":
		return []entry{{name, strings.TrimPrefix(c.Text(), "\n")}}
	default:
		return []entry{{name, c.AttrOr("value", "")}}
	}
}

// chosen returns what a select sends: its selected options or, if it shows one line, its first option.
func chosen(c *goquery.Selection, name string) []entry {
	options := c.Find("option").FilterFunction(func(_ int, o *goquery.Selection) bool {
		return !o.Is("[disabled]") && o.Closest("optgroup[disabled]").Length() == 0
	})
	picked := options.Filter("[selected]")
	if !c.Is("[multiple]") {
		if picked.Length() == 0 {
			picked = options.First()
		}
		picked = picked.Last()
	}
	var entries []entry
	picked.Each(func(_ int, o *goquery.Selection) {
		entries = append(entries, entry{name, o.AttrOr("value", collapse(o.Text()))})
	})
	return entries
}

// disabled reports whether a control is disabled by itself or by its fieldset.
func disabled(c *goquery.Selection) bool {
	return c.Is("[disabled]") || c.Closest("fieldset[disabled]").Length() > 0
}

// inputType returns the type of a control: that of an input or a button, "select" or "textarea".
func inputType(c *goquery.Selection) string {
	kind := strings.ToLower(c.AttrOr("type", ""))
	switch name := goquery.NodeName(c); name {
	case "input":
		return kind
	case "button":
		if kind == "button" || kind == "reset" {
			return kind
		}
		return "submit"
	default:
		return name
	}
}

// request returns the request that sends the form, with the headers that browsers add.
func (f *filledForm) request(ctx context.Context, from *page) (*http.Request, error) {
	encoder := encoding.HTMLEscapeUnsupported(f.charset.NewEncoder())
	entries := slices.Clone(f.entries)
	for i, e := range entries {
		name, err := encoder.String(e.name)
		if err != nil {
			return nil, fmt.Errorf("encode the field %s: %w", e.name, err)
		}
		value, err := encoder.String(e.value)
		if err != nil {
			return nil, fmt.Errorf("encode the value of %s: %w", e.name, err)
		}
		entries[i] = entry{name, value}
	}
	if f.method == http.MethodGet {
		target := *f.target
		target.RawQuery = urlencode(entries)
		return http.NewRequestWithContext(ctx, f.method, target.String(), nil)
	}
	body, contentType := []byte(urlencode(entries)), "application/x-www-form-urlencoded"
	if f.enctype == "multipart/form-data" {
		var buf bytes.Buffer
		var err error
		if contentType, err = writeMultipart(&buf, entries); err != nil {
			return nil, fmt.Errorf("write the form: %w", err)
		}
		body = buf.Bytes()
	}
	r, err := http.NewRequestWithContext(ctx, f.method, f.target.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", contentType)
	if at, ok := originOf(from.url); ok {
		r.Header.Set("Origin", at.String())
	}
	return r, nil
}

// urlencode encodes entries in the order of the form, unlike url.Values.
func urlencode(entries []entry) string {
	pairs := make([]string, len(entries))
	for i, e := range entries {
		pairs[i] = url.QueryEscape(e.name) + "=" + url.QueryEscape(e.value)
	}
	return strings.Join(pairs, "&")
}

func writeMultipart(w io.Writer, entries []entry) (contentType string, err error) {
	m := multipart.NewWriter(w)
	for _, e := range entries {
		if err := m.WriteField(e.name, e.value); err != nil {
			return "", err
		}
	}
	return m.FormDataContentType(), m.Close()
}
