// Command extract measures how much of a page's main content the automatic extraction finds, compared with other
// libraries, on a set of pages whose content is known.
//
// go run ./bench/extract [-ours] [-pages] [-save FILE] [DIR]
//
// DIR (../shared/extraction) holds html/ID.html.gz and truth/ID.json. Precision, recall and F1 of a page compare the
// words of the extracted text with those of the true content; those of a type of page are means over its pages. "with"
// is the share of required snippets that were found, and "without" the share of forbidden ones. The last column is the
// CPU time for parsing, extracting and writing HTML, as a multiple of html.Parse on the same pages in the same process.
//
// The second table splits the pages into two halves by site. An improvement in only one of them is overfitted.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"runtime"
	"slices"
	"syscall"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/crawler/extract"
)

func main() {
	ours := flag.Bool("ours", false, "measure the extraction alone, which takes seconds")
	pages := flag.Bool("pages", false, "list every page with its figures, the worst first")
	save := flag.String("save", "", "write the table to `FILE`, too")
	flag.Parse()
	dir := "../shared/extraction"
	if flag.NArg() > 0 {
		dir = flag.Arg(0)
	}
	if err := run(context.Background(), dir, *ours, *pages, *save); err != nil {
		fmt.Fprintln(os.Stderr, "extract:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir string, alone, list bool, save string) error {
	known, err := load(dir)
	if err != nil {
		return err
	}
	our, how, parsing, err := measure(known)
	if err != nil {
		return err
	}
	if list {
		listPages(os.Stdout, known, our, how)
	}
	programs := []*program{our}
	var notes []string
	if !alone {
		byName := map[string]*program{}
		notes, err = peers(ctx, dir, func(f finding) {
			p := byName[f.Library]
			if p == nil {
				p = &program{name: f.Library, scores: map[string]score{}}
				byName[f.Library] = p
				programs = append(programs, p)
			}
			if t, ok := known[f.ID]; ok {
				p.scores[f.ID] = t.judge(plain(f.HTML))
				return
			}
			if p.times = f.Times; f.CPU > 0 {
				p.times = f.CPU / parsing
			}
		})
		if err != nil {
			return err
		}
	}
	var out bytes.Buffer
	table(&out, known, programs)
	halves(&out, known, our)
	notes = append(notes, studied)
	for _, note := range notes {
		fmt.Fprintf(&out, "\n%s\n", note)
	}
	if save != "" {
		if err := os.WriteFile(save, out.Bytes(), 0o644); err != nil {
			return err
		}
	}
	_, err = os.Stdout.Write(out.Bytes())
	return err
}

// studied says which of the pages the rules were made with.
const studied = "Studied: pages of all types and of both halves. The worst of each type were read to find rules, and each rule was " +
	"measured on all pages before it stayed. So none of this is a test of unseen pages."

// program is an extractor with its scores, by page ID.
type program struct {
	name   string
	scores map[string]score
	times  float64 // CPU, as a multiple of html.Parse's
}

// measure extracts all pages with our extraction. how is the rule that found each body; parsing is the CPU time of
// html.Parse for all pages, in milliseconds.
func measure(known map[string]*truth) (p *program, how map[string]string, parsing float64, err error) {
	p = &program{name: "fincrawl", scores: map[string]score{}}
	how, ids := map[string]string{}, sorted(known)
	parsing = spent(func() {
		for _, id := range ids {
			_, _ = html.Parse(bytes.NewReader(known[id].page))
		}
	})
	found := make([]string, len(ids))
	reading := spent(func() {
		for i, id := range ids {
			var a extract.Article
			if a, err = read(known[id]); err != nil {
				return
			}
			found[i], how[id] = a.HTML, a.How
		}
	})
	for i, id := range ids {
		p.scores[id] = known[id].judge(plain(found[i]))
	}
	p.times = reading / parsing
	return p, how, parsing, err
}

func read(t *truth) (extract.Article, error) {
	u, err := url.Parse(t.URL)
	if err != nil {
		return extract.Article{}, err
	}
	d, err := extract.Parse(u, "text/html; charset=utf-8", t.page)
	if err != nil {
		return extract.Article{}, err
	}
	return d.Extract(extract.Rules{})
}

// spent returns the CPU time of work, in milliseconds.
func spent(work func()) float64 {
	cpu := func() float64 {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
	}
	runtime.GC()
	before := cpu()
	work()
	return cpu() - before
}

// table writes the programs' means for each type of page.
func table(w io.Writer, known map[string]*truth, programs []*program) {
	pages := map[string][]string{}
	for _, id := range sorted(known) {
		pages[known[id].Type] = append(pages[known[id].Type], id)
	}
	fmt.Fprintln(w, "| type | pages | program | precision | recall | F1 | with | without | CPU, × html.Parse |\n|---|---|---|---|---|---|---|---|---|")
	for _, kind := range sorted(pages) {
		for _, p := range programs {
			m := p.mean(pages[kind])
			fmt.Fprintf(w, "| %s | %d | %s | %.3f | %.3f | **%.3f** | %.3f | %.3f | %.1f |\n", kind, len(pages[kind]), p.name,
				m.precision, m.recall, m.f1, m.with, m.without, p.times)
		}
	}
}

// halves writes F1 for two halves of the pages.
func halves(w io.Writer, known map[string]*truth, p *program) {
	pages := map[string]*[2][]string{}
	for _, id := range sorted(known) {
		t := known[id]
		if pages[t.Type] == nil {
			pages[t.Type] = &[2][]string{}
		}
		half := t.half()
		pages[t.Type][half] = append(pages[t.Type][half], id)
	}
	fmt.Fprintf(w, "\n| type | F1 of %s, one half | the other half |\n|---|---|---|\n", p.name)
	for _, kind := range sorted(pages) {
		a, b := pages[kind][0], pages[kind][1]
		fmt.Fprintf(w, "| %s | %.3f (%d pages) | %.3f (%d pages) |\n", kind, p.mean(a).f1, len(a), p.mean(b).f1, len(b))
	}
}

func listPages(w io.Writer, known map[string]*truth, p *program, how map[string]string) {
	ids := sorted(known)
	slices.SortStableFunc(ids, func(a, b string) int { return int((p.scores[a].f1 - p.scores[b].f1) * 1e6) })
	for _, id := range ids {
		s := p.scores[id]
		fmt.Fprintf(w, "F1 %.3f (precision %.3f, recall %.3f) %-14s %s %s: %s\n",
			s.f1, s.precision, s.recall, known[id].Type, id, known[id].URL, how[id])
	}
}

// mean returns the mean scores over pages.
func (p *program) mean(ids []string) (m score) {
	for _, id := range ids {
		s, n := p.scores[id], float64(len(ids))
		m.precision += s.precision / n
		m.recall += s.recall / n
		m.f1 += s.f1 / n
		m.with += s.with / n
		m.without += s.without / n
	}
	return m
}
