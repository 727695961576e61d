package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/extract/decode"
	"github.com/fincrawl/fincrawl/crawler/web/cutoff"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/crawler/web/proof"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/crawler/web/stylesheet"
	"github.com/fincrawl/fincrawl/internal/budget"
)

// conclude judges the answer to a visit and acts on it. It settles the visit last, when the page is in the
// sink and its links are discovered, so that nothing is left to do for a settled URL. An error is a failure
// of the crawl itself. A failure of the site is an outcome.
func (c *crawl) conclude(ctx context.Context, v visit, a answer) error {
	if stays, err := c.unchanged(v, a); stays || err != nil {
		return err
	}
	c.checkHealth(ctx, v, a)
	ctx = budget.Allow(ctx, budget.Page)
	a = c.readFile(ctx, c.renderPage(ctx, c.browser, a))
	if ctx.Err() != nil {
		return nil // the visit was cut off and stays open
	}
	seen, err := c.look(ctx, v, a)
	if err == nil && seen.walled() {
		seen, err = c.reopen(ctx, v, seen, a.Session)
	}
	if err != nil {
		return err
	}
	c.prover.Answered(v.url.String(), seen.Asked, seen.found.loggedIn, seen.found.inside)
	v, err = c.settleRedirect(v, seen)
	if err != nil || v.url == nil {
		return err
	}
	c.prover.Answered(v.url.String(), seen.Asked, seen.found.loggedIn, seen.found.inside)
	found, err := c.rereadIfCutOff(ctx, v, seen.found)
	if err != nil {
		return err
	}
	if len(found.links) > 0 && c.only == nil && c.src.Discover.Links && c.scope.Follows(v.url) {
		if err := c.discoverNormal(v.url.String(), v.depth+1, found.links); err != nil {
			return err
		}
	}
	c.routes.Add(int64(found.routes))
	if found.program {
		c.program.Store(true)
	}
	c.hints.Named(v.url.String(), found.versions)
	var page crawler.Page
	switch found.outcome {
	case crawler.Canonical, crawler.OtherLocale, crawler.Redirected:
		if found.outcome == crawler.OtherLocale {
			c.hints.LeftToVersion(v.url.String(), found.detail, found.language)
		} else {
			c.hints.LeftToOther(v.url, found.outcome, found.article.Markdown, found.article.Title)
		}
		if err := c.discover(v.url.String(), v.depth, []*url.URL{found.leads}); err != nil {
			return err
		}
		if err := c.markRedirectLoop(v, &found); err != nil {
			return err
		}
	case crawler.Paged:
		page = c.page(v.url, found)
		err := c.sink.Put(ctx, page)
		if costly := (*budget.Exceeded)(nil); errors.As(err, &costly) {
			found.outcome, found.detail = crawler.TooCostly, costly.Detail
			break
		}
		if err != nil {
			return fmt.Errorf("keep the page %s: %w", v.url, err)
		}
		c.comparison.LeftOut(page.LeftOut)
		c.traps.Note(v.url, page)
		c.prover.Said(v.url, found.article.Markdown, found.inside)
	}
	if err := c.remember(v.url, found, page.ExternalID); err != nil {
		return err
	}
	return c.frontier.Settle(v.url, found.outcome, found.detail)
}

// sight is what the answer to a visit shows, before the crawl acts on it.
type sight struct {
	found finding
	moved *url.URL // where redirects led; nil if there were none, or they led to a wall
	proof.Asked
}

// walled reports whether the site wants a login before it shows the page.
func (s sight) walled() bool { return s.found.outcome == crawler.LoginWall || s.found.unauthorized }

// look judges an answer at the address that it came from.
func (c *crawl) look(ctx context.Context, v visit, a answer) (sight, error) {
	seen, err := c.lookAt(ctx, v, a)
	seen.Asked = a.Asked
	return seen, err
}

