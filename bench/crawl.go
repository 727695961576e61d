package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/fincrawl/fincrawl/ingest/sandbox"
)

// contender is a program that crawls a site.
type contender struct {
	name  string
	slow  bool
	crawl func(ctx context.Context) (cost, error)

	perSec, cpu, memory, relative []float64
	pages, unmodified             int
	writes, grown                 int64 // of all measured runs
}

// crawl measures first and second runs on real sites, alternating with the peers.
func (b *bench) crawl(ctx context.Context) error {
	sites, err := b.sitesToCrawl()
	if err != nil {
		return err
	}
	for _, s := range sites {
		if err := b.crawlSite(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return nil
}

func (b *bench) crawlSite(ctx context.Context, s realSite) error {
	server, err := b.startNginx(ctx, s.dir)
	if err != nil {
		return err
	}
	defer server.stop()
	box, api, closeAPI, err := library()
	if err != nil {
		return err
	}
	defer closeAPI()
	_, empty, closeEmpty, err := library()
	if err != nil {
		return err
	}
	defer closeEmpty()

	start := server.withValidators + s.start
	first := &contender{name: "fincrawl, first run", crawl: func(ctx context.Context) (cost, error) {
		p, err := b.project(empty+"/", source{name: "site", url: start})
		if err != nil {
			return cost{}, err
		}
		return p.run(ctx, "preview")
	}}
	again, err := b.secondRun(ctx, "fincrawl, second run", box, api, start)
	if err != nil {
		return err
	}
	blind, err := b.secondRun(ctx, "fincrawl, second run without validators", box, api, server.without+s.start)
	if err != nil {
		return err
	}
	bare := &contender{name: "colly, links only", crawl: func(ctx context.Context) (cost, error) {
		return measured(ctx, exec.CommandContext(ctx, b.colly, start))
	}}
	all := append([]*contender{first, bare, again, blind}, b.otherCrawlers(start)...)

	for round := range b.rounds {
		for _, c := range all {
			if c.slow && round >= b.slow {
				continue
			}
			if err := c.measure(ctx, server, first); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			b.say("%s: %s: %.0f pages/s, %.2f ms CPU a page", s.name, c.name, last(c.perSec), last(c.cpu))
		}
	}
	for _, c := range all {
		b.results.Crawls = append(b.results.Crawls, crawl{
			Site: s.name, Program: c.name, Pages: c.pages, PerSec: median(c.perSec), CPU: median(c.cpu),
			Memory: median(c.memory), Relative: median(c.relative), Rounds: len(c.perSec),
		})
	}
	b.results.add("crawl", crawlAims(s.name, first, bare, again, blind, all)...)
	return nil
}

// secondRun returns a contender that syncs a site that has already been sent to the library.
func (b *bench) secondRun(ctx context.Context, name string, box *sandbox.Sandbox, api, start string) (*contender, error) {
	p, err := b.project(api+"/", source{name: "site", url: start})
	if err != nil {
		return nil, err
	}
	for range 2 { // the second sync records what the first one could not know yet
		if _, err := p.run(ctx, "sync"); err != nil {
			return nil, err
		}
	}
	c := &contender{name: name}
	c.crawl = func(ctx context.Context) (cost, error) {
		writes := box.Writes()
		before, err := p.stateSize()
		if err != nil {
			return cost{}, err
		}
		spent, err := p.run(ctx, "sync")
		if err != nil {
			return cost{}, err
		}
		after, err := p.stateSize()
		c.writes += int64(box.Writes() - writes)
		c.grown += after - before
		return spent, err
	}
	return c, nil
}

// otherCrawlers returns the peers that are installed.
func (b *bench) otherCrawlers(start string) []*contender {
	dir, err := root()
	if err != nil {
		return nil
	}
	var all []*contender
	add := func(name, program string, slow bool, args ...string) {
		if program == "" {
			b.say("%s is left out: not installed (see bench/README.md)", name)
			return
		}
		all = append(all, &contender{name: name, slow: slow, crawl: func(ctx context.Context) (cost, error) {
			cmd := exec.CommandContext(ctx, program, args...)
			var err error
			if cmd.Dir, err = b.folder(); err != nil {
				return cost{}, err
			}
			return measured(ctx, cmd, 4, 8) // wget's exit codes for unreachable servers and for error responses
		}})
	}
	add("wget --mirror", b.peers.wget, false, "--mirror", "--no-verbose", "--execute=robots=off", start)
	add("Scrapy, links only", b.peers.scrapy, true, "runspider", "--nolog", "-a", "start="+start, filepath.Join(dir, "bench/peers/spider.py"))
	add("katana", b.peers.katana, true, "-u", start, "-depth", "100", "-concurrency", "4", "-parallelism", "4",
		"-rate-limit", "100000", "-silent", "-disable-update-check", "-max-response-size", "104857600",
		"-field-scope", "fqdn", "-output", "/dev/null")
	return all
}

// measure crawls once and records the measurements.
func (c *contender) measure(ctx context.Context, server *nginx, first *contender) error {
	if _, _, err := server.answered(); err != nil {
		return err
	}
	spent, err := c.crawl(ctx)
	if err != nil {
		return err
	}
	pages, unmodified, err := server.answered()
	if err != nil {
		return err
	}
	if pages == 0 {
		return fmt.Errorf("it requested no page")
	}
	c.pages, c.unmodified = pages, unmodified
	c.perSec = append(c.perSec, perSecond(pages, spent.Wall))
	c.cpu = append(c.cpu, milliseconds(spent.CPU, pages))
	c.memory = append(c.memory, float64(spent.Memory)/1e6)
	c.relative = append(c.relative, last(c.perSec)/last(first.perSec))
	return nil
}

// crawlAims compares the contenders round by round, since the load of the machine may vary between rounds.
func crawlAims(site string, first, bare, again, blind *contender, all []*contender) []aim {
	speed := func(of, to *contender) float64 {
		var ratios []float64
		for i := range min(len(of.perSec), len(to.perSec)) {
			ratios = append(ratios, of.perSec[i]/to.perSec[i])
		}
		return median(ratios)
	}
	aims := []aim{least(aim{What: "first run", On: site, Aim: "≥ 0.8 × colly's pages/s", Value: speed(first, bare), Unit: "×",
		Note: fmt.Sprintf("CPU a page: %.2f × colly's", median(first.cpu)/median(bare.cpu))}, 0.8)}
	for _, c := range all {
		if strings.HasPrefix(c.name, "Scrapy") {
			aims = append(aims, least(aim{What: "first run", On: site, Aim: "≥ 5 × Scrapy's pages/s", Value: speed(first, c), Unit: "×"}, 5))
		}
	}
	validated := aim{What: "second run, validators", On: site, Aim: "≥ 4 × colly's pages/s", Value: speed(again, bare), Unit: "×",
		Note: fmt.Sprintf("%d of %d answers were 304", again.unmodified, again.pages)}
	if again.unmodified == 0 {
		aims = append(aims, notYet(validated, "validators are not sent yet"))
	} else {
		aims = append(aims, least(validated, 4))
	}
	aims = append(aims,
		most(aim{What: "second run, validators", On: site, Aim: "0 API writes", Value: float64(again.writes)}, 0),
		most(aim{What: "second run, validators", On: site, Aim: "state file not grown", Value: float64(again.grown), Unit: "bytes"}, 0),
		least(aim{What: "second run, no validators", On: site, Aim: "≥ 0.9 × the first run's pages/s", Value: speed(blind, first), Unit: "×"}, 0.9),
		most(aim{What: "second run, no validators", On: site, Aim: "0 API writes", Value: float64(blind.writes)}, 0))
	return aims
}

func last(values []float64) float64 { return values[len(values)-1] }
