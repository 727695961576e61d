package lint_test

import (
	"testing"

	"github.com/fincrawl/fincrawl/internal/check/lint"
)

func TestAPageThatIsLookedAtAgainCountsAsItIsNow(t *testing.T) {
	l := newLinter()
	ending := "<p>Did this not help? Please contact our support team.</p>"
	l.Add(page("/a", "A page", "<p>"+article("x")+"</p>"+ending))
	l.Add(page("/b", "Another page", "<p>"+article("y")+"</p>"+ending))
	l.Again(page("/a", "A page", "<p>"+article("x")+"</p>"))
	l.Again(page("/a", "A page", "<p>"+article("x")+"</p>"))
	issues, err := l.Issues(links(), func(string) (string, error) { return "", nil })
	if err != nil {
		t.Fatal(err)
	}
	if len(issues) != 1 || issues[0].Kind != lint.ContactEnding || issues[0].URL != "https://help.example.com/b" {
		t.Errorf("found %+v, want the ending of /b alone", issues)
	}
}
