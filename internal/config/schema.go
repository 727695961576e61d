package config

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/http/httpguts"
)

// This is the schema of sources.yaml: a function for each section, with its defaults first and its keys in
// the order of the file. Keys are read in this order, whatever order a file has, so that a later key may
// rely on an earlier one.

func (d *decoder) file(c *Config) fields {
	c.State, c.RemindAfter, c.History = "fincrawl.db", 7*24*time.Hour, History{Runs: 50}
	var version int
	return fields{
		{"version", required(d.version(&version), "version: 1")},
		{"intercom", required(d.section(d.intercom(&c.Intercom)), "intercom: with token: ${INTERCOM_ACCESS_TOKEN} in it")},
		{"state", d.text(&c.State)},
		{"remind_after", d.days(&c.RemindAfter, 365)},
		{"history", d.section(fields{{"keep", d.keptRuns(&c.History)}})},
		{"notify", d.section(d.notify(&c.Notify))},
		{"serve", d.section(d.serve(&c.Serve))},
		{"browser", d.browser(&c.Browser)},
		{"presets", d.presets(&c.Presets)},
		{"sources", required(d.sources(&c.Sources, c), "sources: with a - name: and url: for each site")},
	}
}

func (d *decoder) intercom(c *Intercom) fields {
	*c = Intercom{Region: "us", APIVersion: "2.15", Workers: 8, Share: 0.5, MaxHTML: 1_000_000, VerifyEvery: VerifyAuto}
	return fields{
		{"token", required(d.secret(&c.Token), "token: ${INTERCOM_ACCESS_TOKEN}")},
		{"region", d.oneOf(&c.Region, "us", "eu", "au")},
		{"base_url", d.address(&c.BaseURL, d.safeForToken)},
		{"api_version", d.apiVersion(&c.APIVersion)},
		{"workers", d.whole(&c.Workers, 1, 256)},
		{"share", d.fraction(&c.Share, false)},
		{"max_html", d.size(&c.MaxHTML)},
		{"verify_every", d.verifyEvery(&c.VerifyEvery)},
	}
}

func (d *decoder) source(s *Source, c *Config) fields {
	s.Locale, s.Kind = "en", KindWeb
	s.Listing = Listing{
		Base: d.folder, Timeout: time.Hour, Idle: 5 * time.Minute, MaxPages: 1_000_000, Readers: "everyone", Layout: "plain",
	}
	return fields{
		{"name", required(d.name(&s.Name), "name: help-center")},
		{"kind", d.oneOf(&s.Kind, Kinds()...)},
		{"command", only(d.command(&s.Command), KindPages)},
		{"env", only(d.variables(&s.Listing), KindPages)},
		{"file", only(d.localPath(&s.File), KindPages)},
		{"folder", only(needed(d.localPath(&s.Folder), "folder: docs", func() bool { return s.Kind == KindFiles }), KindFiles)},
		{"repository", only(needed(d.text(&s.Repo), "repository: https://git.example.com/docs.git", func() bool { return s.Kind == KindGit }), KindGit)},
		{"branch", only(d.text(&s.Branch), KindGit)},
		{"subfolder", only(d.text(&s.Subdir), KindGit)},
		{"layout", only(d.oneOf(&s.Layout, Layouts()...), KindFiles, KindGit)},
		{"url", needed(d.address(&s.URL, nil), "url: https://help.example.com/", func() bool { return s.Kind != KindPages })},
		{"library_url", needed(d.address(&s.LibraryURL, nil), "library_url: the address that the pages are under, such as https://wiki.example.com/",
			func() bool { return s.Kind == KindPages && s.URL == "" })},
		{"timeout", only(d.duration(&s.Timeout, 24*time.Hour), KindPages)},
		{"idle", only(d.duration(&s.Idle, 24*time.Hour), KindPages)},
		{"max_age", only(d.days(&s.MaxAge, 365), KindPages)},
		{"max_pages", only(d.whole(&s.MaxPages, 1, 10_000_000), KindPages, KindFiles, KindGit)},
		{"readers", only(d.oneOf(&s.Readers, "everyone", "members"), KindPages)},
		{"reactivate", d.flag(&s.Reactivate)},
		{"audience_ids", list(d, &s.AudienceIDs, d.id)},
		{"locale", d.locale(&s.Locale)},
		{"schedule", d.schedule(&s.Schedule, &c.Serve.TimeZone)},
		{"auth", d.auth(&s.Auth)},
		{"discover", only(d.section(d.discover(&s.Discover, s)), KindWeb)},
		{"include", only(list(d, &s.Include, d.pattern), KindWeb, KindFiles, KindGit)},
		{"exclude", only(list(d, &s.Exclude, d.pattern), KindWeb, KindFiles, KindGit)},
		{"follow", only(list(d, &s.Follow, d.pattern), KindWeb)},
		{"query", only(d.section(d.query(&s.Query)), KindWeb)},
		{"fetch", d.section(d.fetch(&s.Fetch))},
		{"tls", d.trust(&s.TLS)},
		{"render", only(d.rendering(&s.Render), KindWeb)},
		{"documents", only(list(d, &s.Documents, d.document), KindWeb, KindFiles, KindGit)},
		{"content", d.content(&s.Content, &c.Intercom)},
		{"availability", d.section(d.availability(&s.Availability))},
		{"screen", d.section(d.screen(&s.Screen))},
		{"lint", d.section(d.lint(&s.Lint))},
		{"updates", d.section(d.updates(&s.Updates))},
		{"deletes", d.section(d.deletes(&s.Deletes))},
	}
}