func (c *crawl) lookAt(ctx context.Context, v visit, a answer) (sight, error) {
	if a.err != nil {
		found, err := c.judgeWithin(ctx, v, a)
		return sight{found: found}, err
	}
	final, ok := c.scope.Normalise(a.url)
	if !ok || final.String() == v.url.String() {
		found, err := c.judgeWithin(ctx, v, a)
		return sight{found: found}, err
	}
	seen := sight{moved: final}
	_, _, known, err := c.frontier.Outcome(final.String())
	if err != nil {
		return sight{}, err
	}
	if !known || scope.IsLoginAddress(final) {
		if seen.found, err = c.judgeWithin(ctx, visit{url: final, depth: v.depth, alive: v.alive}, a); err != nil {
			return sight{}, err
		}
		if seen.found.form != "" && !scope.IsLoginAddress(v.url) {
			detail := fmt.Sprintf("leads to %s: %s", final, seen.found.form)
			return sight{found: finding{outcome: crawler.LoginWall, detail: detail}}, nil
		}
	}
	return seen, nil
}

// settleRedirect returns the visit that a sight belongs to. If redirects led to another address, it settles the
// requested one, and the visit continues at the other. The visit has no url if that address has a visit of
// its own.
func (c *crawl) settleRedirect(v visit, seen sight) (visit, error) {
	if seen.moved == nil {
		return v, nil
	}
	moved := visit{url: seen.moved, depth: v.depth}
	fresh, err := c.frontier.Claim(v.url.String(), moved.depth, moved.url)
	if err != nil {
		return visit{}, err
	}
	if !fresh {
		moved = visit{}
	}
	return moved, c.frontier.Settle(v.url, crawler.Redirected, seen.moved.String())
}

// finding is what an answer turned out to be.
type finding struct {
	outcome  crawler.Outcome
	detail   string
	form     string // the login form that was shown, or ""
	loggedIn bool   // auth.form.logged_in matches
	end      string // how the document ends, as served; see Page.End
	inside   bool   // it shows by itself that its reader is logged in
	unseen   []crawler.Unseen
	links    []string // to follow; normalised
	leads    *url.URL // where the document leads its readers: see elsewhere
	versions []string // in other languages that it names, normalised
	language string   // see languageOf
	identity string   // see Identity
	article  extract.Article

	answers   crawler.Availability // see AvailabilityPolicy
	answersBy string               // the rule that decided

	etag, lastModified string // see validators

	unauthorized bool // the answer was 401
	routes       int  // see Coverage.HashRoutes; of a start address
	program      bool // see Coverage.Program; of a start address
}

// unreadable reports whether nothing can be known of a source whose start address has this finding.
func (f finding) unreadable() bool {
	switch f.outcome {
	case crawler.Gone, crawler.NotHTML, crawler.RedirectedOut:
		return true
	}
	return f.outcome.Unread()
}

// judgeWithin judges an answer within the budget of a page.
func (c *crawl) judgeWithin(ctx context.Context, v visit, a answer) (finding, error) {
	var found finding
	var err error
	a.sheets = c.sheets.For(a.url, a.rendered)
	for range stylesheet.MaxRounds { // each round knows more style sheets, and the ones that they import
		err = c.within(ctx, a.weight(), func(ctx context.Context) error {
			found = c.judge(v, a, budget.From(ctx))
			return nil
		})
		if err != nil {
			break
		}
		if again, err := a.sheets.Ask(ctx); !again {
			return found, err
		}
	}
	if costly := (*budget.Exceeded)(nil); errors.As(err, &costly) {
		return finding{outcome: crawler.TooCostly, detail: costly.Detail}, nil
	}
	return found, err
}

// within does a part of the work on one page, within the page's budget and with the given bytes of memory
// reserved. After an error, what read sets must not be used: see [budget.Run].
func (c *crawl) within(ctx context.Context, bytes int64, read func(context.Context) error) error {
	release, err := c.room.Reserve(ctx, bytes)
	if err != nil {
		return err
	}
	return budget.Run(ctx, budget.Page, func(ctx context.Context) error {
		defer release()
		return read(ctx)
	})
}

