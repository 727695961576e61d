package preset_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/extract/preset"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

// viewsOf are pages of platforms that are no articles, each as what tells it, in a page of the platform.
var viewsOf = map[string][]string{
	"redmine": {
		`<body class="controller-wiki action-history">`, `<body class="project-a controller-issues action-index">`, `<body class="controller-users action-show">`,
		`<body class="controller-wiki action-show"><div id="content"><h2><a href="/projects/a/wiki/Keys">Keys</a> <a href="/projects/a/wiki/Keys/history">History</a> Revision 2</h2>`,
	},
	"wordpress": {
		`<body class="archive tag tag-money">`, `<body class="home blog logged-in">`, `<body class="search search-results">`, `<body class="attachment single single-attachment">`,
		`<body class="wp-admin wp-core-ui">`, `<body class="single"><article id="post-3" class="post-3 post status-draft">`,
	},
}

// marksOf are pages of the platforms that have views.
var marksOf = map[string]string{
	"redmine":   `<meta name="description" content="Redmine"><meta name="keywords" content="issue,bug,tracker">`,
	"wordpress": `<meta name="generator" content="WordPress 6.8">`,
}

func TestPlatformsTellWhatIsNoArticle(t *testing.T) {
	set := preset.NewSet(nil)
	for _, p := range preset.Embedded() {
		if (len(p.Views) > 0) != (len(viewsOf[p.Name]) > 0) {
			t.Errorf("%s has %d selectors of views, and %d pages to try them on", p.Name, len(p.Views), len(viewsOf[p.Name]))
		}
		for _, page := range viewsOf[p.Name] {
			root := parse(t, marksOf[p.Name]+page)
			if found, ok := set.Recognise(root); !ok || found.Preset != p.Name || found.View(root) == "" {
				t.Errorf("%s: an article for it: %s", p.Name, page)
			}
		}
	}
	// Articles are none: see pages_test.go.
	inputs, err := filepath.Glob("testdata/*.in.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, input := range inputs {
		page, err := os.ReadFile(input)
		if err != nil {
			t.Fatal(err)
		}
		root := parse(t, string(page))
		if found, ok := set.Recognise(root); ok && found.View(root) != "" {
			t.Errorf("%s is no article, as %s tells", input, found.View(root))
		}
	}
}

// trapsOf are addresses of platforms that lead to no article, and some that do.
var trapsOf = map[string]struct{ traps, articles string }{
	"redmine": {
		"/projects/a/wiki/Keys/history /projects/a/wiki/Keys/3/diff /redmine/projects/a/wiki/Keys/3 /issues?sort=id /projects/a/issues/gantt /issues/3?tab=notes /projects/a/activity /watchers/new",
		"/projects/a/wiki/History /projects/a/wiki/2024 /issues?page=2 /projects/a/issues?page=2&set_filter=1&sort=id /boards/1/topics/4 /issues/7",
	},
	"wordpress": {
		"/wp-admin/post-new.php /blog/wp-admin/ /feed/ /keys/feed/ /keys/?replytocom=7 /?p=24&preview=true /wp-login.php /?s=gate",
		"/keys/ /page/2/ /?p=24 /how-to-feed/ /?page_id=7",
	},
}

func TestTrapsOfPlatformsLeaveArticlesAlone(t *testing.T) {
	for _, p := range preset.Embedded() {
		of, ok := trapsOf[p.Name]
		if ok != (len(p.Traps) > 0) {
			t.Errorf("%s has %d traps; are there addresses to try them on? %t", p.Name, len(p.Traps), ok)
		}
		var patterns []urlpattern.Pattern
		for _, text := range p.Traps {
			pattern, err := urlpattern.Parse(text)
			if err != nil {
				t.Errorf("%s: %v", p.Name, err)
			}
			patterns = append(patterns, pattern)
		}
		try := func(addresses string, want bool) {
			for address := range strings.FieldsSeq(addresses) {
				u, err := url.Parse("https://help.example" + address)
				if err != nil {
					t.Fatal(err)
				}
				if got := urlpattern.Any(patterns, u); got != want {
					t.Errorf("%s: %s in a trap: %t", p.Name, address, got)
				}
			}
		}
		try(of.traps, true)
		try(of.articles, false)
	}
}