func (d *decoder) discover(c *Discover, s *Source) fields {
	*c = Discover{
		Sitemaps: []string{"auto"}, Links: true, MaxDepth: 20, MaxPages: 50_000, MaxDuplicates: 50, Canonical: "verify",
	}
	return fields{
		{"sitemaps", list(d, &c.Sitemaps, d.sitemap)},
		{"links", d.flag(&c.Links)},
		{"seeds", list(d, &c.Seeds, func(to *string) value { return d.seed(to, s) })},
		{"max_depth", d.whole(&c.MaxDepth, 0, 1000)},
		{"max_pages", d.whole(&c.MaxPages, 1, 10_000_000)},
		{"max_duplicates", d.whole(&c.MaxDuplicates, 1, 10_000_000)},
		{"other_locales", d.flag(&c.OtherLocales)},
		{"canonical", d.oneOf(&c.Canonical, "verify", "ignore")},
		{"allow", list(d, &c.Allow, d.pattern)},
	}
}

// UserAgent is the default of fetch.user_agent.
const UserAgent = "fincrawl (+https://github.com/fincrawl/fincrawl)"

func (d *decoder) fetch(f *Fetch) fields {
	*f = Fetch{
		Concurrency:   4,
		Rate:          10,
		Timeout:       30 * time.Second,
		MaxBody:       10_000_000,
		RespectRobots: true,
		UserAgent:     UserAgent,
		VerifyEvery:   7,
		ResumeWithin:  24 * time.Hour,
	}
	return fields{
		{"concurrency", d.whole(&f.Concurrency, 1, 256)},
		{"rate", d.rate(&f.Rate)},
		{"timeout", d.duration(&f.Timeout, time.Hour)},
		{"max_body", d.size(&f.MaxBody)},
		{"respect_robots", d.flag(&f.RespectRobots)},
		{"user_agent", d.text(&f.UserAgent)},
		{"trust_lastmod", d.flag(&f.TrustLastmod)},
		{"verify_every", d.whole(&f.VerifyEvery, 0, 1000)},
		{"resume_within", d.duration(&f.ResumeWithin, 30*24*time.Hour)},
		{"proxy", d.address(&f.Proxy, d.withoutPassword)},
		{"headers", d.plainHeaders(&f.Headers)},
	}
}

func (d *decoder) content(c *Content, intercom *Intercom) value {
	*c = Content{Preset: PresetAuto, Template: TemplateAuto}
	keys := fields{
		{"title", d.selector(&c.Title)},
		{"body", d.selector(&c.Body)},
		{"remove", list(d, &c.Remove, d.selector)},
		{"preset", d.presetOf(&c.Preset)},
		{"template", d.oneOf(&c.Template, TemplateAuto, TemplateOff)},
		{"external_id", d.identity(&c.ExternalID)},
		{"split", d.split(&c.Split, intercom)},
	}
	return value{inside: keys, read: func(e entry) {
		given := d.mapping(e, keys)
		if named, ok := given["preset"]; ok && c.Body != "" && c.Preset != PresetAuto && c.Preset != PresetNone {
			d.mistake(named.node, "body says where the text is, so the preset %s would not be used; keep one of them", c.Preset)
		}
	}}
}

