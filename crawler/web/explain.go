package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/frontier"
	"github.com/fincrawl/fincrawl/crawler/web/render"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
)

// Judge says what a source's settings make of an address, without a request. It returns an error if address
// is no web address.
func Judge(src Source, address *url.URL) (scope.Judgement, error) {
	s, _, err := scopeOf(src)
	if err != nil {
		return scope.Judgement{}, fmt.Errorf("judge %s: %w", address.Redacted(), err)
	}
	u, ok := s.Normalise(address)
	if !ok {
		return scope.Judgement{}, fmt.Errorf("judge %s: no web address: write it with https:// and a host",
			address.Redacted())
	}
	return s.Explain(u), nil
}

// Explanation is what a crawl makes of an address now.
type Explanation struct {
	scope.Judgement
	Login []string `json:"login,omitempty"` // the steps of the login, for people
	Seen  *Seen    `json:"seen,omitempty"`  // nil if a crawl would not request the address
}

// Seen is what a site shows to a crawl at an address.
type Seen struct {
	Redirects []Redirect `json:"redirects,omitempty"`
	URL       string     `json:"url"`              // the address that answered, or where a redirect was refused or failed
	Moved     string     `json:"moved,omitempty"`  // where redirects led, normalised; the page is the one there
	Status    int        `json:"status,omitempty"` // 0 if no document was answered
	Headers   []Header   `json:"headers,omitempty"`
	Canonical string     `json:"canonical,omitempty"` // as the page names it, absolute
	Robots    []string   `json:"robots,omitempty"`    // noindex and nofollow, as far as they are respected
	Rendered  bool       `json:"rendered"`            // a browser rendered it
	// Refused are the requests of its scripts that were not made, with the keys that would allow them.
	Refused  []render.Refusal `json:"refused,omitempty"`
	LoggedIn bool             `json:"logged_in"`      // auth.form.logged_in matches
	Wall     string           `json:"wall,omitempty"` // why it is a login and no page; "" if it is none
	Links    int              `json:"links"`          // number of links to follow

	Outcome crawler.Outcome `json:"outcome"`
	Detail  string          `json:"detail,omitempty"`
	// NoAnswer is true if the site did not answer.
	NoAnswer bool `json:"no_answer,omitempty"`

	Title     string `json:"title,omitempty"`
	TitleFrom string `json:"title_from,omitempty"` // the rule that found it: see [extract.Article]
	BodyFrom  string `json:"body_from,omitempty"`
	Markdown  string `json:"markdown,omitempty"`
	// Availability is the rule that decided: a pattern, or "default".
	Availability string `json:"availability,omitempty"`

	Page *crawler.Page `json:"-"` // as a crawl would send it to its sink; nil if it is no page
}

// Redirect is one step on the way to a document.
type Redirect struct {
	From   string `json:"from"`
	Status int    `json:"status"`
	To     string `json:"to"`
}

// Header is a header that a crawl heeds.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Explain logs in to a source as a crawl would, and requests one address. It keeps nothing, and does not use
// the frontier, the sink and the memory of sur. It does not request an address that a crawl would not
// request. An error means that the source could not be opened: see [Crawl].
func Explain(ctx context.Context, src Source, address *url.URL, sur Surroundings) (Explanation, error) {
	judged, err := Judge(src, address)
	if err != nil || judged.Outcome != "" {
		return Explanation{Judgement: judged}, err
	}
	sur.Frontier = frontier.Nowhere{}
	c, err := newCrawl(src, sur, func(error) {})
	if err != nil {
		return Explanation{Judgement: judged}, fmt.Errorf("explain %s: %w", judged.URL, err)
	}
	defer c.close()
	u, err := url.Parse(judged.URL)
	if err != nil {
		return Explanation{Judgement: judged}, fmt.Errorf("explain %s: %w", judged.URL, err)
	}
	e := Explanation{Judgement: judged}
	if err := c.explain(ctx, u, &e); err != nil {
		return e, fmt.Errorf("explain %s: %w", judged.URL, err)
	}
	return e, nil
}

