package ingest_test

import (
	"fmt"
	"iter"
	"log"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/state"
)

// each yields values without an error.
func each[T any](values ...T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range values {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func ExampleNewPlan() {
	plan, err := ingest.NewPlan(ingest.Inputs{
		Source:   "help-center",
		Coverage: crawler.Coverage{Complete: true},
		Pages: each( // as they were crawled, sorted
			state.Staged{ExternalID: "https://help.example.com/a", URL: "https://help.example.com/a", Hash: "2"},
			state.Staged{ExternalID: "https://help.example.com/b", URL: "https://help.example.com/b", Hash: "1"},
		),
		Entries: each( // as they were sent, sorted
			state.Entry{ExternalID: "https://help.example.com/a", URL: "https://help.example.com/a", Hash: "1", RemoteID: "11"},
			state.Entry{ExternalID: "https://help.example.com/c", URL: "https://help.example.com/c", Hash: "1", RemoteID: "12"},
		),
		Outcome: func(string) (crawler.Outcome, string, bool, error) { return crawler.Gone, "HTTP 404", true, nil },
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range plan.Changes {
		fmt.Println(c.Action, c.ExternalID)
	}
	// A policy holds what may do harm. This one lets a run delete no page at all.
	held := ingest.Policy{ConfirmRuns: 2, MaxCount: 0, MaxShare: 1, MaxShrink: 1}.Apply(plan)
	fmt.Println(held.Changes[2].Action, "by the guard", held.Changes[2].Guard)
	// Output:
	// ~ https://help.example.com/a
	// + https://help.example.com/b
	// - https://help.example.com/c
	// ? by the guard count
}
