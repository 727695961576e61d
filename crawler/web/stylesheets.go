package web

import (
	"context"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/fincrawl/fincrawl/crawler/web/fetch"
)

// StyleSheets is what is remembered of the style sheets of a source, so that what they hide stays
// hidden while one cannot be read, and so that a document which has not changed is read again where
// a sheet has.
type StyleSheets interface {
	// Known returns the texts of the sheets by their addresses; "" for one that is not there.
	Known() (map[string]string, error)
	// Changed says that documents which are remembered were read with other sheets.
	Changed() error
	// Keep keeps the sheets in place of those that were kept before.
	Keep(sheets map[string]string) error
}

// styleSheets are those that the pages of a crawl refer to. Each is asked for once.
type styleSheets struct {
	of   *crawl
	kept StyleSheets // nil: nowhere

	mu     sync.Mutex
	known  map[string]*styleSheet
	before map[string]string // of earlier crawls
	count  int
	size   int
	dead   map[string]bool // hosts, but for the source's own, that gave no answer
}

// styleSheet is one of them.
type styleSheet struct {
	done   chan struct{} // closed once the rest is known
	text   string
	is     bool // there is such a sheet
	failed bool // whether there is one is not known
}

const (
	maxStyleSheets = 300     // of a source
	maxStyleText   = 8 << 20 // bytes of them together
	maxStyleSheet  = 1 << 20 // bytes of one
	maxStyleRounds = 6       // of sheets that import others
)

func newStyleSheets(c *crawl, kept StyleSheets) (*styleSheets, error) {
	s := &styleSheets{of: c, kept: kept, known: make(map[string]*styleSheet), dead: make(map[string]bool)}
	if kept == nil {
		return s, nil
	}
	var err error
	if s.before, err = kept.Known(); err != nil {
		return nil, fmt.Errorf("recall the style sheets: %w", err)
	}
	return s, nil
}

// pageSheets are the sheets that one page refers to, as far as they are known.
type pageSheets struct {
	*styleSheets
	page     *url.URL
	rendered bool // what it refers to may be a script's word

	wanted []*url.URL // not asked for yet
}

// on are those of the page of an answer.
func (s *styleSheets) on(a answer) *pageSheets {
	return &pageSheets{styleSheets: s, page: a.url, rendered: a.rendered}
}

// Sheet returns the text of a sheet, and notes one that has to be asked for.
func (p *pageSheets) Sheet(address *url.URL) (text string, known bool) {
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

// refuses says why a sheet is not asked for; "" where it is. Those of other hosts are asked for under
// the rules for what a rendered page names: see docs/adr/0038.
func (p *pageSheets) refuses(u *url.URL) string {
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return "no web address"
	}
	if p.of.destinations.own.SameSite(u) {
		why, _ := p.of.mayAsk(u)
		return why
	}
	switch {
	case p.page.Scheme == "https" && u.Scheme != "https":
		return "leads from https to http"
	case p.rendered && !p.isNamed(u):
		return "a script may have named it"
	case p.of.own.In(u.String()), strings.Contains(strings.ToLower(p.page.RequestURI()), strings.ToLower(u.Hostname())):
		return "may carry what is secret"
	}
	return ""
}

// isNamed reports whether the settings name the host.
func (s *styleSheets) isNamed(u *url.URL) bool {
	return slices.Contains(s.of.src.Render.Hosts, u.Hostname())
}

// ask asks for the sheets that a page wants, and reports whether there were any. The error is that of
// ctx.
func (p *pageSheets) ask(ctx context.Context) (asked bool, err error) {
	for _, u := range p.wanted {
		p.mu.Lock()
		sheet, begun := p.known[u.String()]
		if !begun {
			sheet = &styleSheet{done: make(chan struct{})}
			p.known[u.String()] = sheet
			p.count++
		}
		p.mu.Unlock()
		if !begun {
			p.read(ctx, u, sheet)
			close(sheet.done)
		}
		select {
		case <-sheet.done:
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

// read asks for one sheet. One that gives no answer, or another one than a sheet, is as it was.
func (s *styleSheets) read(ctx context.Context, u *url.URL, sheet *styleSheet) {
	own := s.of.destinations.own.SameSite(u)
	s.mu.Lock()
	full, dead := s.count > maxStyleSheets || s.size > maxStyleText, s.dead[u.Host]
	s.mu.Unlock()
	var err error
	switch {
	case full:
		err = fmt.Errorf("the pages refer to more than %d sheets, or %d bytes of them", maxStyleSheets, maxStyleText)
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
		s.of.log.Info("a style sheet cannot be read, and hides what it hid before, if anything", "sheet", u.Redacted(), "reason", s.of.own.Mask(err.Error()))
	}
	s.size += len(sheet.text)
}

// fetch returns the text of a sheet, and whether there is one.
func (s *styleSheets) fetch(ctx context.Context, u *url.URL, own bool) (text string, is bool, err error) {
	if s.of.browser != nil && own {
		if text, ok := s.of.browser.Sheet(u); ok && len(text) <= maxStyleSheet && !s.of.own.In(text) {
			return text, true, nil
		}
	}
	client := *s.of.scripts
	switch {
	case !own && s.isNamed(u):
		client = *s.of.named
	case !own:
		client = *s.of.strangers
	}
	client.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if len(via) >= maxRedirects || next.URL.Host != u.Host || next.URL.Scheme != u.Scheme && next.URL.Scheme != "https" {
			return fmt.Errorf("leads to %s", next.URL.Redacted())
		}
		return nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return "", false, err
	}
	r.Header.Set("User-Agent", s.of.src.Fetch.UserAgent)
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
	body, err := io.ReadAll(io.LimitReader(res.Body, maxStyleSheet+1))
	switch {
	case err != nil:
		return "", false, err
	case len(body) > maxStyleSheet:
		return "", false, fmt.Errorf("has more than %d bytes", maxStyleSheet)
	case s.of.own.In(string(body)):
		return "", false, fmt.Errorf("has a secret of ours in it")
	}
	return string(body), true, nil
}

// compare asks for the sheets of earlier crawls. Where one is another now, nothing that is remembered of
// documents holds.
func (s *styleSheets) compare(ctx context.Context) error {
	for _, address := range slices.Sorted(maps.Keys(s.before)) {
		was := s.before[address]
		u, err := url.Parse(address)
		if err != nil {
			continue
		}
		known := &pageSheets{styleSheets: s, page: s.of.scope.Site}
		if known.refuses(u) != "" {
			continue
		}
		known.wanted = []*url.URL{u}
		if _, err := known.ask(ctx); err != nil {
			return err
		}
		if s.known[address].text != was {
			s.of.log.Info("a style sheet changed: everything is fetched", "sheet", u.Redacted())
			if err := s.kept.Changed(); err != nil {
				return fmt.Errorf("forget what was read with another style sheet: %w", err)
			}
			break
		}
	}
	return nil
}

// keep keeps the sheets for the next crawl. One that is read alone says nothing of the other pages.
func (s *styleSheets) keep() error {
	if s.kept == nil || s.of.only != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sheets := make(map[string]string)
	for address, text := range s.before {
		if s.known[address] == nil && len(s.known) < maxStyleSheets {
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
	if err := s.kept.Keep(sheets); err != nil {
		return fmt.Errorf("keep the style sheets: %w", err)
	}
	return nil
}
