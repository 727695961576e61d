package report

import (
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/ingest"
)

func TestWhatAGuardHoldsIsNotCalledRefusedByIntercom(t *testing.T) {
	for _, guard := range ingest.Guards() {
		advice := Approach("wiki", guard.Name, 3)
		if refused := strings.Contains(advice, "refusal"); refused != (guard.Name == ingest.GuardRefused) {
			t.Errorf("%s: %s", guard.Name, advice)
		}
	}
}

func TestAdviceOnWhatTheImportSourceHasNamesTheSourceToAdopt(t *testing.T) {
	if got, want := Approach("our wiki", ingest.GuardForeign, 1), "`fincrawl adopt 'our wiki'`"; !strings.Contains(got, want) {
		t.Errorf("no %s in: %s", want, got)
	}
}

func TestOnlyWhatTheNextRunSendsIsPromised(t *testing.T) {
	// A page that looks like a notice waits for a person, though it is alone.
	if got := Approach("wiki", ingest.GuardShrunk, 1); strings.Contains(got, "One page alone goes") {
		t.Error(got)
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