// weight returns how many bytes of memory judging an answer may take.
func (a answer) weight() int64 {
	if a.file != nil && a.file.err == nil {
		return budget.ForTree(a.file.doc.Root)
	}
	return budget.ForHTML(a.body)
}

// judge says what an answer is, and counts its work with meter. It settles nothing.
func (c *crawl) judge(v visit, a answer, meter *budget.Meter) finding {
	outcome, detail := a.failure()
	switch {
	case outcome == "" && a.isDownload() && a.file == nil && !c.scope.Starts[v.url.String()]:
		return finding{outcome: crawler.NotHTML, detail: "a file to keep (Content-Disposition: attachment)"}
	case a.err == nil && fetch.IsHTML(a.contentType) && (outcome == "" || a.status == http.StatusForbidden):
		// A document, or a refusal that may say how to get in.
	case a.file != nil:
		return c.judgeFile(v, a, meter)
	case outcome == "":
		return finding{outcome: crawler.NotHTML, detail: fetch.MediaType(a.contentType)}
	case outcome == crawler.TLSFailed && c.src.Auth.Certificate != nil && fetch.RefusesCertificate(a.err):
		return finding{outcome: crawler.LoginWall, detail: "the site refuses the client certificate: " + detail}
	default:
		return finding{
			outcome: outcome, detail: detail, unauthorized: a.status == http.StatusUnauthorized, loggedIn: c.showsMember(a),
		}
	}

	doc, err := extract.Parse(a.url, a.contentType, a.body)
	if costly := (*budget.Exceeded)(nil); errors.As(err, &costly) {
		return finding{outcome: crawler.TooCostly, detail: costly.Detail}
	}
	if err != nil {
		return finding{outcome: crawler.BadEncoding, detail: err.Error()}
	}
	doc.Meter, doc.Shorten, doc.Sheets, doc.Styles = meter, c.scope.WithoutSession, a.sheets, &c.styles
	doc.AddLinkHeaders(a.header.Values("Link"))
	doc.AddRefreshHeader(a.header.Get("Refresh"))
	if form := c.formInstead(doc); form != "" && (!v.alive || doc.Has(`input[type="password" i]`)) {
		if scope.IsLoginAddress(v.url) {
			return finding{outcome: crawler.Excluded, detail: "the page to log in on", form: form}
		}
		return finding{outcome: crawler.LoginWall, detail: form, form: form}
	}
	if outcome != "" {
		return finding{outcome: outcome, detail: detail}
	}

	says := doc.Directives()
	noIndex, noFollow := c.keepOut(a.header, says, doc)
	found := c.elsewhere(v, doc, says)
	if found.outcome == crawler.LoginWall {
		return found
	}
	if !c.src.Discover.OtherLocales {
		found.versions = c.versionsOf(doc.Alternates())
		found.language = c.languageOf(v.url, doc.Alternates(), doc.Language())
	}
	found.loggedIn = c.isLoggedIn(doc)
	found.inside = c.isInside(doc, found.loggedIn)
	if !a.rendered {
		found.end = cutoff.EndOf(a.body)
		// A rendered document may stay the same while what its scripts fetch changes.
		found.etag, found.lastModified = c.validators(a.header)
	}
	if !noFollow {
		found.links = c.normal(append(doc.Links(), c.ownLanguage(doc)...))
	}
	if c.scope.Starts[v.url.String()] {
		found.routes, found.program = doc.HashRoutes(), !a.rendered && doc.IsProgram()
	}
	if c.scope.LoggedIn {
		platform := doc.Platform(c.src.Content.Presets)
		c.acting.Note(doc.LinkSigns(c.bearsAction), platform != nil && platform.IsStatic())
	}
	noArticle := c.noArticle(v, doc)
	found.identity = c.identityOf(v.url, doc)
	found.answers, found.answersBy = c.src.Availability.Of(v.url, doc)

	// The text shows whether a visitor would see the same. So the text of every page of a private source is
	// needed.
	if c.scope.Includes(v.url) || !c.src.Auth.IsZero() {
		found.article, err = doc.Extract(c.src.Content)
	}
	switch {
	case c.wall.isShown(a, found.article, c.src.Content) && !c.wall.isPublic(v.url, found.article):
		return asVisitorsSee(found.article)
	case found.outcome == crawler.Redirected, found.outcome == crawler.RedirectedOut:
		return found
	case noIndex:
		found.outcome, found.detail = crawler.NoIndex, ""
	case found.outcome != "":
		return found
	case noArticle != "":
		found.outcome, found.detail = crawler.View, noArticle
	default:
		found.outcome, found.detail = c.asPage(v, a, found, err)
	}
	if a.rendered {
		found.detail = strings.TrimSuffix(howRendered(a)+"; "+found.detail, "; ")
	}
	return found
}

