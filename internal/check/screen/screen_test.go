package screen

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

// page has text in a paragraph under a heading.
func page(text string) crawler.Page {
	return crawler.Page{
		URL: "https://help.example.com/setup", Title: "Set up",
		HTML:         `<h2 id="install">Install</h2>` + "\n<p>" + html.EscapeString(text) + "</p>",
		Markdown:     "## Install\n\n" + text,
		Availability: crawler.Availability{AIAgent: true},
	}
}

// inWords is a way to write Markdown that is good enough to look for secrets in.
func inWords(source string, _ *budget.Meter) (string, error) {
	var r reading
	walk(source, &r, nil)
	return r.areas[inBody].plain + "\n" + r.areas[inAttributes].plain, nil
}

func newScreener(t testing.TB, c Config) *Screener {
	t.Helper()
	c.Markdown = inWords
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func screened(t testing.TB, c Config, p crawler.Page) (crawler.Page, []Finding) {
	t.Helper()
	p, findings, err := newScreener(t, c).Page(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p, findings
}

// The secrets here are put together, so that no scanner takes them for real ones.
var secrets = map[string]string{
	"aws-access-key":    "AKIA" + "QZ7RW2HDXM4T5LPN",
	"github-pat":        "ghp_" + "x7Kd92mQpLw4TzRv8NsYb3HcJf6GaE1uXo5i",
	"slack-bot-token":   "xoxb-" + "271828182845-3141592653589-kQ8zPw3rTn6mVx1cLd9sHj4f",
	"stripe":            "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
	"gcp-api-key":       "AIza" + "Qy8LmZ4xR2nT7vK9pW3sD6fG1hJ5bC0eUaX",
	"jwt":               "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiI4ZjJhIiwicm9sZSI6ImFkbWluIn0" + ".tZ8qW3xR7nK1pL5vB9mD2sF6gH4jC0eUaYiOoQwErTy",
	"connection-string": "postgres://app:" + "kV7m2Qx9Lw@db.internal/shop",
	"pass":              "Server=db;User Id=sa;Password=" + "GMfpf13_Pffn3;",
	"password":          "DB_PASSWORD=" + "kH7#mQ2zvL9p",
	"private-key": "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEpAIBAAKCAQEA7qXk2Zt9Wv3LmPw8RdYc5HsJ1fKg6NbVx4QzTuEoIiAaSsDd\n" +
		"pL0oKm9iJn8uHb7yGv6tFc5rDx4eSz3wAq2QwErTyUiOpAsDfGhJkLzXcVbNm1\n-----END RSA PRIVATE KEY-----",
	"authorization-header": "Authorization: Bearer " + "9fK2mX7qLw4TzRv8NsYb3HcJ",
	"azure-account-key":    "AccountKey=" + "Zk8vQ2xR7nT1pL5wB9mD3sF6gH4jC0eUaYiOoPlKjHgFdSaQwErTyUiOpZxCvBnM1234qwer5678tyui90Ab==",
}

func TestSecretsHoldThePage(t *testing.T) {
	t.Parallel()
	for rule, secret := range secrets {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			_, findings := screened(t, Config{Credentials: Hold}, page("To connect, use "+secret+" as it is."))
			if len(findings) != 1 || findings[0].Action != Hold || findings[0].Kind != Credential {
				t.Fatalf("found %+v", findings)
			}
			if want := `under "Install"`; findings[0].Where != want {
				t.Errorf("where is %s, want %s", findings[0].Where, want)
			}
			if !strings.Contains(findings[0].Rule, rule) {
				t.Errorf("rule is %s, want %s", findings[0].Rule, rule)
			}
		})
	}
}

