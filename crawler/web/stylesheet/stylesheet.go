// Package stylesheet fetches the style sheets that the pages of a crawl refer to, each once, and keeps their
// texts until the next crawl.
package stylesheet

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/internal/secrets"
)

// Store keeps the style sheets of a source. So what they hide stays hidden while one of them cannot be read,
// and an unchanged document is read again if a style sheet has changed.
type Store interface {
	// Known returns the texts of the sheets by address. A sheet that does not exist has the text "".
	Known() (map[string]string, error)
	// Changed says that the remembered documents were read with other sheets.
	Changed() error
	// Keep replaces the sheets that were kept before.
	Keep(sheets map[string]string) error
}

// Config says which sheets are fetched, and how.
type Config struct {
	Scope *scope.Scope
	// Secrets are the source's secrets, which no request and no sheet may contain.
	Secrets *secrets.Set
	// MayAsk says why an address of the source is not requested, or returns "".
	MayAsk func(u *url.URL) (why, key string)
	// Loaded returns a sheet that a browser has already loaded. May be nil.
	Loaded    func(u *url.URL) (text string, ok bool)
	Own       *http.Client // requests from the source
	Named     *http.Client // requests from Hosts
	Strangers *http.Client // requests from other hosts
	Hosts     []string     // that the settings name
	UserAgent string
	Kept      Store // nil: nothing is kept
	Partial   bool  // the crawl reads single pages, so it does not see all sheets
	Log       *slog.Logger
}

// Sheets are the style sheets that the pages of a crawl refer to. Each is fetched once.
type Sheets struct {
	Config

	mu     sync.Mutex
	known  map[string]*sheet
	before map[string]string // of earlier crawls
	count  int
	size   int
	dead   map[string]bool // hosts other than the source's own that did not answer
}

// sheet is one style sheet.
type sheet struct {
	done   chan struct{} // closed when the other fields are set
	text   string
	is     bool // the sheet exists
	failed bool // it is not known whether the sheet exists
}

// MaxRounds is how often a page is read again because more of its sheets, which import others, have become
// known.
const MaxRounds = 6

const (
	maxSheets  = 300     // of a source
	maxText    = 8 << 20 // bytes of all sheets together
	maxOneText = 1 << 20 // bytes of one sheet

	maxRedirects = 10
)

// New returns the sheets of a crawl, and loads those of the previous one.
func New(c Config) (*Sheets, error) {
	s := &Sheets{Config: c, known: make(map[string]*sheet), dead: make(map[string]bool)}
	if c.Kept == nil {
		return s, nil
	}
	var err error
	if s.before, err = c.Kept.Known(); err != nil {
		return nil, fmt.Errorf("recall the style sheets: %w", err)
	}
	return s, nil
}

// Page gives one page the sheets that it refers to, as far as they are known.
type Page struct {
	*Sheets
	page     *url.URL
	rendered bool // a script may have written what the page refers to

	wanted []*url.URL // not yet fetched
}

// For returns the sheets of a page. rendered reports whether a browser has rendered it.
func (s *Sheets) For(page *url.URL, rendered bool) *Page {
	return &Page{Sheets: s, page: page, rendered: rendered}
}

// Sheet returns the text of a sheet if it is known. Otherwise it records that the sheet is wanted.
func (p *Page) Sheet(address *url.URL) (text string, known bool) {
	u := *address
	u.Fragment, u.RawFragment = "", ""
	p.mu.Lock()
	defer p.mu.Unlock()
	if sheet, ok := p.known[u.String()]; ok {
		select {
		case <-sheet.done:
			return sheet.text, sheet.is
		default:
		}
	} else if why := p.refuses(&u); why != "" {
		return "", false
	}
	p.wanted = append(p.wanted, &u)
	return "", false
}

// refuses says why a sheet is not fetched, or returns "". For other hosts the rules are those of files that
// a rendered page names: see docs/adr/0038.
func (p *Page) refuses(u *url.URL) string {
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return "no web address"
	}
	if p.Scope.SameSite(u) {
		why, _ := p.MayAsk(u)
		return why
	}
	switch {
	case p.page.Scheme == "https" && u.Scheme != "https":
		return "leads from https to http"
	case p.rendered && !p.isNamed(u):
		return "a script may have named it"
	case p.Secrets.In(u.String()),
		strings.Contains(strings.ToLower(p.page.RequestURI()), strings.ToLower(u.Hostname())):
		return "may carry what is secret"
	}
	return ""
}

// isNamed reports whether the settings name the host.
func (s *Sheets) isNamed(u *url.URL) bool {
	return slices.Contains(s.Hosts, u.Hostname())
}

