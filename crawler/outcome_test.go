package crawler_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
)

// Every outcome that the program knows stands in the one table, and none is there that
// the program doesn't know.
func TestEveryOutcomeHasAMeaning(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "outcome.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := map[crawler.Outcome]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if name, isName := typeOf(spec, ok); !isName || name != "Outcome" {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		declared[crawler.Outcome(text)] = true
		return true
	})
	meanings := crawler.Meanings()
	for o := range declared {
		if _, ok := meanings[o]; !ok {
			t.Errorf("%s is not in the table", o)
		}
	}
	if len(declared) != len(meanings) || len(declared) < 35 {
		t.Errorf("%d outcomes are declared, and %d are in the table", len(declared), len(meanings))
	}
}

func typeOf(spec *ast.ValueSpec, ok bool) (string, bool) {
	if !ok {
		return "", false
	}
	name, ok := spec.Type.(*ast.Ident)
	if !ok {
		return "", false
	}
	return name.Name, true
}

// A page that was sent leaves at once for 404 and 410, and for what its source says of it by its ID, and never
// because of a failure.
func TestOnWhatGroundAPageMayLeave(t *testing.T) {
	for o, m := range crawler.Meanings() {
		switch {
		case m.Leaves == "":
			t.Errorf("%s has no ground", o)
		case m.Failed && !m.Spares, m.Spares != (m.Leaves == crawler.GroundNever):
			t.Errorf("%s: %+v", o, m)
		case (m.Leaves == crawler.GroundProved) != (o == crawler.Gone):
			t.Errorf("%s counts at once", o)
		case (m.Leaves == crawler.GroundFact) != (o == crawler.Deleted || o == crawler.Hidden):
			t.Errorf("%s counts at once, and without a second look", o)
		}
	}
	if got := crawler.Outcome("of-a-later-version").Meaning().Leaves; got != crawler.GroundHint {
		t.Errorf("an outcome that is not known is %s", got)
	}
}
