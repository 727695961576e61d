package config_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v4"

	"github.com/fincrawl/fincrawl/crawler/extract/preset"
	"github.com/fincrawl/fincrawl/internal/config"
)

var update = flag.Bool("update", false, "write what the tests get as what they want")

// environment is a lookup that knows these variables.
func environment(variables map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	}
}

// load writes text to a file of its own and loads it.
func load(t testing.TB, text string, variables map[string]string) (*config.Config, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sources.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Load(path, environment(variables))
}

// Each archive of testdata/mistakes is a sources.yaml, what it refers to, and
// what a person reads about it. Where "s3cret" stands in the file, no message
// may show it.
func TestMistakesAreShownWithTheirPlaces(t *testing.T) {
	variables := environment(map[string]string{
		"T": "t", "EMPTY": "", "WHOLE": "a=1; b=2", "WORKERS": "few", "BRACKET": "h1[",
	})
	archives, err := filepath.Glob("testdata/mistakes/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("found no archives: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			path, err := filepath.Abs(name)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			if err := txtar.Write(archive, "."); err != nil {
				t.Fatal(err)
			}
			_, err = config.Load("sources.yaml", variables)
			var mistakes *config.Mistakes
			if !errors.As(err, &mistakes) {
				t.Fatalf("got %v, want mistakes", err)
			}
			got := err.Error() + "\n"
			if strings.Contains(got, "s3cret") {
				t.Errorf("a secret is shown:\n%s", got)
			}
			want := ""
			files := archive.Files[:0:0]
			for _, f := range archive.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				files = append(files, f)
			}
			if *update {
				archive.Files = slices.Concat(files, []txtar.File{{Name: "want", Data: []byte(got)}})
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestFilesThatAreNoTextAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		text         string
		line, column int
		message      string
	}{
		"empty":            {"", 1, 1, "says nothing"},
		"zero bytes":       {"version: 1\nstate: \x00\n", 2, 8, "not UTF-8 text"},
		"another encoding": {"version: 1\n# caf\xe9\n", 2, 6, "not UTF-8 text"},
		"terminal escapes": {"version: 1\nstate: \x1b[2J\n", 2, 8, "not UTF-8 text"},
		"UTF-16":           {"\xff\xfev\x00e\x00", 1, 1, "UTF-16"},
		"huge":             {strings.Repeat("# nothing\n", 200_000), 1, 1, "larger than 1 MB"},
		"deep":             {strings.Repeat("[", 20_000), 1, 101, "too deeply nested"},
		"alias bomb": {"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\n" +
			"sources: [*c,*c,*c,*c,*c]\n", 1, 1, "unknown key"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, test.text, nil)
			var mistakes *config.Mistakes
			if !errors.As(err, &mistakes) {
				t.Fatalf("got %v, want mistakes", err)
			}
			said := func(m config.Mistake) bool {
				return m.Line == test.line && m.Column == test.column && strings.Contains(m.Message, test.message)
			}
			if !slices.ContainsFunc(mistakes.List, said) {
				t.Errorf("got no mistake at %d:%d with %q in\n%v", test.line, test.column, test.message, err)
			}
		})
	}
}

func TestAliasesThatMultiplyAreGivenUpOn(t *testing.T) {
	var b strings.Builder
	b.WriteString("version: 1\nintercom: {token: \"${T}\"}\nsources:\n  - &s\n    name: a\n    url: https://a.example.com/\n    audience_ids: [")
	b.WriteString(strings.Repeat("1,", 20_000) + "1]\n")
	b.WriteString(strings.Repeat("  - *s\n", 50_000))
	_, err := load(t, b.String(), map[string]string{"T": "t"})
	if err == nil || !strings.Contains(err.Error(), "goes on for too long") {
		t.Errorf("got no word about its length in %.200v", err)
	}
}

func TestColumnsCountCharacters(t *testing.T) {
	_, err := load(t, "\ufeffversion: 1\r\nintercom: {token: \"${T}\"}\r\nsources: [{name: \"Hilfe für Köche\", url: nirgends}]\r\n", map[string]string{"T": "t"})
	var mistakes *config.Mistakes
	if !errors.As(err, &mistakes) || len(mistakes.List) != 1 {
		t.Fatalf("got %v, want one mistake", err)
	}
	m := mistakes.List[0]
	if want := "sources: [{name: \"Hilfe für Köche\", url: nirgends}]"; m.Text != want || m.Line != 3 || m.Column != 42 {
		t.Errorf("got %d:%d %q", m.Line, m.Column, m.Text)
	}
}

