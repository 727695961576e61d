package auth

import (
	"fmt"
	"time"
)

// date formats a day for people.
func date(t time.Time) string { return t.UTC().Format("2006-01-02") }

// until says for people how long something is valid.
func until(t time.Time) string { return "until " + t.UTC().Format("2006-01-02 15:04 MST") }

// span formats a duration for people, no more exactly than is useful.
func span(d time.Duration) string {
	switch d = d.Round(time.Second); {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", int(d.Hours())/24)
	case d >= time.Hour:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	default:
		return d.String()
	}
}
