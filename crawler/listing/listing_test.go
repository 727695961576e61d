package listing_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/listing"
)

// said is a lister that says what it is given.
type said struct {
	items []listing.Item
	end   listing.End
	err   error
}

func (s said) List(ctx context.Context, _ listing.Ask, give func(context.Context, listing.Item) error) (listing.End, error) {
	for i, item := range s.items {
		item.Where = fmt.Sprintf("item %d", i+1)
		if err := give(ctx, item); err != nil {
			return listing.End{}, err
		}
	}
	return s.end, s.err
}

// sent is a memory of what was sent.
type sent map[string]listing.Sent

func (s sent) Sent() iter.Seq2[listing.Sent, error] {
	return func(yield func(listing.Sent, error) bool) {
		for _, one := range s {
			if !yield(one, nil) {
				return
			}
		}
	}
}

func (s sent) Of(id string) (listing.Sent, bool, error) {
	one, ok := s[id]
	return one, ok, nil
}

func (sent) Again(listing.Sent) error    { return nil }
func (sent) Remember(listing.Sent) error { return nil }

// shelf keeps pages by their IDs.
type shelf struct {
	mu    sync.Mutex
	pages map[string]crawler.Page
}

func (s *shelf) Put(_ context.Context, p crawler.Page) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pages == nil {
		s.pages = make(map[string]crawler.Page)
	}
	s.pages[p.ExternalID] = p
	return nil
}

// read reads what is said by a source of which memory was sent.
func read(t *testing.T, source listing.Source, memory sent, s said) (*listing.Outcomes, *shelf, crawler.Coverage, error) {
	t.Helper()
	source.Name, source.Locale, source.Address = "wiki", "en", "the list"
	outcomes, sink := new(listing.Outcomes), new(shelf)
	sur := listing.Surroundings{Outcomes: outcomes}
	if memory != nil {
		sur.Memory = memory
	}
	c, err := listing.New(source, s, sur).Read(t.Context(), crawler.Reading{Sink: sink})
	return outcomes, sink, c, err
}

func page(id, path string) listing.Item {
	return listing.Item{What: listing.Page, ID: id, URL: "https://w.test" + path, Title: "Page " + id, Format: listing.HTML, Body: []byte("<p>Text.</p>")}
}

func complete(count int) listing.End { return listing.End{Complete: true, Count: count} }

// A page that is hidden stays hidden where another page has its address now, whichever is said first.
func TestAHiddenPageIsKnownByItsIDWhereItsAddressIsTaken(t *testing.T) {
	hidden := listing.Item{What: listing.Hidden, ID: "1", Reason: "draft"}
	for _, items := range [][]listing.Item{{hidden, page("2", "/a")}, {page("2", "/a"), hidden}} {
		outcomes, sink, c, err := read(t, listing.Source{}, sent{"1": {ID: "1", URL: "https://w.test/a"}}, said{items: items, end: complete(2)})
		if err != nil || !c.Complete || c.Discovered != 2 {
			t.Errorf("%+v, %v", c, err)
		}
		if o, _, _, _ := outcomes.Outcome("1"); o != crawler.Hidden {
			t.Errorf("the hidden page ends as %q", o)
		}
		if o, _, _, _ := outcomes.Outcome("https://w.test/a"); o != crawler.Paged || sink.pages["2"].URL == "" {
			t.Errorf("the page at its address ends as %q", o)
		}
	}
}

// A page that moved is not missed at its old address, and one that is not listed is.
func TestWhatIsNotListedAnyMoreIsSettled(t *testing.T) {
	memory := sent{"1": {ID: "1", URL: "https://w.test/old"}, "2": {ID: "2", URL: "https://w.test/b"}}
	outcomes, _, c, err := read(t, listing.Source{}, memory, said{items: []listing.Item{page("1", "/new")}, end: complete(1)})
	if err != nil || !c.Complete || c.Discovered != 2 {
		t.Errorf("%+v, %v", c, err)
	}
	if o, _, known, _ := outcomes.Outcome("https://w.test/old"); known {
		t.Errorf("the old address of a page that moved ends as %q", o)
	}
	if o, _, _, _ := outcomes.Outcome("https://w.test/b"); o != crawler.Unlisted {
		t.Errorf("what is not listed ends as %q", o)
	}
	// Where only changes are listed, nothing is missed.
	end := listing.End{Complete: true, Changes: true, Count: 1}
	if _, _, c, err := read(t, listing.Source{}, memory, said{items: []listing.Item{page("1", "/new")}, end: end}); err != nil || !c.SawAll() || c.Complete || c.Discovered != 1 {
		t.Errorf("changes: %+v, %v", c, err)
	}
}

