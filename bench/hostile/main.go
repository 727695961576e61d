// Command hostile measures what reading hostile files costs. Each kind is read by the
// whole program as a process of its own, with its peak of memory and its time:
//
//	go run ./bench/hostile [-fincrawl PROGRAM] [-match PART] [-copies 4] [-share 1.0]
//
// With -inside it reads them inside this process instead, at a quarter of the size and
// at the whole, one after the other, which shows what grows faster than its input.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/ingest/lint"
	"github.com/fincrawl/fincrawl/ingest/screen"
	"github.com/fincrawl/fincrawl/internal/hostile"
)

func main() {
	inside := flag.Bool("inside", false, "read inside this process, at a quarter of the size and at the whole")
	match := flag.String("match", "", "only the kinds with this in their names")
	share := flag.Float64("share", 1, "of the full size")
	copies := flag.Int("copies", 4, "files of a kind that the program reads at once")
	program := flag.String("fincrawl", "./fincrawl", "the program")
	names := flag.Bool("names", false, "list the kinds")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	for _, c := range hostile.Cases() {
		if !strings.Contains(c.Name, *match) || ctx.Err() != nil {
			continue
		}
		if *names {
			fmt.Println(c.Name)
			continue
		}
		size := max(int(float64(c.Full)**share), 4)
		if *inside {
			readInside(c, size)
			continue
		}
		whole(ctx, *program, c, size, *copies)
	}
}

func readInside(c hostile.Case, size int) {
	var steps [2]string
	var times [2]time.Duration
	var heap uint64
	for i, n := range []int{size / 4, size} {
		body := c.Make(n)
		runtime.GC()
		peak := watchHeap()
		started := time.Now()
		steps[i] = read(c, body)
		times[i] = time.Since(started)
		heap = peak()
	}
	fmt.Printf("%-45s %8.2fs %8.2fs  x%-5.1f %6d MB  %s\n", c.Name, times[0].Seconds(), times[1].Seconds(),
		float64(times[1])/float64(times[0]), heap>>20, steps[1])
}

// watchHeap returns what the heap has at most until peak is called.
func watchHeap() (peak func() uint64) {
	stop, done := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		var m runtime.MemStats
		for {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			select {
			case <-stop:
				done <- most
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return func() uint64 { close(stop); return <-done }
}

// read reads a file as the program does, and says how long each step took.
func read(c hostile.Case, body []byte) (steps string) {
	last := time.Now()
	step := func(name string) {
		if took := time.Since(last); took > 100*time.Millisecond {
			steps += fmt.Sprintf("%s %.2fs  ", name, took.Seconds())
		}
		last = time.Now()
	}
	u, _ := url.Parse("https://example.com" + c.Path)
	var doc *extract.Document
	rules := extract.Rules{}
	if kind := document.KindOf(c.ContentType, u, body); kind != "" {
		var r document.Reader
		defer r.Close()
		file, err := r.Read(context.Background(), kind, u, c.ContentType, body)
		step("document")
		if err != nil {
			return steps + err.Error()
		}
		doc = &extract.Document{URL: u, Root: goquery.NewDocumentFromNode(file.Root)}
		rules = extract.Rules{Title: "title", Body: "article"}
	} else {
		var err error
		doc, err = extract.Parse(u, c.ContentType, body)
		step("parse")
		if err != nil {
			return steps + err.Error()
		}
		doc.Directives()
	}
	doc.Links()
	step("links")
	article, err := doc.Extract(rules)
	step("extract")
	if err != nil {
		return steps + err.Error()
	}
	page := crawler.Page{Source: "s", ExternalID: u.String(), URL: u.String(), Title: article.Title, HTML: article.HTML, Markdown: article.Markdown}
	pages, err := crawler.Split{Over: 100_000}.Of(page, nil, func(string) bool { return false })
	step("split")
	if err != nil {
		return steps + err.Error()
	}
	screener, err := screen.New(screen.Config{Credentials: screen.Hold, Injections: screen.Hold, Emails: screen.Redact, Phones: screen.Redact, Cards: screen.Redact,
		IBANs: screen.Redact, Markers: []string{"INTERNAL ONLY"}, MarkerAction: screen.Hold, Markdown: markdown.FromHTML})
	if err != nil {
		return err.Error()
	}
	linter := lint.New(lint.Config{Now: last})
	for _, p := range pages {
		screened, _, err := screener.Page(p, nil)
		step("screen")
		if err != nil {
			return steps + err.Error()
		}
		linter.Add(screened)
		_ = screened.Fingerprint()
		_ = screened.Says()
		step("lint")
	}
	return steps + fmt.Sprintf("%d kB, %d parts", len(article.HTML)>>10, len(pages))
}