// howRendered says that a browser rendered the page, and how many requests of its scripts were refused.
func howRendered(a answer) string {
	switch n := a.countRefused(); n {
	case 0:
		return "rendered"
	case 1:
		return "rendered, 1 request of its scripts refused"
	default:
		return fmt.Sprintf("rendered, %d requests of its scripts refused", n)
	}
}

// asVisitorsSee returns the finding of a text that visitors without a session get too.
func asVisitorsSee(a extract.Article) finding {
	return finding{outcome: crawler.LoginWall, detail: fmt.Sprintf("what visitors without a session see: %q", a.Title)}
}

// asPage returns whether an extracted answer is a page, with how it was read, or why it is none. err is the
// error of its extraction.
func (c *crawl) asPage(v visit, a answer, found finding, err error) (crawler.Outcome, string) {
	var costly *budget.Exceeded
	switch {
	case !c.scope.Includes(v.url):
		return crawler.Listing, ""
	case a.incomplete:
		return crawler.Empty, "nothing matches render.wait_for"
	case errors.As(err, &costly):
		return crawler.TooCostly, costly.Detail
	case err != nil:
		return crawler.Empty, "cannot be extracted: " + err.Error()
	case found.article.HTML == "" || found.article.Markdown == "":
		return crawler.Empty, c.whyEmpty(a)
	case decode.IsGarbled(found.article.Title + "\n" + found.article.Markdown):
		return crawler.BrokenFile, "is in an encoding that is not known: its letters are not those of any language"
	case found.identity == "" && !c.src.Identity.isZero():
		return crawler.Paged, found.article.How + "; known by its address, having no identity"
	}
	return crawler.Paged, found.article.How
}

// page returns the page at u with what was found there.
func (c *crawl) page(u *url.URL, found finding) crawler.Page {
	address, a := u.String(), found.article
	title := a.Title
	if title == "" {
		title = strings.TrimSuffix(path.Base(u.Path), path.Ext(u.Path))
	}
	if title == "" || title == "/" || title == "." {
		title = u.Host
	}
	if found.answersBy == "" { // there was no markup that a rule could look at
		found.answers, found.answersBy = c.src.Availability.Of(u, nil)
	}
	return crawler.Page{
		Source: c.src.Name, ExternalID: address, Identity: found.identity, URL: address, Title: title, Locale: c.src.Locale,
		HTML: a.HTML, Markdown: a.Markdown, Availability: found.answers, Outline: a.Outline, LeftOut: a.LeftOut,
		End: found.end, Inside: found.inside, Untitled: isOfAddress(title, a.TitleFrom), Dialogue: a.Dialogue, Unseen: found.unseen,
	}
}

// isOfAddress reports whether a title is only a part of the address. A file may have a name that people gave it.
func isOfAddress(title, from string) bool {
	return from == "" || from == "address" || from == "file name" && !strings.Contains(title, " ")
}
