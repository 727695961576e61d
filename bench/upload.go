package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fincrawl/fincrawl/bench/site"
	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
	"github.com/fincrawl/fincrawl/state"
)

// The size of the pages, which makes 8 kB each, and how many are sent at once.
const (
	uploadWords   = 474
	uploadWorkers = 16
)

// upload sends staged pages to a sandbox without a rate limit, alternating with a plain client that posts the same
// documents and records nothing.
func (b *bench) upload(ctx context.Context) error {
	const n = 10_000
	s := site.New(site.Shape{Seed: 6, Pages: n, Words: uploadWords})
	texts, bytesInAll := make([]string, n), 0
	for i := range texts {
		texts[i] = s.Text(i)
		bytesInAll += len(texts[i])
	}
	var ours, bare, cpu []float64
	for range b.rounds {
		spent, used, err := b.uploadOnce(ctx, s, texts)
		if err != nil {
			return err
		}
		plain, err := postAll(ctx, s, texts)
		if err != nil {
			return err
		}
		ours, bare = append(ours, perSecond(n, spent)), append(bare, perSecond(n, plain))
		cpu = append(cpu, milliseconds(used, n))
		b.say("upload: %.0f pages/s; a bare client %.0f; %.2f ms CPU a page with the sandbox's", last(ours), last(bare), last(cpu))
	}
	var ratios []float64
	for i := range ours {
		ratios = append(ratios, ours[i]/bare[i])
	}
	b.results.add("upload", least(aim{What: "upload without a limit", On: fmt.Sprintf("%d pages of %.1f kB", n, float64(bytesInAll)/float64(n)/1000),
		Aim: "≥ 3,000 pages/s", Value: median(ours), Unit: "pages/s",
		Note: fmt.Sprintf("%.2f × a bare client that posts the same and keeps nothing (%.0f/s); %.2f ms CPU a page, the sandbox's part included",
			median(ratios), median(bare), median(cpu))}, 3000))
	return nil
}

// uploadOnce stages the texts and applies the plan that sends them all. It measures from the first request until
// everything is acknowledged, recorded and on disk.
func (b *bench) uploadOnce(ctx context.Context, s *site.Site, texts []string) (spent, cpu time.Duration, err error) {
	box, api, closeAPI, err := library()
	if err != nil {
		return 0, 0, err
	}
	defer closeAPI()
	dir, err := b.folder()
	if err != nil {
		return 0, 0, err
	}
	store, err := state.Open(filepath.Join(dir, "fincrawl.db"), state.Options{})
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = store.Close() }()
	crawl, err := stageAll(store, s, texts)
	if err != nil {
		return 0, 0, err
	}
	plan, err := planOf(store, crawl, len(texts))
	if err != nil {
		return 0, 0, err
	}
	source := box.AddSource("https://help.example.com", "api")
	client := intercom.New(intercom.Config{BaseURL: api, Token: "bench"})
	started, used := time.Now(), processCPU()
	result, err := ingest.Apply(ctx, plan, ingest.Target{
		SourceID: source.ID, Locale: "en", Library: client, Ledger: store, Bodies: crawl,
		Workers: uploadWorkers, Now: time.Now,
	})
	spent, cpu = time.Since(started), processCPU()-used
	if err == nil && result.Applied[ingest.Create] != len(texts) {
		err = fmt.Errorf("%d of %d pages were acknowledged", result.Applied[ingest.Create], len(texts))
	}
	return spent, cpu, err
}

// stageAll stages pages as a crawl would. It uses the HTML as Markdown too; real Markdown is somewhat shorter.
func stageAll(store *state.Store, s *site.Site, texts []string) (*state.Crawl, error) {
	crawl, err := store.BeginCrawl("site")
	if err != nil {
		return nil, err
	}
	for i, text := range texts {
		address := "https://help.example.com" + s.Path(i)
		p := state.Staged{
			ExternalID: address, URL: address, Title: "Page " + strconv.Itoa(i), Locale: "en", AIAgent: true,
			Hash: crawler.Page{Markdown: text}.Fingerprint(), Size: len(text),
		}
		if err := crawl.Stage(p, &state.Body{HTML: text, Markdown: text}); err != nil {
			return nil, err
		}
	}
	return crawl, store.Flush()
}

func planOf(store *state.Store, crawl *state.Crawl, pages int) (ingest.Plan, error) {
	plan, err := ingest.NewPlan(ingest.Inputs{
		Source:   "site",
		Coverage: crawler.Coverage{Complete: true, Discovered: pages, Outcomes: map[crawler.Outcome]int{crawler.Paged: pages}},
		Pages:    crawl.Staged(),
		Entries:  store.Entries("site"),
		Outcome:  func(string) (crawler.Outcome, string, bool, error) { return "", "", false, nil },
	})
	if err != nil {
		return plan, err
	}
	return ingest.Policy{ConfirmRuns: 2, MaxCount: 10, MaxShare: 0.1, MaxHTML: 1 << 20}.Apply(plan), nil
}

