package reconcile

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/config"
)

// OnlyPages returns the pages by the source that they belong to, and these sources. Without pages it
// returns nil and all sources.
func OnlyPages(
	c *config.Config, names []string, pages []*url.URL, sources []config.Source,
) (map[string][]*url.URL, []config.Source, error) {
	if len(pages) == 0 {
		return nil, sources, nil
	}
	if len(names) > 1 {
		return nil, nil, Mistaken("--page wants one source, or none: %s", strings.Join(names, ", "))
	}
	name := strings.Join(names, "")
	only := make(map[string][]*url.URL)
	for _, page := range pages {
		address := *page
		address.Fragment = ""
		e := report.Explanation{Address: address.Redacted()}
		s, err := Owner(c, &address, name, &e)
		switch {
		case err != nil:
			return nil, nil, Mistake{err}
		case e.Source == "":
			return nil, nil, Mistaken("%s belongs to no source: %s", e.Address, Elsewhere(e))
		case e.Outcome != "" || !e.Page:
			return nil, nil, Mistaken("%s is no page of %s: %s", e.Address, s.Name, refusedBy(e.Judgement))
		}
		u, err := url.Parse(e.URL)
		if err != nil {
			return nil, nil, Mistake{err}
		}
		if !slices.ContainsFunc(only[s.Name], func(other *url.URL) bool { return other.String() == u.String() }) {
			only[s.Name] = append(only[s.Name], u)
		}
	}
	sources = slices.Clone(sources)
	return only, slices.DeleteFunc(sources, func(s config.Source) bool { return only[s.Name] == nil }), nil
}

// Elsewhere says why a URL belongs to no source.
func Elsewhere(e report.Explanation) string {
	var all []string
	for _, o := range e.Elsewhere {
		all = append(all, o.Source+" has "+o.Why)
	}
	return strings.Join(all, "; ")
}

// refusedBy names the settings by which a crawl does not fetch a URL.
func refusedBy(j scope.Judgement) string {
	var keys []string
	for _, r := range j.Rules {
		if r.Verdict == scope.Refuses {
			keys = append(keys, r.Name+" ("+r.Says+")")
		}
	}
	return cmp.Or(strings.Join(keys, ", "), strings.TrimSpace(string(j.Outcome)+" "+j.Detail))
}