// Ask fetches the sheets that a page wants, and reports whether there were any. The error is that of ctx.
func (p *Page) Ask(ctx context.Context) (asked bool, err error) {
	for _, u := range p.wanted {
		p.mu.Lock()
		one, begun := p.known[u.String()]
		if !begun {
			one = &sheet{done: make(chan struct{})}
			p.known[u.String()] = one
			p.count++
		}
		p.mu.Unlock()
		if !begun {
			p.read(ctx, u, one)
			close(one.done)
		}
		select {
		case <-one.done:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			return false, context.Cause(ctx)
		}
		asked = true
	}
	p.wanted = nil
	return asked, nil
}

// read fetches one sheet. If that fails, the sheet is as it was before.
func (s *Sheets) read(ctx context.Context, u *url.URL, sheet *sheet) {
	own := s.Scope.SameSite(u)
	s.mu.Lock()
	full, dead := s.count > maxSheets || s.size > maxText, s.dead[u.Host]
	s.mu.Unlock()
	var err error
	switch {
	case full:
		err = fmt.Errorf("the pages refer to more than %d sheets, or %d bytes of them", maxSheets, maxText)
	case dead:
		err = fmt.Errorf("%s gives no answer", u.Host)
	default:
		sheet.text, sheet.is, err = s.fetch(ctx, u, own)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && ctx.Err() == nil {
		sheet.failed = true
		s.dead[u.Host] = s.dead[u.Host] || !own && !full
		sheet.text = s.before[u.String()]
		sheet.is = sheet.text != ""
		s.Log.Info("a style sheet cannot be read, and hides what it hid before, if anything",
			"sheet", u.Redacted(), "reason", s.Secrets.Mask(err.Error()))
	}
	s.size += len(sheet.text)
}

// fetch returns the text of a sheet, and whether the sheet exists.
func (s *Sheets) fetch(ctx context.Context, u *url.URL, own bool) (text string, is bool, err error) {
	if s.Loaded != nil && own {
		if text, ok := s.Loaded(u); ok && len(text) <= maxOneText && !s.Secrets.In(text) {
			return text, true, nil
		}
	}
	client := *s.Own
	switch {
	case !own && s.isNamed(u):
		client = *s.Named
	case !own:
		client = *s.Strangers
	}
	client.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		sameScheme := next.URL.Scheme == u.Scheme || next.URL.Scheme == "https"
		if len(via) >= maxRedirects || next.URL.Host != u.Host || !sameScheme {
			return fmt.Errorf("leads to %s", next.URL.Redacted())
		}
		return nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return "", false, err
	}
	r.Header.Set("User-Agent", s.UserAgent)
	r.Header.Set("Accept", "text/css,*/*;q=0.1")
	res, err := client.Do(r)
	if err != nil {
		return "", false, err
	}
	defer res.Body.Close()
	switch kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); {
	case res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusGone:
		return "", false, nil
	case res.StatusCode != http.StatusOK:
		return "", false, fmt.Errorf("HTTP %d", res.StatusCode)
	case kind != "text/css" && kind != "":
		return "", false, fmt.Errorf("it is %s", fetch.MediaType(res.Header.Get("Content-Type")))
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxOneText+1))
	switch {
	case err != nil:
		return "", false, err
	case len(body) > maxOneText:
		return "", false, fmt.Errorf("has more than %d bytes", maxOneText)
	case s.Secrets.In(string(body)):
		return "", false, fmt.Errorf("has a secret of ours in it")
	}
	return string(body), true, nil
}

// Compare fetches the sheets of earlier crawls. If one has changed, the remembered documents are no longer
// valid.
func (s *Sheets) Compare(ctx context.Context) error {
	for _, address := range slices.Sorted(maps.Keys(s.before)) {
		was := s.before[address]
		u, err := url.Parse(address)
		if err != nil {
			continue
		}
		known := s.For(s.Scope.Site, false)
		if known.refuses(u) != "" {
			continue
		}
		known.wanted = []*url.URL{u}
		if _, err := known.Ask(ctx); err != nil {
			return err
		}
		if s.known[address].text != was {
			s.Log.Info("a style sheet changed: everything is fetched", "sheet", u.Redacted())
			if err := s.Kept.Changed(); err != nil {
				return fmt.Errorf("forget what was read with another style sheet: %w", err)
			}
			break
		}
	}
	return nil
}

// Keep keeps the sheets for the next crawl.
func (s *Sheets) Keep() error {
	if s.Kept == nil || s.Partial {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sheets := make(map[string]string)
	for address, text := range s.before {
		if s.known[address] == nil && len(s.known) < maxSheets {
			sheets[address] = text
		}
	}
	for address, sheet := range s.known {
		select {
		case <-sheet.done:
			if !sheet.failed || sheet.is {
				sheets[address] = sheet.text
			}
		default:
		}
	}
	if err := s.Kept.Keep(sheets); err != nil {
		return fmt.Errorf("keep the style sheets: %w", err)
	}
	return nil
}
