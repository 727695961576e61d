package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// progressOf returns where the start address leads if it was read before the crawl was interrupted, so that
// the crawl can continue from there. It returns nil if the start address is to be read first.
func (c *crawl) progressOf(start visit) (*url.URL, error) {
	at := start.url
	for range maxRedirects {
		outcome, detail, _, err := c.frontier.Outcome(at.String())
		if err != nil {
			return nil, err
		}
		switch outcome {
		case "":
			return nil, nil
		case crawler.Redirected:
			if at, err = url.Parse(detail); err != nil {
				return nil, err
			}
		default:
			if (finding{outcome: outcome}).unreadable() {
				return nil, nil
			}
			return at, nil
		}
	}
	return nil, nil
}

// Notebook keeps a few bytes of a crawl until it is finished.
type Notebook interface {
	// Note returns what SetNote was given last, or nil.
	Note() ([]byte, error)
	SetNote(note []byte) error
}

// wallNote is what noteWall keeps, as JSON.
type wallNote struct {
	Place, Away, Title string
	Text               []byte
	Refused, LoggedIn  bool
	Volatile           []scope.Volatile
	Traps              []string
}

// noteWall notes what is found out only once in a crawl: what visitors without a session see, which parts of
// addresses are volatile, and the traps of the platform.
func (c *crawl) noteWall() error {
	if c.notes == nil || c.src.Auth.IsZero() && len(c.scope.Volatile)+len(c.scope.Traps) == 0 {
		return nil
	}
	w := c.wall
	note, err := json.Marshal(wallNote{
		Place: w.place, Away: w.away, Title: w.page.title, Text: w.page.text[:], Refused: w.refused, LoggedIn: w.loggedIn,
		Volatile: c.scope.Volatile, Traps: c.trapsNoted(),
	})
	if err == nil {
		err = c.notes.SetNote(note)
	}
	if err != nil {
		return fmt.Errorf("note what visitors see: %w", err)
	}
	return nil
}

// reenter logs in to a source whose start address was read before the crawl was interrupted. The pages that
// are left show whether the login works.
func (c *crawl) reenter(ctx context.Context) error {
	var noted wallNote
	if c.notes != nil {
		note, err := c.notes.Note()
		if err == nil && note != nil {
			err = json.Unmarshal(note, &noted)
		}
		if err != nil {
			return fmt.Errorf("read what visitors see: %w", err)
		}
	}
	c.scope.Volatile = noted.Volatile
	c.avoidTraps(noted.Traps)
	if c.src.Auth.IsZero() {
		return nil
	}
	if noted.Text == nil {
		_, _, err := c.open(ctx)
		return err
	}
	c.wall = wall{
		place: noted.Place, away: noted.Away, refused: noted.Refused, loggedIn: noted.LoggedIn,
		page: fingerprint{title: noted.Title},
	}
	copy(c.wall.page.text[:], noted.Text)
	c.restoreSession()
	if _, err := c.logIn(ctx); err != nil {
		return err
	}
	c.keepSession()
	return nil
}

// resume queues again what was queued or in flight when the crawl was interrupted, and restores what the crawl
// had learnt.
func (c *crawl) resume(ctx context.Context, start visit) error {
	var before crawler.Progress
	for s, err := range c.frontier.Settled() {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		before.Discovered++
		if outcome := s.Outcome; outcome != "" && outcome != crawler.Interrupted {
			before.Settled++
			if outcome == crawler.Paged {
				before.Pages++
			}
			if !outcome.Unasked() {
				c.asked.Add(1)
			}
			continue
		}
		if s.URL == start.url.String() {
			continue // run reads it first, in any case
		}
		u, err := url.Parse(s.URL)
		if err != nil {
			return err
		}
		if err := c.decide(visit{url: u, depth: s.Depth, from: s.From}); err != nil {
			return err
		}
	}
	c.frontier.Resume(before)
	if c.earlier == nil || c.src.Auth.IsZero() {
		return nil
	}
	for p, err := range c.earlier {
		if err != nil {
			return fmt.Errorf("read the pages of the crawl: %w", err)
		}
		if u, err := url.Parse(p.URL); err == nil && !p.Inside {
			c.prover.SaidEarlier(u, p.Markdown)
		}
	}
	return nil
}