func TestUnreadableFileIsNoMistakeInIt(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "none.yaml"), environment(nil))
	var mistakes *config.Mistakes
	if !errors.Is(err, fs.ErrNotExist) || errors.As(err, &mistakes) {
		t.Errorf("got %v, want that the file does not exist", err)
	}
	if _, err := config.Load(t.TempDir(), environment(nil)); err == nil || !strings.Contains(err.Error(), "directory") {
		t.Errorf("got %v for a directory", err)
	}
}

func TestEveryKeyIsRead(t *testing.T) {
	no, yes := false, true
	c, err := load(t, `
version: 1
intercom:
  token: ${INTERCOM_ACCESS_TOKEN}
  region: eu
  base_url: http://127.0.0.1:4010
  api_version: 2.10
  workers: ${WORKERS}
  share: 1
  max_html: 512KiB
  verify_every: 3
state: /data/${WHERE}.db
notify:
  after_failures: 3
  webhooks:
    - {url: "${HOOK}", format: slack, headers: {x-key: "k ${P}"}}
    - {url: "${HOOK}", template: '{"text": "{{.Text}}"}'}
  ticket: {type: Fincrawl, contact: {email: a@example.com}, assignee: {admin: 123, team: 45}, skip_notifications: false}
browser: {path: /usr/bin/chromium, args: "--lang=de", restart_after: 9, max_memory: 1GiB}
presets:
  - {name: our-portal, platform: Our portal, generator: "Portal 2", marks: ["#portal"], title: [h1.title, h1], body: .text, remove: [.vote],
     views: [body.log], traps: "/**/log", static: true, noscript: true, needs_browser: true}
sources:
  - name: help-center
    url: http://wiki.corp/
    library_url: https://help.example.com
    reactivate: true
    audience_ids: [5678, 9]
    locale: pt-BR
    auth:
      form: {url: http://wiki.corp/login, fields: {username: jane, password: "${P}", empty: ""}, form: "form#login", logged_in: "a.logout"}
    discover: {sitemaps: [auto, "http://wiki.corp/map.xml"], links: false, seeds: ["http://WIKI.corp:80/x"], max_depth: 0, max_pages: 1_000, max_duplicates: 7, other_locales: true, canonical: ignore, allow: [/help/delete]}
    include: "/articles/**"
    exclude: ["/articles/*/print", 're:\?print=1$', "/costs$$5"]
    follow: ["**/index.html"]
    query: {keep: [id, "filter[*]"], drop: ref}
    fetch: {concurrency: 1, rate: 90/m, timeout: 1m30s, max_body: 1.5MB, respect_robots: false, user_agent: "me", trust_lastmod: true, verify_every: 3, resume_within: 2h, proxy: "http://proxy.corp:3128", headers: {accept-language: de}}
    render: {mode: auto, wait_for: "article", hosts: [api.wiki.corp], rules: [{match: "/app/**", mode: always}]}
    content: {title: "h1", body: "article, main", remove: [".feedback"], preset: none, template: off, external_id: {selector: article, attr: data-id},
      split: {over: 200kB, at: h2, pages: [/faq/**]}}
    availability: {ai_agent: false, ai_copilot: false, rules: [{match: "/internal/**", ai_agent: false}, {match: "re:^/x", selector: .internal, meta: audience=staff, breadcrumb: Internal, ai_copilot: true}]}
    screen:
      credentials: redact
      codes: hold
      injections: off
      redactions: warn
      personal: {emails: redact, phones: warn, cards: hold, ibans: copilot_only}
      markers: ["internal only"]
      marker_action: warn
      rules: [{id: ticket, regex: 'OPS-[0-9]+', action: redact}, {id: x, regex: x}]
      allow: [{page: /keys, rule: "*", reason: they open nothing}]
    lint: {thin_words: 0, long_words: 5, stale_days: 1}
    updates: {max_same_text: 9, max_shrink: 1}
    deletes: {confirm_runs: 1, max_count: 0, max_share: 0}
`, map[string]string{"INTERCOM_ACCESS_TOKEN": "t0ken\n", "WORKERS": "3", "WHERE": "here", "P": "pässword", "HOOK": "https://hooks.example.com/k3y"})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Intercom{Token: c.Intercom.Token, Region: "eu", BaseURL: "http://127.0.0.1:4010", APIVersion: "2.10", Workers: 3, Share: 1, MaxHTML: 512 << 10, VerifyEvery: 3}
	if !reflect.DeepEqual(c.Intercom, want) || c.Intercom.Token.Reveal() != "t0ken" || c.State != "/data/here.db" {
		t.Errorf("intercom: got %+v, %q", c.Intercom, c.State)
	}
	hooks := c.Notify.Webhooks
	if len(hooks) != 2 || hooks[0].URL.Reveal() != "https://hooks.example.com/k3y" || hooks[0].Format != config.FormatSlack || hooks[0].Headers["x-key"].Reveal() != "k pässword" ||
		hooks[1].Format != config.FormatJSON || hooks[1].Template != `{"text": "{{.Text}}"}` || c.Notify.AfterFailures != 3 {
		t.Errorf("notify: got %+v", c.Notify)
	}
	if diff := cmp.Diff(&config.Ticket{Type: "Fincrawl", Contact: config.TicketContact{Email: "a@example.com"}, Admin: 123, Team: 45}, c.Notify.Ticket); diff != "" {
		t.Errorf("notify.ticket (-want +got):\n%s", diff)
	}
	browser := config.Browser{Path: "/usr/bin/chromium", Args: []string{"--lang=de"}, RestartAfter: 9, MaxMemory: 1 << 30}
	if !reflect.DeepEqual(c.Browser, browser) {
		t.Errorf("browser: got %+v", c.Browser)
	}
	presets := []preset.Preset{{
		Name: "our-portal", Platform: "Our portal", Generator: []string{"Portal 2"}, Marks: []string{"#portal"}, Title: []string{"h1.title", "h1"},
		Body: []string{".text"}, Remove: []string{".vote"}, Views: []string{"body.log"}, Traps: []string{"/**/log"}, Static: true, Noscript: true, NeedsBrowser: true,
	}}
	if diff := cmp.Diff(presets, c.Presets); diff != "" {
		t.Errorf("presets (-want +got):\n%s", diff)
	}
	s := c.Sources[0]
	form := s.Auth.Form
	if form == nil || form.URL != "http://wiki.corp/login" || form.Form != "form#login" || form.LoggedIn != "a.logout" {
		t.Fatalf("form: got %+v", form)
	}
	filled := map[string]string{}
	for name, value := range form.Fields {
		filled[name] = value.Reveal()
	}
	if diff := cmp.Diff(map[string]string{"username": "jane", "password": "pässword", "empty": ""}, filled); diff != "" {
		t.Error(diff)
	}
	s.Auth = config.Auth{}
	wantSource := config.Source{
		Name: "help-center", Kind: "web", Listing: unlisted(c), URL: "http://wiki.corp/", LibraryURL: "https://help.example.com", Reactivate: true, AudienceIDs: []int64{5678, 9}, Locale: "pt-BR",
		Discover: config.Discover{Sitemaps: []string{"auto", "http://wiki.corp/map.xml"}, Seeds: []string{"http://WIKI.corp:80/x"}, MaxPages: 1000, MaxDuplicates: 7, OtherLocales: true, Canonical: "ignore", Allow: []string{"/help/delete"}},
		Include:  []string{"/articles/**"},
		Exclude:  []string{"/articles/*/print", `re:\?print=1$`, "/costs$5"},
		Follow:   []string{"**/index.html"},
		Query:    config.Query{Keep: []string{"id", "filter[*]"}, Drop: []string{"ref"}},
		Fetch:    config.Fetch{Concurrency: 1, Rate: 1.5, Timeout: 90 * time.Second, MaxBody: 1_500_000, UserAgent: "me", TrustLastmod: true, VerifyEvery: 3, ResumeWithin: 2 * time.Hour, Proxy: "http://proxy.corp:3128", Headers: map[string]string{"Accept-Language": "de"}},
		Render:   config.Render{Mode: "auto", WaitFor: "article", Hosts: []string{"api.wiki.corp"}, Rules: []config.RenderRule{{Match: "/app/**", Mode: "always"}}, Browser: browser},
		Content: config.Content{Title: "h1", Body: "article, main", Remove: []string{".feedback"}, Preset: config.PresetNone, Presets: presets, Template: config.TemplateOff, ExternalID: config.Identity{Selector: "article", Attr: "data-id"},
			Split: config.Split{Over: 200_000, At: 2, Pages: []string{"/faq/**"}}},
		Availability: config.Availability{Rules: []config.AvailabilityRule{{Match: "/internal/**", AIAgent: &no}, {Match: "re:^/x", Selector: ".internal", Meta: "audience=staff", Breadcrumb: "Internal", AICopilot: &yes}}},
		Screen: config.Screen{
			Credentials: "redact", Codes: "hold", Injections: "off", Redactions: "warn", Markers: []string{"internal only"}, MarkerAction: "warn",
			Personal: config.Personal{Emails: "redact", Phones: "warn", Cards: "hold", IBANs: "copilot_only"},
			Rules:    []config.ScreenRule{{ID: "ticket", Regex: "OPS-[0-9]+", Action: "redact"}, {ID: "x", Regex: "x", Action: "hold"}},
			Allow:    []config.Allowance{{Page: "/keys", Rule: "*", Reason: "they open nothing"}},
		},
		Lint:    config.Lint{LongWords: 5, StaleDays: 1},
		Updates: config.Updates{MaxSameText: 9, MaxShrink: 1},
		Deletes: config.Deletes{ConfirmRuns: 1},
	}
	if !reflect.DeepEqual(s, wantSource) {
		t.Errorf("source: got\n%+v, want\n%+v", s, wantSource)
	}
}

