package files

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/crawlertest"
	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/listing"
)

func TestAFolderKeepsThePromisesOfASource(t *testing.T) {
	crawlertest.RunListed(t, func(t *testing.T) crawlertest.Listed {
		p := &place{t: t, folder: t.TempDir(), outcomes: map[crawler.Source]*listing.Outcomes{}, broken: map[string]bool{}}
		for _, name := range []string{"a.md", "b.md", "guides/c.md", "guides/d.md"} {
			p.write(name, "# Page "+name+"\n\nWhat to know of it. See [another](../b/).\n")
		}
		return p
	})
}

// place is a folder whose files are read by the rules of Hugo.
type place struct {
	t        *testing.T
	folder   string
	outcomes map[crawler.Source]*listing.Outcomes
	broken   map[string]bool // files that cannot be read
	from     string          // the folder that is read in place of the right one; "" for that
	held     string
	waits    chan struct{}
}

func (p *place) write(name, text string) {
	p.t.Helper()
	at := filepath.Join(p.folder, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

const base = "https://docs.test/"

func address(name string) string { return base + strings.TrimSuffix(name, ".md") + "/" }

func file(address string) string {
	return strings.TrimSuffix(strings.TrimPrefix(address, base), "/") + ".md"
}

// asked is a source that begins anew with each reading.
type asked struct{ place *place }

func (a *asked) Read(ctx context.Context, r crawler.Reading) (crawler.Coverage, error) {
	p := a.place
	p.outcomes[a] = new(listing.Outcomes)
	u, err := url.Parse(base)
	if err != nil {
		return crawler.Coverage{}, err
	}
	source := Source{Folder: cmp.Or(p.from, p.folder), URL: u, Layout: Hugo, Documents: document.Kinds()}
	source.Open = func(context.Context) (fs.FS, func() error, error) {
		tree, closeTree, err := openRoot(source.Folder)
		return slow{tree, p, ctx}, closeTree, err
	}
	return listing.New(listing.Source{Name: "docs", Locale: "en", Address: p.folder}, New(source),
		listing.Surroundings{Outcomes: p.outcomes[a]}).Read(ctx, r)
}

// slow is a disk that fails or waits.
type slow struct {
	fs.FS
	place *place
	ctx   context.Context
}

func (s slow) Open(name string) (fs.File, error) {
	if s.place.broken[name] {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("input/output error")}
	}
	if s.place.held == name {
		s.place.held = ""
		close(s.place.waits)
		<-s.ctx.Done()
	}
	return s.FS.Open(name)
}

func (p *place) Source() crawler.Source { return &asked{p} }

func (p *place) Addresses() (all []string) {
	err := fs.WalkDir(os.DirFS(p.folder), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, address(name))
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

func (p *place) Outcome(s crawler.Source, address string) crawler.Outcome {
	outcome, _, _, _ := p.outcomes[s].Outcome(address)
	if outcome == "" {
		return p.Fact(s, address)
	}
	return outcome
}

func (p *place) Fact(s crawler.Source, address string) crawler.Outcome {
	outcome, _, _, _ := p.outcomes[s].Outcome(file(address))
	return outcome
}

func (p *place) Break(address string) { p.broken[file(address)] = true }
func (p *place) Hide(address string) {
	p.write(file(address), "---\ntitle: T\ndraft: true\n---\nNot yet.\n")
}

// Veil makes a page a link out of the folder, which cannot be judged.
func (p *place) Veil(address string) {
	p.Remove(address)
	if err := os.Symlink("/etc/hostname", filepath.Join(p.folder, file(address))); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) Remove(address string) {
	if err := os.Remove(filepath.Join(p.folder, file(address))); err != nil {
		p.t.Fatal(err)
	}
}

// Move gives a page another address by its front matter. A file that is renamed is another page.
func (p *place) Move(from string) string {
	p.write(file(from), "---\nslug: elsewhere\n---\n# Page\n\nWhat to know of it.\n")
	return base + path.Join(path.Dir(file(from)), "elsewhere") + "/"
}

func (p *place) Hold(address string) <-chan struct{} {
	p.held, p.waits = file(address), make(chan struct{})
	return p.waits
}

func (p *place) Faults() map[string]func() {
	return map[string]func(){
		"a folder that is gone":        func() { p.from = p.folder + "-gone" },
		"a folder that is empty":       func() { p.from = p.t.TempDir() },
		"a folder that is a file":      func() { p.from = filepath.Join(p.folder, "a.md") },
		"a folder that cannot be read": func() { p.broken["guides"] = true },
	}
}

// The layouts are those of the programs, as they built these files.
func TestLayoutsOfPrograms(t *testing.T) {
	for _, test := range []struct {
		layout  Layout
		name    string
		front   front
		address string
	}{
		{Plain, "a/b c.md", nil, "a/b c.md"},
		{Plain, "a/index.html", nil, "a/"},
		{Plain, "manual.pdf", nil, "manual.pdf"},
		{MkDocs, "index.md", nil, ""},
		{MkDocs, "a/README.md", nil, "a/"},
		{MkDocs, "a/b.md", nil, "a/b/"},
		{MkDocs, "a/b.pdf", nil, "a/b.pdf"},
		{VitePress, "a/b.md", nil, "a/b.html"},
		{VitePress, "a/index.md", nil, "a/"},
		{Sphinx, "a/index.md", nil, "a/index.html"},
		{Sphinx, "a/index.html", nil, "a/index.html"},
		{Docusaurus, "01-intro.md", nil, "intro"},
		{Docusaurus, "2. guides/03_install.mdx", nil, "guides/install"},
		{Docusaurus, "guides/2021-11-release.md", nil, "guides/2021-11-release"},
		{Docusaurus, "guides/7.0-notes.md", nil, "guides/7.0-notes"},
		{Docusaurus, "guides/index.md", nil, "guides/"},
		{Docusaurus, "guides/guides.md", nil, "guides/"},
		{Docusaurus, "guides/a.md", front{"id": "b"}, "guides/b"},
		{Docusaurus, "guides/a.md", front{"slug": "b/c"}, "guides/b/c"},
		{Docusaurus, "guides/a.md", front{"slug": "/"}, ""},
		{Docusaurus, "guides/a.md", front{"slug": "/x"}, "x"},
		{Docusaurus, "guides/a.md", front{"slug": "../../../x"}, "x"},
		{Hugo, "Guides/My Page.md", nil, "guides/my-page/"},
		{Hugo, "guides/_index.md", nil, "guides/"},
		{Hugo, "guides/a/index.md", nil, "guides/a/"},
		{Hugo, "guides/a.md", front{"slug": "b"}, "guides/b/"},
		{Hugo, "guides/a.md", front{"url": "/c/d/"}, "c/d/"},
	} {
		rel, ok := test.layout.address(test.name, test.front)
		u, _ := url.Parse("https://docs.test/docs/")
		got := New(Source{URL: u}).(lister).under(rel)
		want := (&url.URL{Scheme: "https", Host: "docs.test", Path: "/docs/" + test.address}).String()
		if !ok || got != want {
			t.Errorf("%s: %s is at %s, want %s", test.layout, test.name, got, want)
		}
	}
}

// What is a draft, expired or not published yet is hidden, by the rules of each program.
func TestFrontMatterHidesPages(t *testing.T) {
	now := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		layout Layout
		text   string
		hidden bool
	}{
		{Plain, "---\ndraft: true\n---\nx", true},
		{Plain, "+++\ndraft = true\n+++\nx", true},
		{Plain, "---\r\ndraft: true\r\n---\r\nx", true},
		{Plain, "---\ndraft: false\n---\nx", false},
		{Plain, "draft: true", false},
		{Docusaurus, "---\nunlisted: true\n---\nx", true},
		{MkDocs, "---\nunlisted: true\n---\nx", false},
		{Hugo, "---\ndate: 2027-01-01\n---\nx", true},
		{Hugo, "+++\ndate = 2027-01-01\n+++\nx", true},
		{Hugo, "---\ndate: 2026-01-01\nexpiryDate: 2026-02-01\n---\nx", true},
		{Hugo, "---\ndate: 2026-01-01\n---\nx", false},
		{Plain, "---\n[not yaml: {\n---\nx", false},
	} {
		why := test.layout.hides(frontMatter(listing.Format(document.Markdown), []byte(test.text)), now)
		if (why != "") != test.hidden {
			t.Errorf("%s: %q is hidden: %q", test.layout, test.text, why)
		}
	}
}

func TestAdmonitionsAndTabsBecomeHTML(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"a.md", "!!! note \"Mind\"\n    One.\n\n    Two.\n\nThree.\n", "<div class=\"admonition note\"><p class=\"admonition-title\">Mind</p>\n\nOne.\n\nTwo.\n\n\n</div>\n\nThree.\n"},
		{"a.md", ":::tip[Try]\nOne.\n:::\nTwo.\n", "<div class=\"admonition tip\"><p class=\"admonition-title\">Try</p>\n\nOne.\n\n</div>\n\nTwo.\n"},
		{"a.md", "=== \"Linux\"\n    apt\n=== \"macOS\"\n    brew\n", "<div class=\"tab\"><p><strong>Linux</strong></p>\n\napt\n\n</div>\n\n\n<div class=\"tab\"><p><strong>macOS</strong></p>\n\nbrew\n\n</div>\n"},
		{"a.md", "```\n!!! note\n:::tip\n```\n", "```\n!!! note\n:::tip\n```"},
		{"a.mdx", "import X from './x'\n\nText.\n", "Text."},
		{"a.md", "import X from './x'\n", "import X from './x'"},
	} {
		if got := strings.TrimSpace(plainMarkdown(test.name, test.text)); got != strings.TrimSpace(test.want) {
			t.Errorf("%q becomes\n%q, want\n%q", test.text, got, strings.TrimSpace(test.want))
		}
	}
}

