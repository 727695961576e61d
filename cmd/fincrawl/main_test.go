package main

import (
	"flag"
	"runtime"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"
)

var kills = flag.Int("kills", 15, "how often a sync is killed by TestWrittenAfterAcknowledged, and each one of TestAKillAtAnyBoundaryEndsWell at most")

// TestMain lets the test binary be fincrawl itself: for the scripts, and for the
// tests that kill it.
func TestMain(m *testing.M) {
	// Unless the command line says otherwise. Most of these tests wait for the disk, for other processes and for
	// browsers more than they compute, so several of them run on each core.
	_ = flag.Set("rapid.checks", "30")
	_ = flag.Set("test.parallel", strconv.Itoa(4*runtime.GOMAXPROCS(0)))
	testscript.Main(leakChecked{m}, map[string]func(){"fincrawl": main, "fincrawl-killed": killedMain})
}

// leakChecked runs the tests and then looks for goroutines they left behind.
type leakChecked struct{ *testing.M }

func (m leakChecked) Run() int {
	code := m.M.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			println(err.Error())
			return 1
		}
	}
	return code
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata"})
}