// unlisted is what a source has that is a website and has no list.
func unlisted(c *config.Config) config.Listing {
	return config.Listing{
		Base: filepath.Dir(c.Path), Timeout: time.Hour, Idle: 5 * time.Minute, MaxPages: 1_000_000, Readers: "everyone",
		Layout: "plain",
	}
}

func TestAListIsConfigured(t *testing.T) {
	c, err := load(t, `
version: 1
intercom: {token: "${T}"}
sources:
  - name: a
    kind: pages
    command: [python3, export.py, "7"]
    env: {WIKI_TOKEN: "${T}", SPACE: IT}
    library_url: https://wiki.example.com/
    timeout: 10m
    idle: 30s
    max_age: 2d
    max_pages: 500
    readers: members
  - {name: b, kind: pages, file: lists/b.jsonl, library_url: "https://b.example.com/"}
`, map[string]string{"T": "the-token"})
	if err != nil {
		t.Fatal(err)
	}
	a, b := c.Sources[0], c.Sources[1]
	if a.Env["WIKI_TOKEN"].Reveal() != "the-token" || a.Env["SPACE"].Reveal() != "IT" {
		t.Errorf("the variables are %q and %q", a.Env["WIKI_TOKEN"].Reveal(), a.Env["SPACE"].Reveal())
	}
	a.Env = nil
	want := config.Listing{
		Command: []string{"python3", "export.py", "7"}, Literal: map[string]bool{"WIKI_TOKEN": false, "SPACE": true},
		Base: filepath.Dir(c.Path), Timeout: 10 * time.Minute, Idle: 30 * time.Second, MaxAge: 48 * time.Hour, MaxPages: 500, Readers: "members", Layout: "plain",
	}
	if diff := cmp.Diff(want, a.Listing); diff != "" || a.URL != "https://wiki.example.com/" {
		t.Errorf("the list of %s (-want +got):\n%s", a.URL, diff)
	}
	if want := filepath.Join(filepath.Dir(c.Path), "lists/b.jsonl"); b.File != want {
		t.Errorf("the file is %s, want %s", b.File, want)
	}
}

