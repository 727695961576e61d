package config

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/internal/nearest"
)

// auth reads the section auth of a source. Several logins may go together, such as a proxy's and a
// form's, as long as they use different places of a request.
func (d *decoder) auth(a *Auth) value {
	ways := fields{
		{"client_certificate", filled(d.certificate(&a.Certificate))},
		{"basic", filled(d.basic(&a.Basic))},
		{"digest", filled(d.basic(&a.Digest))},
		{"bearer", filled(d.secret(&a.Bearer))},
		{"oauth2", filled(d.oauth2(&a.OAuth2))},
		{"headers", filled(d.headers(&a.Headers))},
		{"cookies", filled(d.cookies(&a.Cookies))},
		{"cookie_file", filled(d.secretText(&a.CookieFile, "cookies.txt"))},
		{"form", filled(d.form(&a.Form))},
		{"keep_session", filled(d.sessionKey(&a.KeepSession))},
	}
	return value{inside: ways, read: func(e entry) {
		given := d.mapping(e, ways)
		d.oneAuthorization(given, a)
		if key, ok := given["keep_session"]; ok && a.Form == nil {
			d.mistake(key.label, "keep_session keeps the session of a form login, and there is no form here; remove it")
		}
	}}
}

// oneAuthorization reports every login after the first that sets the Authorization header, since a
// request has only one.
func (d *decoder) oneAuthorization(given map[string]entry, a *Auth) {
	var writers []entry
	for _, name := range []string{"basic", "digest", "bearer", "oauth2", "headers"} {
		if way, ok := given[name]; ok && (name != "headers" || a.hasAuthorization()) {
			writers = append(writers, way)
		}
	}
	slices.SortFunc(writers, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.label.Line, b.label.Line), cmp.Compare(a.label.Column, b.label.Column))
	})
	for i, way := range writers {
		if i > 0 {
			d.mistake(way.label, "auth has %s already, and both would be sent in the Authorization header, "+
				"of which a request has one; keep one of them", writers[0].key)
		}
	}
}

func (a *Auth) hasAuthorization() bool {
	for name := range a.Headers {
		if http.CanonicalHeaderKey(name) == "Authorization" {
			return true
		}
	}
	return false
}

func (d *decoder) basic(to **Basic) value {
	b := new(Basic)
	keys := fields{
		{"username", required(d.username(&b.Username), `username: "${USERNAME}"`)},
		{"password", required(d.secret(&b.Password), `password: "${PASSWORD}"`)},
	}
	return value{inside: keys, read: func(e entry) {
		*to = b
		d.mapping(e, keys)
	}}
}

func (d *decoder) oauth2(to **OAuth2) value {
	o := new(OAuth2)
	keys := fields{
		{"token_url", required(d.address(&o.TokenURL, d.safeForToken),
			"token_url: https://login.example.com/oauth2/token")},
		{"client_id", required(d.clientID(&o.ClientID), `client_id: "${CLIENT_ID}"`)},
		{"client_secret", required(d.secret(&o.ClientSecret), `client_secret: "${CLIENT_SECRET}"`)},
		{"scopes", list(d, &o.Scopes, d.text)},
		{"audience", d.text(&o.Audience)},
	}
	return value{inside: keys, read: func(e entry) {
		*to = o
		d.mapping(e, keys)
	}}
}

func (d *decoder) clientID(to *Secret) value {
	return value{private: true, shape: credentials(literals), read: func(e entry) { d.credential(e, to, literals) }}
}

// form is a login by one form, with fields and form, or by several forms, with steps.
func (d *decoder) form(to **Form) value {
	f := new(Form)
	keys := fields{
		{"url", required(d.address(&f.URL, nil), "url: https://help.example.com/login")},
		{"fields", filled(d.formFields(&f.Fields))},
		{"form", d.selector(&f.Form)},
		{"steps", list(d, &f.Steps, d.formStep)},
		{"sign_on", list(d, &f.SignOn, func(to *string) value { return d.address(to, nil) })},
		{"logged_in", d.selector(&f.LoggedIn)},
	}
	either := shape{"oneOf": []shape{{"required": []string{"fields"}}, {"required": []string{"steps"}}}}
	return value{inside: keys, besides: either, read: func(e entry) {
		*to = f
		given := d.mapping(e, keys)
		steps, several := given["steps"]
		if _, single := given["fields"]; !single && !several && !d.meant(e, "fields", "steps") {
			d.mistake(e.node, `fields is missing here; add fields: {username: "${USERNAME}", password: "${PASSWORD}"}, `+
				`or steps where there are several forms`)
		}
		if !several {
			return
		}
		for _, key := range []string{"fields", "form"} {
			if single, ok := given[key]; ok {
				d.mistake(single.label, "with steps, %s belongs into one of them", key)
			}
		}
		if items, ok := d.items(steps); ok && len(items) == 0 {
			d.mistake(steps.node, `steps is empty; write - fields: {username: "${USERNAME}"} `+
				`and so on for each form, in their order`)
		}
	}}
}

// meant reports whether one of the keys is in a section, even misspelt or empty. Such a key was reported
// already and must not be reported as missing.
func (d *decoder) meant(e entry, keys ...string) bool {
	pairs, ok := d.pairs(e)
	return !ok || slices.ContainsFunc(pairs, func(p pair) bool {
		_, near := nearest.Of(p.key.Value, keys)
		return near || slices.Contains(keys, p.key.Value)
	})
}

// formStep is one of several forms. A form without fields is there for its button.
func (d *decoder) formStep(s *FormStep) value {
	keys := fields{
		{"url", d.address(&s.URL, nil)},
		{"fields", filled(d.formFields(&s.Fields))},
		{"form", d.selector(&s.Form)},
		{"submit", d.selector(&s.Submit)},
		{"optional", d.flag(&s.Optional)},
	}
	return value{inside: keys, besides: needsOneOf("fields", "form", "submit"), read: func(e entry) {
		given := d.mapping(entry{key: "each step", node: e.node}, keys)
		_, hasFields := given["fields"]
		_, hasForm := given["form"]
		_, hasSubmit := given["submit"]
		if given != nil && !hasFields && !hasForm && !hasSubmit {
			d.mistake(e.node, "this step does not say which form it is about; add fields, form or submit")
		}
	}}
}

// minSessionKey is the smallest length of a key, in characters, that nobody can guess.
const minSessionKey = 32

func (d *decoder) sessionKey(to *Secret) value {
	secret := d.secret(to)
	return value{private: true, shape: secret.shape, read: func(e entry) {
		secret.read(e)
		if n := len(to.Reveal()); n > 0 && n < minSessionKey {
			d.mistake(e.node, "keep_session is a key of %d characters at least; make one by: openssl rand -base64 32",
				minSessionKey)
		}
	}}
}

// secretText is the path of a file whose content is a secret.
func (d *decoder) secretText(to *Secret, name string) value {
	return value{shape: shape{"type": "string", "pattern": `^[^\n\t]+$`}, read: func(e entry) {
		text, ok := d.word(e, fmt.Sprintf("the path of a file, such as /run/secrets/%s", name))
		if !ok {
			return
		}
		if strings.ContainsAny(text, "\n\t") || strings.Contains(text, "-----BEGIN") {
			d.lines.hide(target(e.node))
			d.mistake(e.node, "%s must be the path of a file, not what is in it", e.key)
			return
		}
		d.textFile(e, strings.TrimPrefix(text, "file:"), to)
	}}
}