// explain takes one address through the steps of [crawl.run] and [crawl.conclude].
func (c *crawl) explain(ctx context.Context, u *url.URL, e *Explanation) error {
	first, seen, err := c.open(ctx)
	e.Login = seen
	if err != nil {
		return err
	}
	if c.robots, err = c.readRobots(ctx); err != nil {
		return err
	}
	c.scope.StartsAt(first.url)
	c.learnTraps(first)
	e.Judgement = c.scope.Explain(u)
	e.askRobots(c, u)
	if e.Outcome != "" {
		return nil
	}

	var steps []Redirect
	c.Pages.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		from := via[len(via)-1].URL
		steps = append(steps, Redirect{
			From: c.own.Mask(from.Redacted()), Status: next.Response.StatusCode, To: c.own.Mask(next.URL.Redacted()),
		})
		return c.judgeRedirect(next, via)
	}
	v := visit{url: u}
	a := c.read(ctx, u)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	looked, err := c.look(ctx, v, a)
	if err != nil {
		return err
	}
	e.Seen = c.describe(v, a, looked)
	e.Seen.Redirects = steps
	return nil
}

// askRobots adds what robots.txt says of u to the rules.
func (e *Explanation) askRobots(c *crawl, u *url.URL) {
	rule := scope.Rule{Name: "robots.txt", Verdict: scope.Silent}
	allowed, by := c.robots.Decide(u)
	switch {
	case !c.src.Fetch.RespectRobots:
		rule.Says = "fetch.respect_robots is false"
	case !allowed && c.scope.Starts[u.String()]:
		rule.Says = by + ", but a start address is fetched all the same"
	case !allowed:
		rule.Verdict, rule.Says = scope.Refuses, by
		e.Outcome = crawler.RobotsDenied
	case by != "":
		rule.Verdict, rule.Says = scope.Admits, by
	default:
		rule.Says = "no rule for it"
	}
	e.Rules = append(e.Rules, rule)
}

// describe returns what a visit showed.
func (c *crawl) describe(v visit, a answer, looked sight) *Seen {
	found := looked.found
	s := &Seen{
		URL: v.url.String(), Outcome: found.outcome, Detail: found.detail, Rendered: a.rendered, Refused: a.refused,
		LoggedIn: found.loggedIn, Links: len(found.links), NoAnswer: a.err != nil && isSilence(found.outcome),
	}
	at := v.url
	if a.url != nil {
		s.URL = a.url.Redacted()
	}
	if looked.moved != nil {
		at, s.Moved = looked.moved, looked.moved.String()
	}
	if looked.walled() {
		s.Wall = found.detail
	}
	if a.err != nil {
		return s
	}
	s.Status = a.status
	for _, name := range []string{"Content-Type", "X-Robots-Tag", "ETag", "Last-Modified", "Vary", "Retry-After"} {
		for _, value := range a.header.Values(name) {
			s.Headers = append(s.Headers, Header{name, c.own.Mask(value)})
		}
	}
	if fetch.IsHTML(a.contentType) {
		if doc, err := extract.Parse(a.url, a.contentType, a.body); err == nil {
			says := doc.Directives()
			if says.Canonical != nil {
				s.Canonical = says.Canonical.String()
			}
			noIndex, noFollow := c.keepOut(a.header, says, doc)
			if noIndex {
				s.Robots = append(s.Robots, "noindex")
			}
			if noFollow {
				s.Robots = append(s.Robots, "nofollow")
			}
		}
	}
	s.Title, s.TitleFrom = found.article.Title, found.article.TitleFrom
	s.BodyFrom, s.Markdown = found.article.How, found.article.Markdown
	if found.outcome == crawler.Paged {
		page := c.page(at, found)
		s.Page, s.Availability = &page, found.answersBy
	}
	return s
}

// isSilence reports whether the outcome means that no answer came.
func isSilence(o crawler.Outcome) bool {
	return o == crawler.Timeout || o == crawler.Unreachable || o == crawler.TLSFailed
}
