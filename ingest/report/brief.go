package report

import (
	"slices"

	"github.com/fincrawl/fincrawl/ingest"
)

// remembered is how many changes of each action, and how many failures, [Run.Brief] keeps of a
// source. It is about what a person would look through.
const remembered = 200

// Brief returns the run as it is recorded: [Run.WithoutUnchanged], with the first remembered
// changes of each action. Counts has the numbers of all of them.
func (r Run) Brief() Run {
	r = r.WithoutUnchanged()
	for i := range r.Sources {
		s := &r.Sources[i]
		if s.Plan != nil {
			plan, kept := *s.Plan, map[ingest.Action]int{}
			plan.Changes = slices.DeleteFunc(slices.Clone(plan.Changes), func(c ingest.Change) bool {
				kept[c.Action]++
				return kept[c.Action] > remembered
			})
			s.Plan = &plan
		}
		if s.Result != nil && len(s.Result.Failed) > remembered {
			result := *s.Result
			result.Failed = result.Failed[:remembered]
			s.Result = &result
		}
	}
	return r
}