func (d *decoder) availability(a *Availability) fields {
	*a = Availability{AIAgent: true, AICopilot: true}
	return fields{
		{"ai_agent", d.flag(&a.AIAgent)},
		{"ai_copilot", d.flag(&a.AICopilot)},
		{"rules", list(d, &a.Rules, d.rule)},
	}
}

func (d *decoder) rule(r *AvailabilityRule) value {
	keys := fields{
		{"match", d.pattern(&r.Match)},
		{"selector", d.selector(&r.Selector)},
		{"meta", d.text(&r.Meta)},
		{"breadcrumb", d.text(&r.Breadcrumb)},
		{"ai_agent", d.truth(func(b bool) { r.AIAgent = &b })},
		{"ai_copilot", d.truth(func(b bool) { r.AICopilot = &b })},
	}
	rule := shape{"allOf": []shape{
		needsOneOf("match", "selector", "meta", "breadcrumb"), needsOneOf("ai_agent", "ai_copilot"),
	}}
	return value{inside: keys, besides: rule, read: func(e entry) {
		given := d.mapping(e, keys)
		_, agent := given["ai_agent"]
		_, copilot := given["ai_copilot"]
		conditions := len(given)
		for _, change := range []bool{agent, copilot} {
			if change {
				conditions--
			}
		}
		switch {
		case given == nil:
		case conditions == 0:
			d.mistake(e.node, `this rule says of no page that it is for it; add match: "/internal/**", `+
				`or selector, meta or breadcrumb`)
		case !agent && !copilot:
			d.mistake(e.node, "this rule changes nothing; add ai_agent or ai_copilot, with true or false")
		}
	}}
}

func (d *decoder) updates(c *Updates) fields {
	*c = Updates{MaxSameText: 5, MaxShrink: 0.5}
	return fields{
		{"max_same_text", d.whole(&c.MaxSameText, 1, 1_000_000_000)},
		{"max_shrink", d.fraction(&c.MaxShrink, true)},
	}
}

func (d *decoder) deletes(c *Deletes) fields {
	*c = Deletes{ConfirmRuns: 2, MaxCount: 10, MaxShare: 0.1}
	return fields{
		{"confirm_runs", d.whole(&c.ConfirmRuns, 1, 1000)},
		{"max_count", d.whole(&c.MaxCount, 0, 1_000_000_000)},
		{"max_share", d.fraction(&c.MaxShare, true)},
	}
}

// The rest are values that only one key has.

func (d *decoder) version(to *int) value {
	return value{shape: shape{"const": 1}, read: func(e entry) {
		if got, ok := d.integer(e, "1"); ok && got != 1 {
			d.mistake(e.node, "version must be 1, the only one there is yet, not %d", got)
		}
		*to = 1
	}}
}

var apiVersionPattern = regexp.MustCompile(`^[0-9]+\.[0-9]+$`)

// apiVersion is a version in Intercom's notation. It may have quotes, without which YAML reads a number.
func (d *decoder) apiVersion(to *string) value {
	const want = `a version of Intercom's API such as "2.15", or Preview`
	v := d.checked(to, want, func(text string) string {
		// Unstable is the former name of Preview.
		if apiVersionPattern.MatchString(text) || text == "Preview" || text == "Unstable" {
			return ""
		}
		return fmt.Sprintf("must be %s, not %q", want, brief(text))
	})
	v.shape = shape{"anyOf": []shape{{"type": "number"}, matching(apiVersionPattern.String() + "|^(Preview|Unstable)$")}}
	return v
}

// verifyEvery is a number of runs, or a word.
func (d *decoder) verifyEvery(to *int) value {
	const want = "a number of runs such as 7, auto or never"
	runs := shape{"anyOf": []shape{{"type": "integer", "minimum": 1}, oneOfWords([]string{"auto", "never"})}}
	return value{shape: runs, read: func(e entry) {
		text, ok := d.word(e, want)
		if !ok {
			return
		}
		switch text {
		case "auto":
			*to = VerifyAuto
		case "never":
			*to = 0
		default:
			got, err := strconv.Atoi(text)
			if err != nil || got < 1 {
				d.wrong(e, want)
				return
			}
			*to = got
		}
	}}
}

// safeForToken reports a URL without https, unless it is on this machine, since a secret is sent there.
func (d *decoder) safeForToken(e entry, address string) {
	if u, err := url.Parse(address); err != nil || u.Scheme != "https" && !loopback(u) {
		d.mistake(e.node, "%s must begin with https://, since a secret is sent there; "+
			"http:// is for this machine only (127.0.0.1)", e.key)
	}
}

