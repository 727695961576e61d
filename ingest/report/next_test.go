package report

import (
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/ingest"
)

func TestWhatAGuardHoldsIsNotCalledRefusedByIntercom(t *testing.T) {
	for _, guard := range ingest.Guards() {
		advice := approach(guard.Name, 3)
		if refused := strings.Contains(advice, "refusal"); refused != (guard.Name == ingest.GuardRefused) {
			t.Errorf("%s: %s", guard.Name, advice)
		}
	}
}

func TestCommandsInASentenceNameTheConfiguration(t *testing.T) {
	const text = "run `fincrawl retry`, then look at `content.body`, or at `fincrawl status` again"
	const want = "run `fincrawl retry --config '/etc/my wiki.yaml'`, then look at `content.body`, or at `fincrawl status --config '/etc/my wiki.yaml'` again"
	if got := Sentence(text, "/etc/my wiki.yaml"); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if got := Sentence(text, ""); got != text {
		t.Errorf("without one: %s", got)
	}
}