func TestDefaultsAreFilledIn(t *testing.T) {
	c, err := load(t, `
version: 1
intercom: {token: "${T}"}
sources:
  - name: a
    url: https://help.example.com/docs/
    exclude:
      # nothing yet
    fetch: {rate: unlimited}
`, map[string]string{"T": "t"})
	if err != nil {
		t.Fatal(err)
	}
	c.Intercom.Token = config.Secret{}
	browser := config.Browser{RestartAfter: 500, MaxMemory: 2_000_000_000}
	want := &config.Config{
		Path:        c.Path,
		Intercom:    config.Intercom{Region: "us", APIVersion: "2.15", Workers: 8, Share: 0.5, MaxHTML: 1_000_000, VerifyEvery: config.VerifyAuto},
		State:       "fincrawl.db",
		RemindAfter: 7 * 24 * time.Hour,
		History:     config.History{Runs: 50},
		Notify:      config.Notify{AfterFailures: 2},
		Serve: config.Serve{
			UserHeader: "X-Forwarded-User", Backup: config.Backup{Keep: 7, Schedule: "@daily"},
		},
		Browser: browser,
		Sources: []config.Source{{
			Name: "a", Kind: "web", Listing: unlisted(c), URL: "https://help.example.com/docs/", LibraryURL: "https://help.example.com/docs/", Locale: "en",
			Discover: config.Discover{Sitemaps: []string{"auto"}, Links: true, MaxDepth: 20, MaxPages: 50_000, MaxDuplicates: 50, Canonical: "verify"},
			Fetch: config.Fetch{Concurrency: 4, Timeout: 30 * time.Second, MaxBody: 10_000_000, RespectRobots: true, UserAgent: "fincrawl (+https://github.com/fincrawl/fincrawl)",
				VerifyEvery: 7, ResumeWithin: 24 * time.Hour},
			Render:       config.Render{Mode: "never", Browser: browser},
			Content:      config.Content{Preset: config.PresetAuto, Template: config.TemplateAuto, Split: config.Split{Over: 1_000_000}},
			Availability: config.Availability{AIAgent: true, AICopilot: true},
			Screen: config.Screen{
				Credentials: "hold", Codes: "warn", Injections: "hold", Redactions: "hold", MarkerAction: "hold", Personal: config.Personal{Emails: "off", Phones: "off", Cards: "off", IBANs: "off"},
			},
			Lint:    config.Lint{ThinWords: 20, LongWords: 10_000, StaleDays: 730},
			Updates: config.Updates{MaxSameText: 5, MaxShrink: 0.5},
			Deletes: config.Deletes{ConfirmRuns: 2, MaxCount: 10, MaxShare: 0.1},
		}},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got\n%+v, want\n%+v", c, want)
	}
}

