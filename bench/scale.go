package main

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"time"

	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"github.com/fincrawl/fincrawl/bench/site"
	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/state"
)

// scale syncs two generated sites, one ten times as large as the other, and compares memory and the size of the state
// file.
func (b *bench) scale(ctx context.Context) error {
	small, _, err := b.scaleOnce(ctx, b.pages/10)
	if err != nil {
		return err
	}
	large, file, err := b.scaleOnce(ctx, b.pages)
	if err != nil {
		return err
	}
	on := fmt.Sprintf("%d generated pages", b.pages)
	mapped := fmt.Sprintf("%.0f MB of it is no file's; the state file is mapped and counts. It took %.0f s, %.2f ms CPU a page",
		mb(large.Own), large.Wall.Seconds(), milliseconds(large.CPU, b.pages))
	b.results.add("scale",
		most(aim{What: "whole sync", On: on, Aim: "resident memory ≤ 150 MB", Value: mb(large.Memory), Unit: "MB", Note: mapped}, 150),
		most(aim{What: "whole sync", On: on, Aim: "at a tenth of the pages, not over 20 % less", Value: 100 * (1 - float64(small.Memory)/float64(large.Memory)), Unit: "% less",
			Note: fmt.Sprintf("%.0f MB at %d pages; without files' %.0f and %.0f MB", mb(small.Memory), b.pages/10, mb(small.Own), mb(large.Own))}, 20),
		most(aim{What: "whole sync", On: on, Aim: "state file ≤ 3 × the sent text compressed", Value: file.relative, Unit: "×", Note: file.note}, 3))
	return nil
}

type fileSize struct {
	relative float64
	note     string
}

func (b *bench) scaleOnce(ctx context.Context, pages int) (cost, fileSize, error) {
	s := site.New(site.Shape{Seed: 6, Pages: pages, Branching: 20, Alike: 0.02, Printed: 0.02})
	address, closeSite, err := serve(s)
	if err != nil {
		return cost{}, fileSize{}, err
	}
	defer closeSite()
	box, api, closeAPI, err := library()
	if err != nil {
		return cost{}, fileSize{}, err
	}
	defer closeAPI()
	p, err := b.project(api, source{name: "site", url: address + "/"})
	if err != nil {
		return cost{}, fileSize{}, err
	}
	spent, err := p.run(ctx, "sync")
	if err != nil {
		return cost{}, fileSize{}, err
	}
	asked, _ := s.Asked()
	b.say("sync of %d pages: %.0f s, %.0f MB resident, %.0f MB of its own, %.2f ms CPU a page (%d requests)",
		pages, spent.Wall.Seconds(), mb(spent.Memory), mb(spent.Own), milliseconds(spent.CPU, pages), asked)
	size, err := p.stateSize()
	if err != nil {
		return cost{}, fileSize{}, err
	}
	if _, err := p.run(ctx, "state", "compact"); err != nil {
		return cost{}, fileSize{}, err
	}
	compact, err := p.stateSize()
	if err != nil {
		return cost{}, fileSize{}, err
	}
	zip, err := zstd.NewWriter(nil)
	if err != nil {
		return cost{}, fileSize{}, err
	}
	defer func() { _ = zip.Close() }()
	sent, compressed := 0, 0
	for _, page := range box.Pages(box.Sources()[0].ID) {
		sent += len(page.HTML)
		compressed += len(zip.EncodeAll([]byte(page.HTML), nil))
	}
	if n := box.Writes(); n < pages {
		return cost{}, fileSize{}, fmt.Errorf("%d pages made %d writes", pages, n)
	}
	return spent, fileSize{float64(size) / float64(compressed),
		fmt.Sprintf("%.0f MB, and %.0f MB (%.2f ×) after `state compact`; the HTML sent is %.0f MB, page by page zstd compressed %.0f MB",
			mb(size), mb(compact), float64(compact)/float64(compressed), mb(int64(sent)), mb(int64(compressed)))}, nil
}

func mb(n int64) float64 { return float64(n) / 1e6 }

// planned is the number of entries for the plan experiment.
const planned = 100_000

// plan measures a plan of unchanged entries from a state file.
func (b *bench) plan(context.Context) error {
	dir, err := b.folder()
	if err != nil {
		return err
	}
	store, err := state.Open(filepath.Join(dir, "fincrawl.db"), state.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	crawl, err := stageUnchanged(store, planned)
	if err != nil {
		return err
	}
	var seconds, kept []float64
	for range b.rounds {
		before, started := heap(), processCPU()
		wall := time.Now()
		plan, err := planOf(store, crawl, planned)
		if err != nil {
			return err
		}
		spent, used := time.Since(wall), processCPU()-started
		kept = append(kept, float64(heap()-before)/1e6)
		seconds = append(seconds, used.Seconds())
		if n := plan.Counts()[ingest.Unchanged]; n != planned {
			return fmt.Errorf("%d of %d pages are unchanged in the plan", n, planned)
		}
		b.say("plan: %.2f s, of them %.2f s CPU; keeps %.0f MB", spent.Seconds(), used.Seconds(), last(kept))
		runtime.KeepAlive(plan)
	}
	on := fmt.Sprintf("%d unchanged entries in a state file", planned)
	b.results.add("plan",
		most(aim{What: "plan", On: on, Aim: "≤ 1 s", Value: median(seconds), Unit: "s CPU"}, 1),
		most(aim{What: "plan", On: on, Aim: "≤ 50 MB", Value: median(kept), Unit: "MB kept"}, 50))
	return nil
}

func stageUnchanged(store *state.Store, pages int) (*state.Crawl, error) {
	crawl, err := store.BeginCrawl("site")
	if err != nil {
		return nil, err
	}
	s := site.New(site.Shape{Pages: pages})
	for i := range pages {
		address := "https://help.example.com" + s.Path(i)
		title := fmt.Sprintf("An article about the number %06d", i)
		hash := crawler.Page{URL: address}.Fingerprint()
		entry := state.Entry{
			ExternalID: address, RemoteID: fmt.Sprint(i), URL: address, Title: title, Hash: hash, SentAt: time.Unix(1, 0),
		}
		err := store.PutEntry("site", entry)
		if err != nil {
			return nil, err
		}
		if err := crawl.Stage(state.Staged{ExternalID: address, URL: address, Title: title, Hash: hash}, nil); err != nil {
			return nil, err
		}
	}
	return crawl, store.Flush()
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// start measures the fixed costs: how long the program takes to print its version, and how large it is.
func (b *bench) start(ctx context.Context) error {
	var ours, none []float64
	for range 4 * b.rounds {
		for _, each := range []struct {
			cmd   *exec.Cmd
			spent *[]float64
		}{{exec.CommandContext(ctx, b.fincrawl, "version"), &ours}, {exec.CommandContext(ctx, "true"), &none}} {
			started := time.Now()
			if err := each.cmd.Run(); err != nil {
				return fmt.Errorf("%s: %w", each.cmd, err)
			}
			*each.spent = append(*each.spent, time.Since(started).Seconds()*1000)
		}
	}
	size, err := sizeOf(b.fincrawl)
	if err != nil {
		return err
	}
	b.results.add("start",
		most(aim{What: "fincrawl version", Aim: "≤ 30 ms", Value: median(ours), Unit: "ms", Note: fmt.Sprintf("`true` takes %.1f ms here", median(none))}, 30),
		most(aim{What: "the program, stripped", Aim: "≤ 40 MB", Value: mb(size), Unit: "MB"}, 40))
	return nil
}