// sources reads the list of sources. It also reports mistakes that involve several sources.
func (d *decoder) sources(to *[]Source, c *Config) value {
	each := func(s *Source) value {
		keys := d.source(s, c)
		return value{inside: keys, read: func(e entry) {
			given := d.mapping(entry{key: "each source", node: e.node}, keys)
			d.fits(s, keys, given, e)
			at, explicit := given["library_url"]
			if !explicit {
				s.LibraryURL, at = s.URL, given["url"]
			}
			if s.URL == "" {
				s.URL = s.LibraryURL
			}
			if s.LibraryURL != "" && at.node != nil {
				d.library(s.LibraryURL, at, explicit, &c.Intercom)
			}
		}}
	}
	sources := list(d, to, each)
	sources.shape = shape{"minItems": 1}
	read := sources.read
	sources.read = func(e entry) {
		read(e)
		if items, ok := d.items(e); ok && len(items) == 0 {
			d.mistake(e.node, "sources is empty; add a - name: and url: for each site")
		}
	}
	return sources
}

// library checks that Intercom accepts the library URL of a source, and that no other source has it.
func (d *decoder) library(address string, at entry, explicit bool, intercom *Intercom) {
	u, err := url.Parse(address)
	if err != nil {
		return // it was reported when it was read
	}
	if base, err := url.Parse(intercom.BaseURL); intercom.BaseURL == "" || err != nil || !loopback(base) {
		if why := publicName(u.Hostname()); why != "" {
			verb := "set library_url to"
			if explicit {
				verb = "write"
			}
			d.mistake(at.node, "Intercom wants the library under a public domain name, and %s: "+
				"%s an address under a domain of yours, such as https://wiki.example.com; "+
				"nothing needs to answer there", why, verb)
		}
	}
	same := sameAddress(u)
	if line, taken := d.libraries[same]; taken {
		d.mistake(at.node, "the source on line %d has this library URL already; "+
			"two sources in one library would delete each other's pages: give one another library_url", line)
		return
	}
	d.libraries[same] = at.node.Line
}

func (d *decoder) name(to *string) value {
	text := d.text(to)
	pattern := shape{"type": []string{"string", "number"}, "pattern": `^[^\s-]([\s\S]*\S)?$`}
	return value{shape: pattern, read: func(e entry) {
		text.read(e)
		name := *to
		switch line, taken := d.names[name]; {
		case name == "":
		case strings.TrimSpace(name) != name, strings.HasPrefix(name, "-"):
			d.mistake(e.node, "name must not begin or end with a space, or begin with a dash, "+
				"so that it can be written as an argument")
		case taken:
			d.mistake(e.node, "the source on line %d has this name already; give each its own", line)
		default:
			d.names[name] = e.node.Line
		}
	}}
}

// id is one of Intercom's numeric IDs.
func (d *decoder) id(to *int64) value {
	const want = "the number that Intercom gave it, such as 5678"
	return value{shape: numbers("integer", 1, math.MaxInt64), read: func(e entry) {
		got, ok := d.integer(e, want)
		if ok && got < 1 {
			d.wrong(e, want)
			return
		}
		*to = got
	}}
}

