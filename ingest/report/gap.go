package report

import (
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/proof"
)

// Advice on a gap names the cause that was seen and the next step. A cause that ended the crawl
// as a whole is reported once, and not for each page.

// AdviceOnGaps returns the advice for the kinds of gaps there are, each once.
func AdviceOnGaps(c crawler.Coverage, failed bool) []string {
	if failed {
		return nil
	}
	var advice []string
	for _, g := range c.Gaps {
		if a := adviceOn(g, c.Ended != ""); a != "" && !slices.Contains(advice, a) {
			advice = append(advice, a)
		}
	}
	return advice
}

// adviceOn returns the advice for a gap. ended says that something ended the crawl.
func adviceOn(g crawler.Gap, ended bool) string {
	switch g.Outcome {
	case crawler.LoginWall:
		switch {
		case ended:
			return "" // the session was lost, which is reported once
		case strings.Contains(g.Detail, proof.SayTheSame):
			return "Several addresses give one and the same text: open one of them in a browser. " +
				"If it is an error or a notice, run again when it is gone; " +
				"if it is what content.body leaves of every page, change that; " +
				"if it is a login, see `fincrawl check --online`; " +
				"if the pages really are alike, exclude all but one."
		}
		return "The site asks for a login there. Where the source has no auth, add it. " +
			"Where it has, its user may not see these pages: give it access, or exclude them. " +
			"`fincrawl check --online` shows what the login sees."
	case crawler.Forbidden:
		if ended {
			return ""
		}
		if strings.Contains(g.Detail, "401") {
			return "The site wants other credentials there (HTTP 401): check those under auth, " +
				"or add them where the source has none."
		}
		return "The site refuses these: give the login's user access " +
			"(or add auth to the source, where it has none), or exclude them."
	case crawler.RateLimited:
		return "The site asked to slow down: lower fetch.rate and fetch.concurrency."
	case crawler.ServerError, crawler.Timeout, crawler.Unreachable:
		return "The site failed to answer: run again when it is well, or exclude what never answers."
	case crawler.TLSFailed:
		return "The site's certificate is not accepted: mend it, or trust its authority on this machine."
	case crawler.TooDeep:
		return "Beyond discover.max_depth: raise it, or exclude what goes on without an end."
	case crawler.OverLimit:
		return "Beyond discover.max_pages: raise it, or exclude what is not knowledge."
	case crawler.BadRobots:
		return "robots.txt is beyond its limits: have it shortened, or go ahead without it by fetch.respect_robots: false."
	case crawler.RedirectLoop:
		return "The site sends these in circles: open one in a browser, and have it mended, or exclude them."
	case crawler.Unrendered:
		return "The browser could not show these: see that browser.path or browser.remote works, " +
			"or set render: never for them."
	case crawler.BadListing:
		return "The source's list is not whole, so nothing that it lacks is deleted: mend what makes the list, and run again. " +
			"`fincrawl pages check FILE` shows all that is wrong with one."
	case crawler.Interrupted:
		if ended {
			return "The crawl ended before these were read: mend what ended it, as said above, and run again."
		}
		return "The run ended before these were read: run again."
	}
	return "Have these mended on the site, or exclude them."
}