func TestEachWayInIsRead(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("from a file\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	variables := map[string]string{"U": "jane", "P": "p:w", "A": "id"}
	for _, test := range []struct {
		auth   string
		reveal func(config.Auth) string
		want   string
	}{
		{`basic: {username: "${U}", password: "${P}"}`, func(a config.Auth) string {
			return a.Basic.Username.Reveal() + "/" + a.Basic.Password.Reveal()
		}, "jane/p:w"},
		{`bearer: file:` + secret, func(a config.Auth) string { return a.Bearer.Reveal() }, "from a file"},
		{`headers: {X-Key: "Key ${A} for $$"}`, func(a config.Auth) string { return a.Headers["X-Key"].Reveal() }, "Key id for $"},
		{`cookies: {session: "${A}"}`, func(a config.Auth) string { return a.Cookies["session"].Reveal() }, "id"},
	} {
		c, err := load(t, "version: 1\nintercom: {token: \"${A}\"}\nsources:\n  - name: a\n    url: https://a.example.com/\n    auth:\n      "+test.auth+"\n", variables)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := test.reveal(c.Sources[0].Auth); got != test.want {
			t.Errorf("%s: got %q, want %q", test.auth, got, test.want)
		}
	}
}

func TestSecretPathsBeginAtTheFile(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"token":        "t",
		"sources.yaml": "version: 1\nintercom: {token: file:token}\nsources: [{name: a, url: \"https://a.example.com\"}]\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if c, err := config.Load(filepath.Join(folder, "sources.yaml"), environment(nil)); err != nil || c.Intercom.Token.Reveal() != "t" {
		t.Errorf("got %v, %v", c, err)
	}
}