var localePattern = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$`)

func (d *decoder) locale(to *string) value {
	const want = "a language code such as en or pt-BR"
	v := d.checked(to, want, func(text string) string {
		if localePattern.MatchString(text) {
			return ""
		}
		return fmt.Sprintf("must be %s, not %q", want, brief(text))
	})
	v.shape = matching(localePattern.String())
	return v
}

// secret is a token or a password. It has to be one reference.
func (d *decoder) secret(to *Secret) value {
	read := func(e entry) { d.credential(e, to, nothingElse) }
	return value{private: true, shape: credentials(nothingElse), read: read}
}

func (d *decoder) username(to *Secret) value {
	return value{private: true, shape: credentials(literals), read: func(e entry) {
		d.credential(e, to, literals)
		if strings.Contains(to.Reveal(), ":") {
			d.mistake(e.node, "%s has a colon in it, which HTTP basic authentication can't send", e.key)
		}
	}}
}

func (d *decoder) headers(to *map[string]Secret) value {
	check := func(name string) (same, complaint string) {
		switch same = http.CanonicalHeaderKey(name); {
		case !httpguts.ValidHeaderFieldName(name):
			return "", "this is not a name that an HTTP header can have"
		case same == "Cookie":
			return same, "cookies belong in auth.cookies, each under its name"
		case slices.Contains([]string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Te", "Trailer", "Upgrade"}, same):
			return same, "this header is the connection's own and can't be set"
		}
		return same, ""
	}
	return d.named(to, textAround, check, func(e entry, to *Secret) { d.credential(e, to, textAround) })
}

// plainHeaders are headers that are not secret, such as Accept-Language.
func (d *decoder) plainHeaders(to *map[string]string) value {
	return value{shape: shape{"type": "object", "additionalProperties": texts()}, read: func(e entry) {
		pairs, ok := d.pairs(e)
		if !ok {
			return
		}
		got := make(map[string]string)
		for _, p := range pairs {
			name := http.CanonicalHeaderKey(p.key.Value)
			switch {
			case !httpguts.ValidHeaderFieldName(name):
				d.mistake(p.key, "this is not a name that an HTTP header can have")
				continue
			case slices.Contains([]string{"Authorization", "Cookie", "Proxy-Authorization"}, name):
				d.mistake(p.key, "what is secret belongs in auth: auth.headers, auth.cookies, basic or bearer")
				continue
			case slices.Contains([]string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Te", "Trailer", "Upgrade", "Accept-Encoding", "User-Agent"}, name):
				d.mistake(p.key, "this header is the connection's own and can't be set here")
				continue
			}
			var text string
			d.text(&text).read(entry{p.key.Value, p.key, p.value})
			if !httpguts.ValidHeaderFieldValue(text) {
				d.mistake(p.value, "the value of %s has a character in it that a header can't have", name)
				continue
			}
			got[name] = text
		}
		*to = got
	}}
}

// withoutPassword reports a URL with a user name.
func (d *decoder) withoutPassword(e entry, address string) {
	if u, err := url.Parse(address); err == nil && u.User != nil {
		d.lines.hide(target(e.node))
		d.mistake(e.node, "%s must not have a password in it: set HTTPS_PROXY in the environment instead", e.key)
	}
}

func (d *decoder) cookies(to *map[string]Secret) value {
	check := func(name string) (same, complaint string) {
		if !httpguts.ValidHeaderFieldName(name) { // RFC 6265 allows the same characters for cookies
			return "", "this is not a name that a cookie can have"
		}
		return name, ""
	}
	return d.named(to, textAround, check, func(e entry, to *Secret) {
		d.credential(e, to, textAround)
		if strings.Contains(to.Reveal(), ";") {
			d.mistake(e.node, "the value of the cookie %s has a semicolon in it; "+
				"write the value of this one cookie, not the whole Cookie header", e.key)
		}
	})
}

// formFields are the fields to fill in. A password or a token has to be a reference; other values may be
// written out.
func (d *decoder) formFields(to *map[string]Secret) value {
	check := func(name string) (same, complaint string) {
		if name == "" || strings.ContainsFunc(name, unicode.IsControl) {
			return "", "this is not a name that a form's field can have"
		}
		return name, ""
	}
	return d.named(to, literals, check, func(e entry, to *Secret) {
		d.credential(e, to, allowedUnder(e.label.Value))
	})
}

// allowedUnder returns what a value may be by its name. A password or a token has to be a reference.
func allowedUnder(name string) allowance {
	for _, telling := range []string{"pass", "pwd", "secret", "token", "otp"} {
		if strings.Contains(strings.ToLower(name), telling) {
			return nothingElse
		}
	}
	return literals
}

func (d *decoder) sitemap(to *string) value {
	address := d.address(to, nil)
	return value{shape: shape{"anyOf": []shape{{"const": "auto"}, address.shape}}, read: func(e entry) {
		if target(e.node).Value == "auto" {
			d.lines.show(target(e.node))
			*to = "auto"
			return
		}
		address.read(e)
	}}
}

// seed is a further start address of s.
func (d *decoder) seed(to *string, s *Source) value {
	return d.address(to, func(e entry, address string) {
		seed, err := url.Parse(address)
		start, startErr := url.Parse(s.URL)
		if err == nil && startErr == nil && s.URL != "" && origin(seed) != origin(start) {
			d.mistake(e.node, "%s must be on the host of the source's url; another site is a source of its own", e.key)
		}
	})
}
