// Command hostile measures the cost of reading hostile files. The program reads each kind of file in a process of its
// own, of which the peak of memory and the time are reported:
//
// go run ./bench/hostile [-fincrawl PROGRAM] [-match PART] [-copies 4 | -mixed 4] [-share 1.0]
//
// With -mixed, it reads files of different kinds at once, rather than copies of one.
//
// With -inside, each file is read within this process instead, first at a quarter of its size and then at full size.
// That shows what grows faster than its input.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
	"github.com/fincrawl/fincrawl/ingest/sketch"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/check/lint"
	"github.com/fincrawl/fincrawl/internal/check/screen"
	"github.com/fincrawl/fincrawl/internal/hostile"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
)

func main() {
	inside := flag.Bool("inside", false, "read inside this process, at a quarter of the size and at the whole")
	match := flag.String("match", "", "only the kinds with this in their names")
	share := flag.Float64("share", 1, "of the full size")
	copies := flag.Int("copies", 4, "files of a kind that the program reads at once")
	mixed := flag.Int("mixed", 0, "files of different kinds that the program reads at once; 0: copies of one")
	program := flag.String("fincrawl", "./fincrawl", "the program")
	names := flag.Bool("names", false, "list the kinds")
	below := flag.Bool("below", false, "limit the size so that the page stays below the maximum of elements")
	profile := flag.String("profile", "", "a file for a profile of what is read inside")
	flag.Parse()
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		_ = pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	size := func(c hostile.Case) int {
		size := max(int(float64(c.Full)**share), 4)
		if *below {
			size = belowElements(c, size)
		}
		return size
	}
	var matching []hostile.Case
	for _, c := range hostile.Cases() {
		if strings.Contains(c.Name, *match) {
			matching = append(matching, c)
		}
	}
	for i, c := range matching {
		switch {
		case ctx.Err() != nil:
		case *names:
			fmt.Println(c.Name)
		case *inside:
			readInside(c, size(c))
		case *mixed > 0:
			// Kinds that are far from each other in the list are unlike.
			name, files := c.Name, []hostile.Case{c}
			for n := 1; n < *mixed; n++ {
				next := matching[(i+n*len(matching)/(*mixed))%len(matching)]
				name, files = name+" + "+next.Name, append(files, next)
			}
			whole(ctx, *program, name, files, size)
		default:
			whole(ctx, *program, c.Name, slices.Repeat([]hostile.Case{c}, *copies), size)
		}
	}
}

// belowElements returns size, or a smaller size if the page would have more elements than a page may have.
func belowElements(c hostile.Case, size int) int {
	const most = budget.Elements * 95 / 100
	if tags := bytes.Count(c.Make(size), []byte("<")) - bytes.Count(c.Make(size), []byte("</")); tags > most {
		return int(float64(size) * most / float64(tags))
	}
	return size
}

// readInside reads a file at a quarter of its size and at full size. It prints the CPU time beside the steps that the
// budget counted: where time grows faster than steps, work is not counted.
func readInside(c hostile.Case, size int) {
	var steps [2]string
	var times [2]time.Duration
	var counted [2]int64
	var heap uint64
	for i, n := range []int{size / 4, size} {
		body := c.Make(n)
		runtime.GC()
		peak := watchHeap()
		started := processorTime()
		err := budget.Run(context.Background(), budget.Page, func(ctx context.Context) error {
			defer func() { counted[i] = budget.From(ctx).Spent() }()
			steps[i] = ""
			return read(ctx, c, body, &steps[i])
		})
		if err != nil {
			steps[i] += err.Error()
		}
		times[i] = processorTime() - started
		heap = peak()
	}
	fmt.Printf("%-45s %7.2fs %7.2fs x%-5.1f %6.2fM x%-5.1f %5.0f ns/step %6d MB  %s\n", c.Name, times[0].Seconds(), times[1].Seconds(),
		float64(times[1])/float64(times[0]), float64(counted[1])/1e6, float64(counted[1])/float64(max(counted[0], 1)),
		float64(times[1])/float64(max(counted[1], 1)), heap>>20, steps[1])
}

// processorTime returns how long this process has used processors.
func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // does not fail for the process itself
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// watchHeap records the largest size of the heap until peak is called.
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

// reader reads the files that are not HTML. It takes a moment to start.
//
//nolint:gochecknoglobals // the only one in this program
var reader = document.Reader{Room: new(budget.Memory)}

// read processes a file as the program does, and describes in steps how long each step took.
func read(ctx context.Context, c hostile.Case, body []byte, steps *string) error {
	meter := budget.From(ctx)
	last := time.Now()
	step := func(name string) {
		if took := time.Since(last); took > 100*time.Millisecond {
			*steps += fmt.Sprintf("%s %.2fs  ", name, took.Seconds())
		}
		last = time.Now()
	}
	u, _ := url.Parse("https://example.com" + c.Path)
	var doc *extract.Document
	rules := extract.Rules{}
	if kind := document.KindOf(c.ContentType, u, body); kind != "" {
		r := &reader
		file, err := r.Read(ctx, kind, u, c.ContentType, body)
		step("document")
		if err != nil {
			return err
		}
		doc = &extract.Document{URL: u, Root: goquery.NewDocumentFromNode(file.Root)}
		rules = extract.Rules{Title: "title", Body: "article"}
	} else {
		var err error
		doc, err = extract.Parse(u, c.ContentType, body)
		step("parse")
		if err != nil {
			return err
		}
		doc.Directives()
	}
	doc.Meter = meter
	doc.Links()
	step("links")
	article, err := doc.Extract(rules)
	step("extract")
	if err != nil {
		return err
	}
	page := crawler.Page{
		Source: "s", ExternalID: u.String(), URL: u.String(),
		Title: article.Title, HTML: article.HTML, Markdown: article.Markdown,
	}
	pages, err := settings.Split{Over: 1_000_000}.Of(page, meter, func(string) bool { return false })
	step("split")
	if err != nil {
		return err
	}
	screener, err := screen.New(screen.Config{
		Credentials: screen.Hold, Injections: screen.Hold, Emails: screen.Redact, Phones: screen.Redact,
		Cards: screen.Redact, IBANs: screen.Redact, Markers: []string{"INTERNAL ONLY"}, MarkerAction: screen.Hold,
		Markdown: markdown.FromHTML,
	})
	if err != nil {
		return err
	}
	linter := lint.New(lint.Config{Now: last})
	for _, p := range pages {
		screened, _, err := screener.Page(p, meter)
		step("screen")
		if err != nil {
			return err
		}
		linter.Add(screened)
		_ = screened.Fingerprint()
		_ = screened.Says()
		_ = sketch.Of(screened.HTML)
		step("lint")
	}
	*steps += fmt.Sprintf("%d kB, %d parts", len(article.HTML)>>10, len(pages))
	return nil
}
