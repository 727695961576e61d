//go:build linux

package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/internal/realsite"
)

func TestMediaWikiBehindItsLoginForm(t *testing.T) {
	t.Parallel()
	wiki := realsite.StartMediaWiki(t, map[string]string{
		"Refunds":       "== Within 30 days ==\nThe money returns the way it came, see [[Invoices]] and [[Not written yet]].\n",
		"Invoices":      "They are sent on the '''first working day'''.\n{| class=wikitable\n! Kind !! Sent by\n|-\n| Yearly || post\n|}\n",
		"Storm warning": "Nobody is cut off during a [[Storm warning]].\n== Levels ==\n# yellow\n# red\n[[Category:Weather]]\n",
		"Café gauges":   "Gauges in cafés, and <code>code</code>. {{Nothing}}\n",
	})
	world := newRealWorld(t, wiki.Site, fmt.Sprintf(`
    auth:
      form:
        url: %sindex.php?title=Special:UserLogin
        fields: {wpName: "${SITE_USERNAME}", wpPassword: "${SITE_PASSWORD}"}
        logged_in: "#pt-logout"
    exclude: ["re:[?&](action|oldid|diff|curid|printable)=", "re:[?&]title=(Special|Talk|User|User_talk|File|Template|Category|Help|MediaWiki|Tidewater_handbook):"]`, wiki.URL))
	articles := func() (titles []string) {
		for _, address := range world.urls() {
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			titles = append(titles, strings.ReplaceAll(u.Query().Get("title"), "_", " "))
		}
		slices.Sort(titles)
		return titles
	}

	world.sync(exitDone)
	if diff := cmp.Diff(wiki.Articles, articles()); diff != "" {
		t.Errorf("articles (-wiki +library):\n%s", diff)
	}
	for _, p := range world.pages() {
		for _, frame := range []string{"Log out", "Jump to", "Retrieved from", "[edit]", "Random page"} {
			if strings.Contains(p.HTML, frame) {
				t.Errorf("%s has %q, which is not its text", p.URL, frame)
			}
		}
	}
	world.wrote(world.sync(exitDone)) // nothing

	wiki.Write(t, "Refunds", "== Within 60 days ==\nThe money returns the way it came.\n")
	world.wrote(world.sync(exitDone), http.MethodPost)

	wiki.Remove(t, "Invoices")
	// Its own address answers 404, and the main page's link leads to its editor now.
	world.wrote(world.sync(exitDone), http.MethodPost, http.MethodDelete)
	world.wrote(world.sync(exitDone)) // nothing
}