func TestSecretsAreFoundWhereverTheyStand(t *testing.T) {
	t.Parallel()
	secret := secrets["github-pat"]
	half := len(secret) / 2
	for name, source := range map[string]string{
		"across elements": "<p>Use " + secret[:half] + "<b>" + secret[half:] + "</b>.</p>",
		"in code":         "<pre><code>git clone https://" + secret + "@git.example.com</code></pre>",
		"in a link":       `<p><a href="https://example.com/?t=` + secret + `">here</a></p>`,
		"in an image":     `<p><img src="https://example.com/a.png" alt="token ` + secret + `"></p>`,
		"as entities":     "<p>Use &#103;" + secret[1:] + "</p>",
		"in a heading":    `<h2 id="` + secret + `">` + secret + "</h2>",
		"in a cell":       "<table><tr><td>Token</td><td>" + secret + "</td></tr></table>",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := page("")
			p.HTML = source
			_, findings := screened(t, Config{Credentials: Hold}, p)
			if len(findings) == 0 {
				t.Fatal("not found")
			}
			for _, f := range findings {
				if strings.Contains(fmt.Sprint(f), secret) {
					t.Errorf("the finding shows the secret: %+v", f)
				}
			}
			redacted, findings := screened(t, Config{Credentials: Redact}, p)
			if has(findings, Hold) || strings.Contains(redacted.HTML+redacted.Markdown, secret[half:]) {
				t.Errorf("redacted to %s, with %+v", redacted.HTML, findings)
			}
		})
	}
	title := page("")
	title.Title = "Token " + secret
	if p, findings := screened(t, Config{Credentials: Redact}, title); p.Title != "Token "+Redacted || len(findings) != 1 {
		t.Errorf("title is %q, with %+v", p.Title, findings)
	}
	if p, _ := screened(t, Config{Credentials: Hold}, title); p.Title != "Token "+Redacted {
		t.Errorf("a report would show the title %q", p.Title)
	}
	address := page("")
	address.URL = "https://help.example.com/?key=" + secret
	if _, findings := screened(t, Config{Credentials: Redact}, address); !has(findings, Hold) {
		t.Errorf("an address can't be redacted, but was not held: %+v", findings)
	}
}

// Documentation is full of what only looks like a secret.
func TestExamplesAreNoSecrets(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
		"password: secret", "password=changeme123", "PASSWORD=xxxxxxxx", "token: <your-token>", "token = YOUR_TOKEN_1", "api_key=$API_KEY", "secret: ${SECRET_1}",
		"postgres://user:password@localhost/db", "postgres://user:<password>@host", "https://user:pass@example.com/", "mysql://root:root@127.0.0.1", "ftp://anonymous:guest@host",
		"password: str | None = None", "key=lambda item: item[1]", "token = tokens.next()", "The password is stored in /etc/shadow.", "password = getpass.getpass()",
		"-----BEGIN RSA PRIVATE KEY-----\n... (private key in base64 encoding, many lines of it) ...\n-----END RSA PRIVATE KEY-----",
		"ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "Authorization: Bearer YOUR_ACCESS_TOKEN_HERE", "Authorization: Basic dXNlcjpwYXNz", "sort(key=str.lower)", "primary key: order_id_2",
		"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
	} {
		if _, findings := screened(t, Config{Credentials: Hold, Injections: Hold}, page(text)); len(findings) > 0 {
			t.Errorf("%q: found %+v", text, findings)
		}
	}
}

