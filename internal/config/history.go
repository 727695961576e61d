package config

import (
	"regexp"
	"strconv"
	"time"
)

// keepPattern matches a number of runs, a number of days, or both.
var keepPattern = regexp.MustCompile(`^(?:([0-9]+) runs?)?(?:, *)?(?:([0-9]+)d)?$`)

const (
	mostRuns = 1000
	mostDays = 3650
)

// keptRuns says which runs are recorded. With only a number of days, the number of runs is the largest allowed.
func (d *decoder) keptRuns(to *History) value {
	const want = "how many runs are remembered and for how long, such as 50 runs, or 50 runs, 90d; at most 1000 runs and 3650d"
	return value{shape: matching(keepPattern.String()), read: func(e entry) {
		text, ok := d.word(e, want)
		if !ok {
			return
		}
		m := keepPattern.FindStringSubmatch(text)
		if m == nil || m[1] == "" && m[2] == "" {
			d.wrong(e, want)
			return
		}
		h := History{Runs: mostRuns}
		days := mostDays
		for i, number := range []*int{&h.Runs, &days} {
			if m[i+1] == "" {
				continue
			}
			got, err := strconv.Atoi(m[i+1])
			if most := *number; err != nil || got < 1 || got > most {
				d.wrong(e, want)
				return
			}
			*number = got
		}
		if m[2] != "" {
			h.For = time.Duration(days) * 24 * time.Hour
		}
		*to = h
	}}
}
