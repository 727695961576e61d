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
	"bookstack": {`<body><main class="content-wrap card"><h1>Desk</h1><div class="entity-list"><a href="/books/desk/page/refunds">Refunds</a></div></main>`},
	"fossil": {
		`<body class="wiki rpage-whistory cpage-whistory">`, `<body class="timeline rpage-timeline cpage-timeline">`, `<body class="wiki rpage-wikiedit cpage-wikiedit">`,
		`<body class="wiki rpage-wiki cpage-wiki"><div class="content"><h2>Wiki Links</h2><ul><li>Formatting rules for <a href="/wiki_rules">Fossil Wiki</a></ul>`,
	},
	"foswiki": {`<body class="patternEditPage">`, `<body class="foswikiNoJs patternRenamePage">`, `<body><div class="foswikiDiffPage">`},
	"gollum":  {`<body><div id="wiki-wrapper" class="history"><div id="wiki-history">`, `<body><div id="wiki-wrapper" class="edit">`},
	"ikiwiki": {
		`<body><div class="page"><div id="pagebody"><div id="content"><div class="feedlink"></div><div class="recentchanges">`,
		`<body><div id="pagebody"><div id="content"><div class="archivepage"><a href="../../gates/">gates</a></div></div></div>`,
		`<body><div id="pagebody"><div id="content"><div class="inlinepage"><div class="inlinecontent"><p>News number 1 of the desk.</p></div></div></div></div>`,
	},
	"moin": {`<body><div id="page"><div id="content"><form id="editor">`, `<body><div id="content"><div id="page-history">`},
	"trac": {`<body><div id="content" class="timeline">`, `<body><div id="content" class="wiki"><form id="edit">`, `<body><div id="content" class="report">`},
	"usemod": {
		`<body><div class="wikiheader"></div><div class="wikibody"><a class="wikipagelink">Keys</a></div><div class="wikifooter"></div>`,
		`<body><div class="wikiheader"></div><div class="wikibody"><div class="wikitext"><div class="wikirc"></div></div></div><div class="wikifooter"></div>`,
	},
	"wikijs": {`<body><div id="root"><editor></editor></div>`, `<body><div id="root"><history></history></div>`},
	"xwiki":  {`<body class="editbody">`, `<body class="viewbody"><div id="historycontent">`},
}

// marksOf are pages of the platforms that have views.
var marksOf = map[string]string{
	"redmine":   `<meta name="description" content="Redmine"><meta name="keywords" content="issue,bug,tracker">`,
	"wordpress": `<meta name="generator" content="WordPress 6.8">`,
	"bookstack": `<meta name="base-url" content="https://x"><link rel="stylesheet" href="https://x/dist/styles.css?version=v1">`,
	"fossil":    "",
	"foswiki":   `<meta name="foswiki.web" content="Desk">`,
	"gollum":    `<link rel="stylesheet" href="/gollum/assets/app.css">`,
	"ikiwiki":   `<link rel="alternate" type="application/x-wiki" href="/ikiwiki.cgi?do=edit&amp;page=a">`,
	"moin":      `<link rel="stylesheet" href="/moin_static1911/modernized/css/common.css">`,
	"trac":      `<link rel="help" href="/wiki/TracGuide">`,
	"usemod":    "",
	"wikijs":    `<link rel="apple-touch-icon" href="/_assets/favicons/apple-touch-icon.png">`,
	"xwiki":     `<html data-xwiki-reference="xwiki:Desk.WebHome">`,
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
		"/projects/a/wiki/Keys/history /projects/a/wiki/Keys/edit /projects/a/wiki/Keys/3/diff /redmine/projects/a/wiki/Keys/3 /issues?sort=id /projects/a/issues?set_filter=1&sort=id&tracker_id=2 /projects/a/issues/gantt /issues/3?tab=notes /projects/a/activity /watchers/new",
		"/projects/a/wiki/History /projects/a/wiki/Edit /projects/a/wiki/2024 /issues?page=2 /projects/a/issues?page=2&set_filter=1&sort=id /boards/1/topics/4 /issues/7",
	},
	"wordpress": {
		"/wp-admin/post-new.php /blog/wp-admin/ /feed/ /keys/feed/ /keys/?replytocom=7 /?p=24&preview=true /wp-login.php /?s=gate",
		"/keys/ /page/2/ /?p=24 /how-to-feed/ /?page_id=7",
	},
	"bookstack": {
		"/books/desk/create-page /books/desk/page/keys/edit /books/desk/page/keys/revisions/3 /books/desk/chapter/a/permissions /create-book /search?term=a /books/desk/page/keys/export/pdf",
		"/books/desk/page/keys /books/desk/page/edit /books/edit /books/desk/chapter/sort /books?page=2 /shelves/create",
	},
	"foswiki": {
		"/bin/edit/Desk/Keys /bin/rdiff/Desk/Keys /twiki/bin/attach.cgi/Desk/Keys /Desk/Keys?rev=3 /Desk/WebChanges",
		"/bin/view/Desk/Keys /Desk/Keys /Desk/WebHome /bin/view/Desk/EditingText",
	},
	"fossil": {
		"/timeline /timeline?y=w /wikiedit?name=Keys /whistory?name=Keys /kb/info/0136c9d5 /tktedit/5f1a65 /forumpost/3585?t=c /tree?type=flat /setup_ulist",
		"/wiki?name=Keys /wiki?name=timeline /kb/forumpost/3585 /tktview/5f1a65 /doc/tip/help/keys.md /wcontent /forum /rptview/1 /ticket",
	},
	"gollum":  {"/gollum/edit/Keys.md /wiki/gollum/history/Keys.md /Keys/0123456789012345678901234567890123456789", "/Keys /history/founding /edit /gollum"},
	"ikiwiki": {"/ikiwiki.cgi?do=edit&page=a /wiki/ikiwiki.cgi", "/keys/ /edit/ /tag/desk/"},
	"moin":    {"/Keys?action=diff /wiki/RecentChanges /TitleIndex", "/Keys /Keys/History /HelpOnActions"},
	"outline": {"/doc/keys-a1b2/history /doc/keys-a1b2/edit /settings/members /doc/new", "/doc/keys-a1b2 /doc/history-a1b2 /collection/desk-a1 /s/3f/doc/keys-a1"},
	"trac":    {"/wiki/Keys?action=diff&version=3 /timeline /changeset/7 /browser/trunk /desk/newticket /report/1?sort=id", "/wiki/Keys /wiki/About /wiki/about /ticket/7 /report/1?page=2 /query?status=closed"},
	"usemod":  {"/wiki.pl?action=edit&id=Keys /cgi-bin/wiki.pl?back=Keys /wiki.pl?RecentChanges", "/wiki.pl?Keys /wiki.pl /wiki.pl?action /cgi-bin/wiki.pl?Back"},
	"wikijs":  {"/e/en/keys /h/en/keys /s/en/keys /t /a/pages", "/en/keys /keys /entry/e /"},
	"xwiki": {
		"/xwiki/bin/edit/Desk/Keys /xwiki/bin/view/Desk/Keys?viewer=history /xwiki/bin/view/XWiki/ann /xwiki/bin/viewrev/Desk/Keys?rev=2.1",
		"/xwiki/bin/view/Desk/Keys /xwiki/bin/view/Main/ /xwiki/bin/view/Desk/Edit",
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
