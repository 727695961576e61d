package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// How many words of its own a page may have, beside a login form, and still be
// one that asks to log in: introductions and small print stand there as well.
const (
	wordsBesideForm  = 120 // around a form in the content
	wordsBesideBox   = 5   // where the form stands in the page's header, a dialog or the like
	wordsOfRefusal   = 40  // of a page that has a link to log in instead of a form
	wordsOfStatement = 25  // in the page's article, with the form outside of it
)

// LoginForm describes the login form that stands where the content should be,
// or returns ok false. A small login form in a page's header, navigation or
// footer is none, nor is a form to change a password (several password fields).
//
// A form that asks for a name only, as the first of two steps, counts where it
// says what it is for; so does the form by which a browser is sent on to a
// single sign-on, and the link to log in of a page that says little else and
// asks not to be indexed. The description names the form and its fields, as in
// "form#dw__login (fields u, p)"; never their values.
func (d *Document) LoginForm() (description string, ok bool) {
	body := d.find(func(n *html.Node) bool { return n.DataAtom == atom.Body })
	if body == nil {
		return "", false
	}
	for n := range htmltree.Below(body) {
		if htmltree.IsElement(n, atom.Form) && asksToLogIn(n) && d.walls(n, body) {
			return describe(n), true
		}
	}
	if field := loosePassword(body); field != nil && d.walls(field, body) {
		return "a password field outside any form (" + nameOf(field) + ")", true
	}
	if !d.Directives().NoIndex {
		return "", false
	}
	if link := loginLink(body); link != nil && contentWords(body, link) < wordsOfRefusal {
		address, _, _ := strings.Cut(htmltree.Attr(link, "href"), "&") // what follows tells of the page asked for
		return "link to log in (" + address + ")", true
	}
	return "", false
}

// asksToLogIn tells whether a form is one to log in with.
func asksToLogIn(form *html.Node) bool {
	passwords, names, passes := 0, 0, false
	for n := range htmltree.Below(form) {
		if !htmltree.IsElement(n, atom.Input) {
			continue
		}
		switch kind := strings.ToLower(htmltree.Attr(n, "type")); kind {
		case "password":
			if htmltree.Attr(n, "autocomplete") == "new-password" {
				return false
			}
			passwords++
		case "hidden":
			switch htmltree.Attr(n, "name") {
			case "SAMLRequest", "SAMLResponse", "wresult":
				passes = true
			}
		case "", "text", "email", "tel":
			names++
		}
	}
	called := htmltree.Attr(form, "action") + " " + htmltree.Attr(form, "id") + " " + htmltree.Attr(form, "name") + " " + htmltree.Attr(form, "class")
	if passwords > 0 {
		return passwords == 1 && names <= 2 && (saysLogin(called) || !htmltree.NameSays(called, "register", "signup", "join"))
	}
	return passes || names == 1 && saysLogin(called)
}

// saysLogin tells of names and addresses that are about logging in.
func saysLogin(called string) bool {
	return htmltree.NameSays(called, "login", "logon", "signin", "/sso", "saml", "oauth")
}

// walls tells whether the login form stands where the content should be. One that
// is hidden is there for scripts.
func (d *Document) walls(form, body *html.Node) bool {
	if isUnseen(form) || htmltree.Ancestor(form, isUnseen) != nil {
		return false
	}
	beside := contentWords(body, form)
	if htmltree.Ancestor(form, isBoxed) != nil || isBoxed(form) {
		return beside < wordsBesideBox
	}
	if article := htmltree.Ancestor(form, isArticle); article == nil {
		for n := range htmltree.Below(body) {
			if n.Type == html.ElementNode && isArticle(n) && contentWords(n, form) >= wordsOfStatement {
				return false
			}
		}
	}
	return beside < wordsBesideForm
}

func isArticle(n *html.Node) bool {
	return htmltree.IsElement(n, atom.Article, atom.Main) || htmltree.Attr(n, "role") == "main"
}

// isBoxed tells of the parts of a page where a small login form may stand.
func isBoxed(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Header, atom.Footer, atom.Nav, atom.Aside, atom.Dialog:
		return true
	}
	switch htmltree.Attr(n, "role") {
	case "banner", "contentinfo", "navigation", "complementary", "dialog", "alertdialog", "menu", "menubar":
		return true
	}
	if htmltree.Attr(n, "aria-modal") == "true" {
		return true
	}
	for _, key := range []string{"class", "id"} {
		for name := range strings.FieldsSeq(strings.ToLower(htmltree.Attr(n, key))) {
			switch name {
			case "header", "footer", "nav", "navbar", "navigation", "sidebar", "topbar", "top-bar", "site-header", "site-footer",
				"modal", "popup", "popover", "dropdown", "dropdown-menu", "offcanvas", "menu", "widget":
				return true
			}
		}
	}
	return false
}

// contentWords counts the words inside n that are neither the form's, nor a
// link's, nor in a part of the page that leads around the site.
func contentWords(n, form *html.Node) int {
	if n == form {
		return 0
	}
	if n.Type == html.TextNode {
		return len(strings.Fields(htmltree.Visible(n.Data)))
	}
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Select, atom.Button, atom.Option, atom.Label, atom.A, atom.Form:
		return 0
	}
	if isBoxed(n) {
		return 0
	}
	words := 0
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		words += contentWords(child, form)
	}
	return words
}

// loosePassword returns the page's only password field if no form holds it.
func loosePassword(body *html.Node) *html.Node {
	var field *html.Node
	for n := range htmltree.Below(body) {
		if !htmltree.IsElement(n, atom.Input) || !strings.EqualFold(htmltree.Attr(n, "type"), "password") {
			continue
		}
		if field != nil || htmltree.Ancestor(n, func(p *html.Node) bool { return htmltree.IsElement(p, atom.Form) }) != nil {
			return nil
		}
		field = n
	}
	return field
}

// loginLink returns the link to log in that stands in a page's text; nil where there is none, or the
// page offers to log out, as only those who are logged in are offered. Its address may
// be that of the form (wp-login.php?action=logout).
func loginLink(body *html.Node) (link *html.Node) {
	for n := range htmltree.Below(body) {
		if !htmltree.IsElement(n, atom.A) {
			continue
		}
		href := htmltree.Attr(n, "href")
		if htmltree.NameSays(href, "logout", "logoff", "signout", "signoff") {
			return nil
		}
		if link == nil && saysLogin(href) && htmltree.Ancestor(n, isBoxed) == nil {
			link = n
		}
	}
	return link
}

// describe names a form and the fields that a person fills in.
func describe(form *html.Node) string {
	var fields []string
	for n := range htmltree.Below(form) {
		if !htmltree.IsElement(n, atom.Input) {
			continue
		}
		switch strings.ToLower(htmltree.Attr(n, "type")) {
		case "", "text", "email", "tel", "password":
			fields = append(fields, nameOf(n))
		}
	}
	name := "form"
	if id := htmltree.Attr(form, "id"); id != "" {
		name += "#" + id
	} else if action := htmltree.Attr(form, "action"); action != "" {
		action, _, _ = strings.Cut(action, "?") // whatever follows may be a token
		name += "[action=" + action + "]"
	}
	if len(fields) == 0 {
		return name
	}
	return name + " (fields " + strings.Join(fields, ", ") + ")"
}

func nameOf(field *html.Node) string {
	return htmltree.FirstOf(htmltree.Attr(field, "name"), htmltree.Attr(field, "id"), htmltree.Attr(field, "type"), "unnamed")
}
