package web

import (
	"net/url"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/web/availability"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

func TestAvailabilityFollowsWhatIsOnThePage(t *testing.T) {
	t.Parallel()
	no := false
	policy := availability.Policy{
		Default: crawler.Availability{AIAgent: true, AICopilot: true},
		Rules: []availability.Rule{
			{Match: matching(t, "/a/**"), Selector: ".label", AIAgent: &no, AICopilot: &no},
			{Selector: ".label", AIAgent: &no},
			{Meta: "audience=staff", AIAgent: &no},
			{Breadcrumb: "Internal", AIAgent: &no},
		},
	}
	for _, c := range []struct {
		path, source string
		want         crawler.Availability
		rule         string
	}{
		{"/b", "<p>For all.</p>", policy.Default, "default"},
		{"/b", "<p class=label>Internal</p>", crawler.Availability{AICopilot: true}, "selector .label"},
		{"/a/b", "<p class=label>Internal</p>", crawler.Availability{}, "/a/**, selector .label"},
		{"/b", "<meta name=audience content=staff>", crawler.Availability{AICopilot: true}, "meta audience=staff"},
		{"/b", "<nav class=breadcrumb><a>Home</a> <a>Internal</a></nav>", crawler.Availability{AICopilot: true}, "breadcrumb Internal"},
		{"/b", "<p>Internal</p>", policy.Default, "default"},
	} {
		u := at(t, c.path)
		doc, err := extract.Parse(u, "text/html", []byte(c.source))
		if err != nil {
			t.Fatal(err)
		}
		if got, rule := policy.Of(u, doc); got != c.want || rule != c.rule {
			t.Errorf("%s %s: got %+v by %q, want %+v by %q", c.path, c.source, got, rule, c.want, c.rule)
		}
		if got, _ := policy.Of(u, nil); got != policy.Default {
			t.Errorf("%s without a document: got %+v", c.path, got)
		}
	}
}

func TestTheFirstAvailabilityRuleThatMatchesDecides(t *testing.T) {
	no, yes := false, true
	policy := availability.Policy{
		Default: crawler.Availability{AIAgent: true, AICopilot: true},
		Rules: []availability.Rule{
			{Match: matching(t, "/internal/open/**"), AICopilot: &yes},
			{Match: matching(t, "/internal/**"), AIAgent: &no},
			{Match: matching(t, "/**/secret"), AIAgent: &no, AICopilot: &no},
		},
	}
	for path, want := range map[string]crawler.Availability{
		"/a":                    {AIAgent: true, AICopilot: true},
		"/internal/a":           {AIAgent: false, AICopilot: true},
		"/internal/open/a":      {AIAgent: true, AICopilot: true},
		"/internal/open/secret": {AIAgent: true, AICopilot: true},
		"/b/secret":             {},
	} {
		if got, _ := policy.Of(at(t, path), nil); got != want {
			t.Errorf("%s: got %+v, want %+v", path, got, want)
		}
	}
}

func matching(t *testing.T, text string) urlpattern.Pattern {
	t.Helper()
	p, err := urlpattern.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// at is the address of a path.
func at(t *testing.T, path string) *url.URL {
	t.Helper()
	u, err := url.Parse("https://help.example.com" + path)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