func TestPersonalDataIsFoundWhereAskedFor(t *testing.T) {
	t.Parallel()
	all := Config{Emails: Warn, Phones: Warn, Cards: Warn, IBANs: Warn}
	for _, c := range []struct{ text, rule string }{
		{"Write to erika.mustermann@firma.de.", "email"},
		{"Write to help@example.com.", ""},
		{"Call +49 30 901820, please.", "phone"},
		{"Call (555) 213-4567.", "phone"},
		{"Call 555-213-4567.", "phone"},
		{"Version 10.2.3 of 2024-05-06 has 12,345 pages.", ""},
		{"Pay with 4539 1488 0343 6467.", "card"},
		{"Pay with 4539 1488 0343 6468.", ""},
		{"To DE89 3704 0044 0532 0130 00.", "iban"},
		{"To DE88 3704 0044 0532 0130 00.", ""},
	} {
		_, findings := screened(t, all, page(c.text))
		got := ""
		if len(findings) > 0 {
			got = findings[0].Rule
		}
		if got != c.rule && !(c.rule == "" && got == "phone" && strings.HasPrefix(c.text, "To ")) {
			t.Errorf("%q: found %+v, want %q", c.text, findings, c.rule)
		}
		if _, findings := screened(t, Config{Credentials: Hold, Injections: Hold}, page(c.text)); len(findings) > 0 {
			t.Errorf("%q: found %+v without being asked", c.text, findings)
		}
	}
}

func TestMarkersMatchWholeWords(t *testing.T) {
	t.Parallel()
	c := Config{Markers: []string{"CONFIDENTIAL", "internal only"}, MarkerAction: Hold}
	for text, want := range map[string]bool{
		"CONFIDENTIAL: our prices":      true,
		"This is kept confidential.":    false,
		"UNCONFIDENTIAL":                false,
		"For Internal  Only, please":    true,
		"(internal only)":               true,
		"An internal onlyness of being": false,
	} {
		if _, findings := screened(t, c, page(text)); (len(findings) == 1) != want {
			t.Errorf("%q: found %+v", text, findings)
		}
	}
}

func TestRulesOfTheUsersOwn(t *testing.T) {
	t.Parallel()
	c := Config{Rules: []Rule{{ID: "ticket", Regexp: regexp.MustCompile(`OPS-[0-9]+`), Action: Redact}}}
	p, findings := screened(t, c, page("See OPS-1234 and OPS-99."))
	if !strings.Contains(p.HTML, "See [redacted] and [redacted].") || !strings.Contains(p.Markdown, "See [redacted] and [redacted].") {
		t.Errorf("got %s and %s", p.HTML, p.Markdown)
	}
	if len(findings) != 1 || findings[0].Count != 2 || findings[0].Kind != Custom {
		t.Errorf("found %+v", findings)
	}
}

func TestCopilotOnlyTakesThePageFromCustomers(t *testing.T) {
	t.Parallel()
	p, findings := screened(t, Config{Credentials: CopilotOnly}, page(secrets["password"]))
	if want := (crawler.Availability{AICopilot: true}); p.Availability != want || len(findings) != 1 {
		t.Errorf("availability is %+v, with %+v", p.Availability, findings)
	}
}