// postAll posts the same texts with a plain HTTP client.
func postAll(ctx context.Context, s *site.Site, texts []string) (time.Duration, error) {
	box, api, closeAPI, err := library()
	if err != nil {
		return 0, err
	}
	defer closeAPI()
	source := box.AddSource("https://help.example.com", "api")
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = uploadWorkers
	defer transport.CloseIdleConnections()
	started := time.Now()
	pool, ctx := errgroup.WithContext(ctx)
	pool.SetLimit(uploadWorkers)
	for i, text := range texts {
		pool.Go(func() error {
			address := "https://help.example.com" + s.Path(i)
			body, err := json.Marshal(intercom.PageRequest{
				Title: "Page", HTML: text, URL: address, ExternalID: address, Locale: "en", SourceID: source.ID,
			})
			if err != nil {
				return err
			}
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, api+"/ai/external_pages", bytes.NewReader(body))
			if err != nil {
				return err
			}
			r.Header.Set("Authorization", "Bearer bench")
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept", "application/json")
			r.Header.Set("Intercom-Version", "2.15")
			res, err := transport.RoundTrip(r)
			if err != nil {
				return err
			}
			defer res.Body.Close()
			if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode >= 300 {
				return errors.Join(fmt.Errorf("the sandbox answered %s", res.Status), err)
			}
			return nil
		})
	}
	err = pool.Wait()
	return time.Since(started), err
}

// allowanceAMinute is Intercom's rate limit of an app. Intercom counts in windows of 10 seconds; windows is how many of
// them are measured.
const (
	allowanceAMinute = 10_000
	windows          = 3
)

// allowance uploads against the real rate limit, in real time. It measures whole windows after a first one.
func (b *bench) allowance(ctx context.Context) error {
	box, err := sandbox.New(sandbox.Config{RateLimit: allowanceAMinute})
	if err != nil {
		return err
	}
	counted := newWindowCounter(box)
	api, closeAPI, err := serve(counted)
	if err != nil {
		return err
	}
	defer closeAPI()
	source := box.AddSource("https://help.example.com", "api")
	client := intercom.New(intercom.Config{BaseURL: api, Token: "bench", Share: 1})

	end := time.Now().Truncate(10 * time.Second).Add((windows+1)*10*time.Second + 200*time.Millisecond)
	sending, stop := context.WithDeadline(ctx, end)
	defer stop()
	text := site.New(site.Shape{Pages: 1, Words: uploadWords}).Text(0)
	pool, sending := errgroup.WithContext(sending)
	for worker := range uploadWorkers {
		pool.Go(func() error {
			for i := 0; sending.Err() == nil; i++ {
				id := fmt.Sprintf("https://help.example.com/%d-%d", worker, i%100)
				page := intercom.PageRequest{Title: "Page", HTML: text, URL: id, ExternalID: id, Locale: "en", SourceID: source.ID}
				_, err := client.UpsertPage(sending, page)
				if err != nil && sending.Err() == nil {
					return err
				}
			}
			return nil
		})
	}
	if err := pool.Wait(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	used, refused := counted.between(end.Add(-windows*10*time.Second-200*time.Millisecond), windows)
	share := 100 * float64(used) / (windows * allowanceAMinute / 6)
	b.results.add("allowance",
		least(aim{What: "upload against 10,000 a minute", On: fmt.Sprintf("%d windows of 10 s", windows), Aim: "≥ 98 % of the allowance", Value: share, Unit: "%"}, 98),
		most(aim{What: "upload against 10,000 a minute", Aim: "no 429", Value: float64(refused)}, 0))
	return nil
}

// windowCounter counts the answers of a sandbox by window.
type windowCounter struct {
	next http.Handler

	mu      sync.Mutex
	taken   map[int64]int
	refused int
}

func newWindowCounter(next http.Handler) *windowCounter {
	return &windowCounter{next: next, taken: map[int64]int{}}
}

func (c *windowCounter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := httptest.NewRecorder()
	window := time.Now().Unix() / 10
	c.next.ServeHTTP(answer, r)
	c.mu.Lock()
	if answer.Code == http.StatusTooManyRequests {
		c.refused++
	} else {
		c.taken[window]++
	}
	c.mu.Unlock()
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

func (c *windowCounter) between(start time.Time, windows int64) (used, refused int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for w := range windows {
		used += c.taken[start.Unix()/10+w]
	}
	return used, c.refused
}