// Nothing outside of the folder is read, whatever leads there, and what cannot be read spares its page.
func TestNothingOutsideOfAFolderIsRead(t *testing.T) {
	p := &place{t: t, folder: t.TempDir(), outcomes: map[crawler.Source]*listing.Outcomes{}, broken: map[string]bool{}}
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret.md")
	if err := os.WriteFile(secret, []byte("# The secret\n\nIt is an elephant.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.write("a.md", "# A\n\nText.\n\n--8<-- \""+secret+"\"\n")
	p.write(".git/config.md", "# Not a page\n\nText.\n")
	rel, err := filepath.Rel(p.folder, secret)
	if err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"absolute.md": secret, "relative.md": rel, "folder": outside, "loop.md": "loop.md", "inside.md": "a.md"} {
		if err := os.Symlink(to, filepath.Join(p.folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	sink := &kept{pages: map[string]crawler.Page{}}
	s := p.Source()
	c, err := s.Read(t.Context(), crawler.Reading{Sink: sink})
	if err != nil || !c.Complete {
		t.Errorf("%+v, %v", c, err)
	}
	if got := slices.Sorted(maps.Keys(sink.pages)); !slices.Equal(got, []string{"a.md", "inside.md"}) {
		t.Errorf("pages: %v", got)
	}
	for id, page := range sink.pages {
		if strings.Contains(page.HTML, "elephant") {
			t.Errorf("%s has what is outside: %s", id, page.HTML)
		}
	}
	for _, name := range []string{"absolute.md", "relative.md", "loop.md"} {
		if o, _, _, _ := p.outcomes[s].Outcome(name); !o.Spares() {
			t.Errorf("%s ends as %q", name, o)
		}
	}
}

type kept struct {
	mu    sync.Mutex
	pages map[string]crawler.Page
}

func (k *kept) Put(_ context.Context, p crawler.Page) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.pages[p.ExternalID] = p
	return nil
}
