package state_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/state"
)

// BenchmarkEntries reads what a plan reads of a source with 100,000 pages.
func BenchmarkEntries(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "state.db"))
	const entries = 100_000
	for i := range entries {
		if err := s.PutEntry("wiki", sampleEntry(i)); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Flush(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range s.Entries("wiki") {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != entries {
			b.Fatalf("%d entries, want %d", n, entries)
		}
	}
	b.ReportMetric(float64(entries)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkOpen opens a file that remembers 100,000 pages, structure check included.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "state.db")
	s := open(b, path)
	c := begin(b, s)
	body := sampleBody()
	for i := range 100_000 {
		e := sampleEntry(i)
		if err := c.Stage(state.Staged{ExternalID: e.ExternalID}, &body); err != nil {
			b.Fatal(err)
		}
		if err := s.Acknowledge("wiki", e); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := state.Open(path, state.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCrawl does what a crawl does for each page: it takes a request,
// discovers the page's 100 links, of which a few are new, queues those, settles
// the page and stages its text.
func BenchmarkCrawl(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "state.db"))
	c := begin(b, s)
	body := sampleBody()
	url := func(i int) string { return fmt.Sprintf("https://wiki.example.com/wiki/Some_Article_Title_%d", i) }
	known := 1
	if _, err := c.Discover("", 0, []string{url(0)}); err != nil {
		b.Fatal(err)
	}
	page := 0
	for b.Loop() {
		links := make([]string, 100)
		for i := range links {
			links[i] = url((page*7919 + i*104729) % known)
		}
		for i := range 4 {
			links[i*25] = url(known + i)
		}
		known += 4
		fresh, err := c.Discover(url(page), 1, links)
		if err != nil || len(fresh) != 4 {
			b.Fatal(len(fresh), err)
		}
		for _, u := range fresh {
			if err := c.AddRequest([]byte(u)); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := c.GetRequest(); err != nil {
			b.Fatal(err)
		}
		if err := c.Settle(url(page), "page", ""); err != nil {
			b.Fatal(err)
		}
		if err := c.Stage(state.Staged{ExternalID: url(page), URL: url(page), Title: "Some title", Hash: "sha256:abc"}, &body); err != nil {
			b.Fatal(err)
		}
		page++
	}
	if err := s.Flush(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}

// BenchmarkAcknowledge records uploads of 8 kB pages.
func BenchmarkAcknowledge(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "state.db"))
	c := begin(b, s)
	body := sampleBody()
	for i := 0; b.Loop(); i++ {
		e := sampleEntry(i)
		if err := c.Stage(state.Staged{ExternalID: e.ExternalID}, &body); err != nil {
			b.Fatal(err)
		}
		if err := s.Acknowledge("wiki", e); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Flush(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
}

func sampleEntry(i int) state.Entry {
	url := fmt.Sprintf("https://help.example.com/articles/%06d-how-to-do-something", i*7919%1_000_000)
	return state.Entry{
		ExternalID: url, RemoteID: fmt.Sprint(30_000_000 + i), URL: url, Title: fmt.Sprintf("How to do something, part %d", i),
		Hash: "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", AIAgent: true, AICopilot: true,
		SentAt: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC),
	}
}

// sampleBody is 8 kB of HTML that compresses to about a quarter, as text does.
func sampleBody() state.Body {
	var text strings.Builder
	for i := 0; text.Len() < 8<<10; i++ {
		fmt.Fprintf(&text, "<p>Step %d: open %x and choose <b>%x</b>, then wait.</p>\n", i, i*2654435761, i*40503*i)
	}
	return state.Body{HTML: text.String(), Markdown: strings.NewReplacer("<p>", "", "</p>", "", "<b>", "**", "</b>", "**").Replace(text.String())}
}