// A version that is not the known one is a fault: the page stays, and so does everything that is not listed.
func TestOnlyAKnownVersionIsTheSame(t *testing.T) {
	memory := sent{"1": {ID: "1", URL: "https://w.test/a", Version: "7"}, "2": {ID: "2", URL: "https://w.test/b"}}
	for version, same := range map[string]bool{"7": true, "8": false, "": false} {
		outcomes, _, c, _ := read(t, listing.Source{}, memory,
			said{items: []listing.Item{{What: listing.Same, ID: "1", Version: version}, page("2", "/b")}, end: complete(2)})
		o, _, _, _ := outcomes.Outcome("https://w.test/a")
		if c.Complete != same || same != (o == crawler.NotModified) || !same && !o.Spares() {
			t.Errorf("version %q ends as %q: %+v", version, o, c)
		}
	}
}

// Who may read a page decides whether it is given, by the readers of the source.
func TestReadersOfPages(t *testing.T) {
	for _, test := range []struct {
		source, page listing.Readers
		outcome      crawler.Outcome
	}{
		{"", "", crawler.Paged}, {"", listing.Everyone, crawler.Paged}, {"", listing.Members, crawler.Hidden}, {"", listing.Restricted, crawler.Hidden},
		{listing.Members, listing.Members, crawler.Paged}, {listing.Members, listing.Restricted, crawler.Hidden}, {"", "group 7", crawler.Unserved},
	} {
		item := page("1", "/a")
		item.Readers = test.page
		outcomes, _, _, _ := read(t, listing.Source{Readers: test.source}, nil, said{items: []listing.Item{item}, end: complete(1)})
		at := map[bool]string{true: "https://w.test/a", false: "1"}[test.outcome == crawler.Paged]
		if o, _, _, _ := outcomes.Outcome(at); o != test.outcome {
			t.Errorf("a page for %q in a source for %q ends as %q", test.page, test.source, o)
		}
	}
}

// Labels and sections are seen by rules of availability, titles are those of the source, and rules of content hold.
func TestWhatASourceSaysOfAPageIsHeeded(t *testing.T) {
	item := page("1", "/docs/a")
	item.Title, item.Body = "The title", []byte(`<title>Wrong</title><h1>The title</h1><p class=x>Not this.</p><p>See <a href="../b">b</a>.</p>`)
	_, sink, _, err := read(t, listing.Source{Content: extract.Rules{Remove: []string{".x"}}}, nil, said{items: []listing.Item{item}, end: complete(1)})
	p := sink.pages["1"]
	if err != nil || p.Title != "The title" || p.HTML != `<p>See <a href="https://w.test/b">b</a>.</p>` {
		t.Errorf("%q %q, %v", p.Title, p.HTML, err)
	}
}

// A list without a page is a fault, and so is one that has more than it may.
func TestTheSizeOfAList(t *testing.T) {
	_, _, c, err := read(t, listing.Source{}, nil, said{end: complete(0)})
	if err == nil || !strings.Contains(err.Error(), "the list is empty") || c.Complete {
		t.Errorf("an empty list: %+v, %v", c, err)
	}
	_, sink, c, _ := read(t, listing.Source{MaxPages: 1}, nil, said{items: []listing.Item{page("1", "/a"), page("2", "/b")}, end: complete(2)})
	if c.Complete || len(sink.pages) != 1 || c.Outcomes[crawler.OverLimit] != 1 {
		t.Errorf("a long list: %+v", c)
	}
	// An error of the program itself is none of the source.
	broken := errors.New("no more memory")
	if _, _, c, err := read(t, listing.Source{}, nil, said{items: []listing.Item{page("1", "/a")}, err: broken}); !errors.Is(err, broken) || c.Complete {
		t.Errorf("%+v, %v", c, err)
	}
}
