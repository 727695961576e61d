package css

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// What a selector matches is what cascadia says that it matches, and what names alone tell of that holds.
func TestSelectorsMatchWhatCascadiaMatches(t *testing.T) {
	page, err := html.Parse(strings.NewReader(`<body class=a><div class="a b"><p id=x>1<b class=c>2</b></p><p class=b>3<i>4</i></p>text<div><p class="a c">5</p><b>6</b><b class=a>7</b></div></div><i class="b c"></i>`))
	if err != nil {
		t.Fatal(err)
	}
	simple := rapid.SampledFrom([]string{"p", "b", "i", "div", "*", ".a", ".b", ".c", "#x", "p.a", "[class]", `[class~="b"]`, `[class="a (b) > ]"]`, ":first-child", "p:nth-child(2)", ":empty", "b:last-of-type", ":root"})
	var complexes func(depth int) *rapid.Generator[string]
	complexes = func(depth int) *rapid.Generator[string] {
		return rapid.Custom(func(t *rapid.T) string {
			var out strings.Builder
			for i := range rapid.IntRange(1, 4).Draw(t, "compounds") {
				if i > 0 {
					out.WriteString(rapid.SampledFrom([]string{" ", " > ", "+", " ~ ", "  "}).Draw(t, "joint"))
				}
				out.WriteString(simple.Draw(t, "simple"))
				if depth > 0 && rapid.Bool().Draw(t, "encloses") {
					inside := complexes(depth - 1)
					out.WriteString(rapid.SampledFrom([]string{":not(", ":has(", ":haschild(", ":NOT( "}).Draw(t, "pseudo"))
					out.WriteString(inside.Draw(t, "inside"))
					if rapid.Bool().Draw(t, "several") {
						out.WriteString(", " + inside.Draw(t, "inside"))
					}
					out.WriteString(")")
				}
			}
			return out.String()
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		text := complexes(2).Draw(t, "selector")
		theirs, err := cascadia.Parse(text)
		if err != nil {
			t.Skip(text, err)
		}
		ours := compileSelector(text)
		if ours == nil {
			t.Fatalf("%q: not compiled", text)
		}
		for n := range htmltree.Below(page) {
			if n.Type == html.ElementNode && ours.match(n, nil) != theirs.Match(n) {
				t.Fatalf("%q: %s %v: %v, and cascadia says %v", text, n.Data, n.Attr, ours.match(n, nil), theirs.Match(n))
			}
			if n.Type != html.ElementNode {
				continue
			}
			if may := ours.mayMatch(alone(n), nil); theirs.Match(n) && !may || may && !ours.open && !theirs.Match(n) {
				t.Fatalf("%q: %s %v: by names %v, and cascadia says %v", text, n.Data, n.Attr, may, theirs.Match(n))
			}
		}
	})
}

// alone returns a copy of n in copies of what is around it, without what stands beside them.
func alone(n *html.Node) *html.Node {
	if n == nil {
		return nil
	}
	return &html.Node{Type: n.Type, Data: n.Data, DataAtom: n.DataAtom, Attr: n.Attr, Parent: alone(n.Parent)}
}

// Trying a selector in vain takes no longer than its length times the depth of the page.
func TestSelectorsAreTriedInOneWay(t *testing.T) {
	work := func(n int) int64 {
		page, err := html.Parse(strings.NewReader(strings.Repeat("<div>", n) + "<b>"))
		if err != nil {
			t.Fatal(err)
		}
		var meter *budget.Meter
		err = budget.Run(t.Context(), budget.Page, func(ctx context.Context) error {
			meter = budget.From(ctx)
			s := compileSelector("section " + strings.Repeat("div ", n/2) + "b")
			for n := range htmltree.Below(page) {
				if n.Data == "b" && s.match(n, meter) {
					return errors.New("matches")
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return meter.Spent()
	}
	if few, many := work(100), work(400); many > 5*few {
		t.Errorf("%d steps for 100 elements, %d for 400", few, many)
	}
}
