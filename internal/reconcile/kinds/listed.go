package kinds

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/listing"
	"github.com/fincrawl/fincrawl/crawler/web"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/ingest/verify"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
)

// lists is a kind whose sources list their pages.
type lists struct {
	// lister returns what lists the pages of a source, and how its list is called in reports.
	lister func(s config.Source, p Place) (l listing.Lister, address string, err error)
	// depends returns the settings of the kind that pages depend on, by their key in sources.yaml.
	depends func(config.Source) map[string]string
}

// kind returns the row of a kind that lists its pages. Everything but the lister is the same for all of them.
func (l lists) kind() kind {
	return kind{l.make, judgeListed, claimListed, l.explain, l.look, l.depends}
}

// make makes a source of a kind that lists its pages.
func (l lists) make(s config.Source, p Place) (crawler.Source, error) {
	source, err := settings.NewSource(s)
	if err != nil {
		return nil, err
	}
	list, address, err := l.lister(s, p)
	if err != nil {
		return nil, err
	}
	sur := listing.Surroundings{
		Outcomes: p.Frontier, Cursor: p.Cursor, Preview: p.Preview, Documents: p.Documents, Room: p.Room,
		Secrets: p.Secrets, Log: p.Log,
	}
	if p.Ledger != nil {
		sur.Memory = remembered{source: s.Name, ledger: p.Ledger, memory: p.Memory}
	}
	return listing.New(listing.Source{
		Name: s.Name, Locale: s.Locale, Address: address, Content: source.Content, Availability: source.Availability,
		Readers: listing.Readers(s.Readers), MaxPages: s.MaxPages,
	}, list, sur), nil
}

// judgeListed says whether an address is under the library's. What is listed is a page, wherever it is.
func judgeListed(s config.Source, address *url.URL) (scope.Judgement, error) {
	u, err := listing.AddressOf(address.String())
	if err != nil {
		return scope.Judgement{}, fmt.Errorf("judge %s: %w", address.Redacted(), err)
	}
	under := s.LibraryURL
	if s.Kind != config.KindPages {
		under = s.URL
	}
	library, err := url.Parse(under)
	if err != nil {
		return scope.Judgement{}, err
	}
	folder := library.Path[:strings.LastIndexByte(library.Path, '/')+1]
	inside := u.Host == library.Host && strings.HasPrefix(u.Path, cmp.Or(folder, "/"))
	rule := scope.Rule{Name: "library_url", Verdict: scope.Admits, Says: under}
	j := scope.Judgement{URL: u.String(), Inside: inside, Page: true}
	if !inside {
		rule.Verdict, j.Detail = scope.Refuses, "not under "+under
	}
	j.Rules = []scope.Rule{rule}
	return j, nil
}

// claimListed claims all pages: an ID of another system shows nothing of where it comes from, and the import
// source has the pages of one source alone.
func claimListed(config.Source) (verify.Claim, error) {
	return func(externalID, pageURL string) bool {
		_, address, _ := crawler.CutPart(externalID, pageURL)
		_, err := listing.AddressOf(address)
		return err == nil && externalID != ""
	}, nil
}

// explain reads one page.
func (l lists) explain(ctx context.Context, s config.Source, address *url.URL, p Place) (web.Explanation, error) {
	judged, err := judgeListed(s, address)
	e := web.Explanation{Judgement: judged}
	if err != nil {
		return e, err
	}
	u, err := url.Parse(judged.URL)
	if err != nil {
		return e, err
	}
	outcomes, kept := new(listing.Outcomes), new(kept)
	p.Frontier, p.Memory, p.Preview = outcomes, nil, true
	source, err := l.make(s, p)
	if err != nil {
		return e, err
	}
	if _, err := source.Read(ctx, crawler.Reading{Sink: kept, Only: []*url.URL{u}}); err != nil {
		return e, err
	}
	seen := &web.Seen{URL: judged.URL}
	e.Seen = seen
	if page := kept.page; page != nil {
		seen.Outcome, seen.Title, seen.TitleFrom = crawler.Paged, page.Title, "the source"
		seen.Markdown, seen.Page = page.Markdown, page
		if page.URL != judged.URL {
			seen.Moved = page.URL
		}
		return e, nil
	}
	for settled, err := range outcomes.Settled() {
		if err != nil {
			return e, err
		}
		if seen.Outcome, seen.Detail = settled.Outcome, settled.Detail; settled.URL == judged.URL {
			break
		}
	}
	return e, nil
}

// kept keeps the last page.
type kept struct {
	mu   sync.Mutex
	page *crawler.Page
}

// Put implements [crawler.Sink].
func (k *kept) Put(_ context.Context, p crawler.Page) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.page = &p
	return nil
}

// look reads the whole list.
func (l lists) look(ctx context.Context, s config.Source, p Place) ([]string, error) {
	outcomes := new(listing.Outcomes)
	p.Frontier, p.Preview = outcomes, true
	source, err := l.make(s, p)
	if err != nil {
		return nil, err
	}
	c, err := source.Read(ctx, crawler.Reading{Sink: listing.Nowhere{}})
	if err != nil {
		return nil, err
	}
	var seen []string
	for _, o := range slices.Sorted(maps.Keys(c.Outcomes)) {
		seen = append(seen, fmt.Sprintf("%s: %d", o, c.Outcomes[o]))
	}
	if !c.SawAll() {
		for _, g := range c.Gaps {
			err = errors.Join(err, fmt.Errorf("%s: %s", g.URL, g.Detail))
		}
		return seen, cmp.Or(err, errors.New("the list is not complete"))
	}
	return append(seen, plural.Count(c.Discovered, "page")+", and the list is complete"), nil
}
