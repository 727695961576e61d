package pages_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/crawlertest"
	"github.com/fincrawl/fincrawl/crawler/listing"
	"github.com/fincrawl/fincrawl/crawler/pages"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
)

func TestAListKeepsThePromisesOfASource(t *testing.T) {
	crawlertest.RunListed(t, func(t *testing.T) crawlertest.Listed {
		p := &place{t: t, marks: map[string]string{}, outcomes: map[crawler.Source]*listing.Outcomes{}, pages: map[string]string{}}
		for _, id := range []string{"1", "2", "3", "4"} {
			p.pages["https://wiki.test/"+id] = id
		}
		p.server = httptest.NewServer(p)
		t.Cleanup(p.server.Close)
		return p
	})
}

// place is a system that gives its list at a URL.
type place struct {
	t        *testing.T
	server   *httptest.Server
	outcomes map[crawler.Source]*listing.Outcomes

	mu    sync.Mutex
	pages map[string]string // address → ID
	marks map[string]string // address → what is the matter with the page
	fault string
	held  string
	waits chan struct{}
}

// asked is a source that begins anew with each reading.
type asked struct{ place *place }

func (a *asked) Read(ctx context.Context, r crawler.Reading) (crawler.Coverage, error) {
	p := a.place
	p.outcomes[a] = new(listing.Outcomes)
	address, err := url.Parse(p.server.URL + "/list")
	if err != nil {
		return crawler.Coverage{}, err
	}
	feed := &pages.Feed{Address: address, Auth: auth.Config{Bearer: "the-token-of-the-wiki"}, Client: fetch.ClientConfig{
		Limits: fetch.Limits{Timeout: time.Minute, MaxBody: 1 << 20, UserAgent: "fincrawl/test"},
		Wait:   func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
		Log:    slog.New(slog.DiscardHandler),
	}}
	source := listing.Source{Name: "wiki", Locale: "en", Address: feed.Address.String()}
	return listing.New(source, pages.New(pages.Source{URL: feed}), listing.Surroundings{Outcomes: p.outcomes[a]}).Read(ctx, r)
}

func (p *place) Source() crawler.Source { return &asked{p} }

func (p *place) Addresses() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Sorted(maps.Keys(p.pages))
}

func (p *place) Outcome(s crawler.Source, address string) crawler.Outcome {
	outcome, _, _, _ := p.outcomes[s].Outcome(address)
	if outcome == "" {
		outcome, _, _, _ = p.outcomes[s].Outcome(p.pages[address])
	}
	return outcome
}

// Fact is settled at the ID, since nothing is remembered of where the page was.
func (p *place) Fact(s crawler.Source, address string) crawler.Outcome {
	outcome, _, _, _ := p.outcomes[s].Outcome(p.pages[address])
	return outcome
}

func (p *place) mark(address, what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.marks[address] = what
}

func (p *place) Break(address string) { p.mark(address, "error") }
func (p *place) Hide(address string)  { p.mark(address, "hidden") }
func (p *place) Veil(address string)  { p.mark(address, "veiled") }

func (p *place) Remove(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.pages, address)
}

func (p *place) Move(address string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages[address+"/new"] = p.pages[address]
	delete(p.pages, address)
	return address + "/new"
}

func (p *place) Hold(address string) <-chan struct{} {
	p.held, p.waits = address, make(chan struct{})
	return p.waits
}

func (p *place) Faults() map[string]func() {
	faults := map[string]func(){}
	for _, name := range []string{
		"a wrong password", "an expired token", "a list that is cut off", "a list cut by 503", "a changed total",
		"a repeated ID", "a repeated cursor", "an empty answer", "a web page", "next on another site",
	} {
		faults[name] = func() { p.fault = name }
	}
	return faults
}

func (p *place) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	all, marks, held, fault := maps.Clone(p.pages), maps.Clone(p.marks), p.held, p.fault
	p.held = ""
	p.mu.Unlock()
	switch {
	case r.Header.Get("Authorization") != "Bearer the-token-of-the-wiki", fault == "a wrong password":
		w.WriteHeader(http.StatusUnauthorized)
		return
	case fault == "an expired token":
		_, _ = io.WriteString(w, `{"error":"token expired"}`)
		return
	case fault == "a list cut by 503" && r.URL.RawQuery != "":
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case fault == "a web page":
		_, _ = io.WriteString(w, "<!doctype html><title>Log in</title>")
		return
	case fault == "an empty answer":
		all = nil
	}
	say := func(line map[string]any) { _ = json.NewEncoder(w).Encode(line) }
	say(map[string]any{"type": "begin", "protocol": 1, "mode": "full"})
	complete, count := true, 0
	for i, address := range slices.Sorted(maps.Keys(all)) {
		id := all[address]
		if address == held {
			w.(http.Flusher).Flush()
			close(p.waits)
			<-r.Context().Done()
			return
		}
		page := map[string]any{"type": "page", "id": id, "url": address, "title": "Page " + id,
			"html": fmt.Sprintf(`<p>This is page %s. See <a href="../%d">another</a>.</p>`, id, i)}
		switch marks[address] {
		case "error":
			complete = false
			say(map[string]any{"type": "error", "id": id, "message": "503 from the wiki"})
			continue
		case "hidden":
			page = map[string]any{"type": "hidden", "id": id, "reason": "draft"}
		case "veiled":
			page["readers"] = "group 17"
		}
		count++
		say(page)
		if fault == "a repeated ID" {
			say(page)
		}
		if fault == "a list that is cut off" {
			return
		}
	}
	end := map[string]any{"type": "end", "complete": complete, "count": count, "cursor": "c1", "reason": "503"}
	switch fault {
	case "a changed total":
		end["count"] = count + 1
	case "a repeated cursor":
		end["next"] = "/list"
	case "a list cut by 503":
		end["next"] = "/list?page=2"
	case "next on another site":
		end["next"] = "https://elsewhere.test/list"
	}
	say(end)
}

// What is read is bounded by the longest line, whatever comes.
func FuzzLines(f *testing.F) {
	f.Add([]byte("{\"type\":\"begin\",\"protocol\":1,\"mode\":\"full\"}\n{\"type\":\"page\",\"id\":\"1\",\"url\":\"https://w.test/\",\"title\":\"T\",\"html\":\"x\"}\n{\"type\":\"end\",\"complete\":true,\"count\":1}\n"))
	f.Add([]byte("{\"type\":\"begin\",\"protocol\":1,\"mode\":\"changes\"}\n\n{\"type\":\"gone\",\"id\":\"\\u0000\"}\r\n{\"type\":\"end\",\"complete\":true,\"count\":0}"))
	f.Add([]byte("\ufeff{}\n[1]\n\"\n{\"type\":1}"))
	f.Fuzz(func(t *testing.T, list []byte) {
		said := 0
		store := new(listing.Outcomes)
		c, err := pages.Check(t.Context(), bytes.NewReader(list), listing.Source{Name: "fuzz", Address: "list"}, store,
			func(*listing.Fault) { said++ })
		if c.Complete && (err != nil || said > 0) {
			t.Errorf("a faulty list is complete: %+v, %v", c, err)
		}
		sum := 0
		for _, n := range c.Outcomes {
			sum += n
		}
		if sum != c.Discovered {
			t.Errorf("%d discovered, %d outcomes", c.Discovered, sum)
		}
	})
}