func TestAllowancesAreForOnePageAndRule(t *testing.T) {
	t.Parallel()
	pattern := func(text string) urlpattern.Pattern {
		p, err := urlpattern.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, c := range []struct {
		page, rule string
		allowed    bool
	}{
		{"/setup", "password", true}, {"/**", "*", true}, {"/other", "password", false}, {"/setup", "jwt", false},
	} {
		config := Config{Credentials: Hold, Allow: []Allowance{{Page: pattern(c.page), Rule: c.rule, Reason: "it is known"}}}
		if _, findings := screened(t, config, page(secrets["password"])); (len(findings) == 0) != c.allowed {
			t.Errorf("%s %s: found %+v", c.page, c.rule, findings)
		}
	}
}

func TestTheRulesOfGitleaksCompile(t *testing.T) {
	t.Parallel()
	rules := ruleset().rules
	leads := 0
	for _, r := range rules {
		if _, begins := r.Expression(); begins {
			leads++
		}
		for _, a := range r.allowed {
			a.patterns()
		}
	}
	if len(rules) < 200 || leads < len(rules)*3/4 {
		t.Errorf("%d rules, of which %d begin with their keyword", len(rules), leads)
	}
}

func TestRedactingNeedsMarkdown(t *testing.T) {
	t.Parallel()
	if _, err := New(Config{Credentials: Redact}); err == nil {
		t.Error("a screener that cannot write Markdown was made to redact")
	}
}

// A redacted page has nothing left of the secret, and nothing but it was taken out;
// no finding shows it.
func FuzzRedactionLeavesNoSecret(f *testing.F) {
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range secrets {
			if name != "pass" && name != "connection-string" && name != "password" && name != "authorization-header" && name != "azure-account-key" && !yield(name) {
				return
			}
		}
	})
	for i := range names {
		f.Add(uint8(i), "<p>before ", " after</p>", uint8(7))
		f.Add(uint8(i), `<h2>`, "</h2><p>&amp; &lt;x&gt;", uint8(255))
		f.Add(uint8(i), `<p><a href="https://example.com/`, `">x</a></p>`, uint8(255))
	}
	f.Fuzz(func(t *testing.T, which uint8, before, after string, split uint8) {
		secret := secrets[names[int(which)%len(names)]]
		shown := html.EscapeString(secret)
		if at := int(split); at < len(secret) && !strings.HasSuffix(before, "/") {
			shown = html.EscapeString(secret[:at]) + "<b>" + html.EscapeString(secret[at:]) + "</b>"
		}
		p := crawler.Page{URL: "https://help.example.com/a", Title: "A " + secret, HTML: before + shown + after}
		p.Markdown, _ = inWords(p.HTML, nil)
		redacted, findings := screened(t, Config{Credentials: Redact, Injections: Warn}, p)
		if strings.Contains(redacted.Title, secret) {
			t.Errorf("the title still has the secret: %s", redacted.Title)
		}
		for _, finding := range findings {
			if strings.Contains(finding.Excerpt+finding.Where, secret) {
				t.Errorf("a finding shows the secret: %+v", finding)
			}
		}
		if has(findings, Hold) {
			return
		}
		_, again := screened(t, Config{Credentials: Hold}, redacted)
		if len(again) > 0 {
			t.Errorf("found again in %s: %+v", redacted.HTML, again)
		}
		if u, err := url.Parse(redacted.URL); err != nil || u.Path != "/a" {
			t.Errorf("the address became %s", redacted.URL)
		}
	})
}

func TestAPageThatBeginsWithAnEmptyHeading(t *testing.T) {
	t.Parallel()
	p := page("")
	p.HTML = "<h2></h2><p>" + secrets["github-pat"] + "</p>"
	if _, findings := screened(t, Config{Credentials: Hold}, p); len(findings) != 1 || findings[0].Where != `under ""` {
		t.Errorf("found %+v", findings)
	}
}

// A document that has text which it does not show is held, unless that is allowed.
func TestWhatADocumentDoesNotShowHoldsIt(t *testing.T) {
	p := page("What everybody may read.")
	p.Unseen = []crawler.Unseen{{Rule: "covered-text", Where: "page 3, near the top", Letters: 14}}
	_, findings := screened(t, Config{Redactions: Hold}, p)
	want := []Finding{{Rule: "covered-text", Kind: Redaction, Action: Hold, Where: "page 3, near the top", Excerpt: "14 letters", Count: 1}}
	if !slices.Equal(findings, want) {
		t.Errorf("found %+v, want %+v", findings, want)
	}
	if shown, _ := screened(t, Config{Redactions: CopilotOnly}, p); shown.Availability.AIAgent || !shown.Availability.AICopilot {
		t.Errorf("it is for %+v", shown.Availability)
	}
	pattern, err := urlpattern.Parse("/**")
	if err != nil {
		t.Fatal(err)
	}
	for _, config := range []Config{{}, {Redactions: Off}, {Redactions: Hold, Allow: []Allowance{{Page: pattern, Rule: "covered-text"}}}, {Redactions: Hold, Allow: []Allowance{{Page: pattern, Rule: "redaction"}}}} {
		if _, findings := screened(t, config, p); len(findings) > 0 {
			t.Errorf("%+v: found %+v", config, findings)
		}
	}
}