// The file of the issue that this was built from.
func TestFileOfTheIssueIsAccepted(t *testing.T) {
	text, err := os.ReadFile("testdata/issue.yaml")
	if err != nil {
		t.Fatal(err)
	}
	variables := map[string]string{"INTERCOM_ACCESS_TOKEN": "t", "U": "u", "P": "p", "T": "t", "A": "a", "B": "b", "S": "s"}
	ways := []string{"basic", "bearer", "headers", "cookies", "form"}
	for _, way := range ways { // it shows all ways in, of which a source takes one
		var lines []string
		for line := range strings.Lines(string(text)) {
			key, _, _ := strings.Cut(strings.TrimSpace(line), ":")
			if key == way || !strings.Contains(" "+strings.Join(ways, " ")+" ", " "+key+" ") {
				lines = append(lines, line)
			}
		}
		c, err := load(t, strings.Join(lines, ""), variables)
		if err != nil {
			t.Errorf("with %s: %v", way, err)
			continue
		}
		if c.Intercom.BaseURL != "http://127.0.0.1:4010" || c.Intercom.Region != "us" {
			t.Errorf("got %+v", c.Intercom)
		}
	}
}

func TestRepositorysFileIsAccepted(t *testing.T) {
	c, err := config.Load("../../sources.yaml", environment(map[string]string{
		"INTERCOM_ACCESS_TOKEN": "t", "HELP_USERNAME": "u", "HELP_PASSWORD": "p", "WIKI_TOKEN": "w",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Sources) != 2 {
		t.Errorf("got %d sources", len(c.Sources))
	}
	_, err = config.Load("../../sources.yaml", environment(nil))
	var mistakes *config.Mistakes
	if !errors.As(err, &mistakes) || len(mistakes.List) != 4 {
		t.Errorf("without its variables: got %v, want a mistake for each of the four", err)
	}
}

func TestSecretsDontPrint(t *testing.T) {
	c, err := load(t, "version: 1\nintercom: {token: \"${T}\"}\nsources: [{name: a, url: \"https://a.example.com\", auth: {cookies: {session: \"${T}\"}}}]\n",
		map[string]string{"T": "s3cret"})
	if err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%T"} {
		fmt.Fprintf(&printed, verb+"\n", c)
		fmt.Fprintf(&printed, verb+"\n", *c)
		fmt.Fprintf(&printed, verb+"\n", c.Sources[0].Auth)
		fmt.Fprintf(&printed, verb+"\n", c.Intercom.Token)
	}
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Dump(c)
	if err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewTextHandler(&printed, nil)).Info("log", "config", c, "token", c.Intercom.Token)
	slog.New(slog.NewJSONHandler(&printed, nil)).Info("log", "config", c, "token", c.Intercom.Token)
	all := printed.String() + string(asJSON) + string(asYAML)
	if strings.Contains(all, "s3cret") || strings.Contains(all, fmt.Sprintf("%x", "s3cret")) {
		t.Errorf("a secret is printed in\n%s", all)
	}
	if got := c.Intercom.Token.String(); got != "[secret]" {
		t.Errorf("got %q", got)
	}
}

func TestSelect(t *testing.T) {
	c := &config.Config{Path: "sources.yaml", Sources: []config.Source{{Name: "help-center"}, {Name: "wiki"}}}
	for _, test := range []struct {
		names string
		want  string
		err   string
	}{
		{names: "", want: "help-center wiki"},
		{names: "wiki help-center wiki", want: "help-center wiki"},
		{names: "wiki", want: "wiki"},
		{names: "helpcentre", err: `no source "helpcentre" in sources.yaml: did you mean "help-center"?`},
		{names: "wiki blog", err: `no source "blog" in sources.yaml: it has help-center, wiki; without a name, all are meant`},
	} {
		got, err := c.Select(strings.Fields(test.names))
		if test.err != "" {
			if err == nil || err.Error() != test.err {
				t.Errorf("%q: got error %v, want %s", test.names, err, test.err)
			}
			continue
		}
		var names []string
		for _, s := range got {
			names = append(names, s.Name)
		}
		if err != nil || strings.Join(names, " ") != test.want {
			t.Errorf("%q: got %v, %v; want %s", test.names, names, err, test.want)
		}
	}
}
