package crawler_test

import (
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
)

// What the wording says is said after "12 URLs are", and names a key.
func TestRemediesAreOfOneForm(t *testing.T) {
	named := 0
	for o := range crawler.Meanings() {
		remedy := o.Remedy()
		if remedy == "" {
			continue
		}
		named++
		if !strings.Contains(remedy, ": ") && !strings.Contains(remedy, ", ") || strings.HasSuffix(remedy, ".") || strings.HasPrefix(remedy, "are ") {
			t.Errorf("%s: %q", o, remedy)
		}
	}
	if named < 10 {
		t.Errorf("%d outcomes have one", named)
	}
}
