package css

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// What pages were read before, and at the same time, changes nothing of what is found hidden or set.
func TestPagesThatShareStyleSheetsAreJudgedAlike(t *testing.T) {
	rules := rapid.SampledFrom([]string{
		".a{display:none}", ".a .b{display:block}", "p:first-child{visibility:hidden}", "p:first-child i{visibility:visible}",
		".b+.c{color:#fff}", "div:has(.c){background:#000}", "#x{color:#000}", ".c{opacity:.2}", ".a>.c{opacity:.1}", "[title]{color:white}",
		":root{--ink:#fff}", ".b{--ink:#000}", "i:nth-child(2){--ink:#fff}", "i,span{color:var(--ink)}", "body:has(.b){--ink:#fff}",
		".c:not(:last-child){font-size:0}", ".a:hover{display:none}", ".b.open{display:block}", "span{display:block;text-decoration:line-through}",
		"span:first-child{display:inline}", "ol{list-style:lower-roman}", "ol[type]{list-style:upper-alpha}", ".b{color:#eee;background:#eee}",
	})
	var elements func(depth int) *rapid.Generator[string]
	elements = func(depth int) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			name := rapid.SampledFrom([]string{"p", "i", "span", "div", "ol", "b"}).Draw(t, "name")
			attributes := rapid.SampledFrom([]string{"", ` class=a`, ` class="b c"`, ` class="c d"`, ` id=x`, ` id=y title=z`, ` style="color:#fff"`, ` bgcolor=black`, ` class=b type=I`}).Draw(t, "attributes")
			inside := "text"
			if depth > 0 {
				inside += strings.Join(rapid.SliceOfN(elements(depth-1), 0, 3).Draw(t, "inside"), " ")
			}
			return "<" + name + attributes + ">" + inside + "</" + name + ">"
		})
	}
	judged := func(page string, memory *Memory) string {
		root, err := html.Parse(strings.NewReader(page))
		if err != nil {
			return err.Error()
		}
		s := Read(root, &url.URL{}, nil, memory, nil)
		var out strings.Builder
		for n := range htmltree.Below(root) {
			if n.Type == html.ElementNode {
				as, by, hidden := s.Judge(n)
				fmt.Fprint(&out, n.Data, as, by, hidden, " ")
			}
		}
		return out.String()
	}
	rapid.Check(t, func(t *rapid.T) {
		style := "<style>" + strings.Join(rapid.SliceOfN(rules, 1, 8).Draw(t, "rules"), "\n") + "</style>"
		pages := rapid.SliceOfN(elements(3), 2, 5).Draw(t, "pages")
		memory := &Memory{}
		got := make([]string, len(pages))
		var reading sync.WaitGroup
		for i, page := range pages {
			reading.Go(func() { got[i] = judged(style+page, memory) })
		}
		reading.Wait()
		for i, page := range pages {
			if want := judged(style+page, nil); got[i] != want || judged(style+page, memory) != want {
				t.Fatalf("%s\n%s\nalone    %s\ntogether %s", style, page, want, got[i])
			}
		}
	})
}
