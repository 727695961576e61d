package sitemap

import "time"

// ParseDate returns the last moment that a date of a sitemap may mean (https://www.w3.org/TR/NOTE-datetime).
// A day lasts until its end in any time zone, and the site's clock may differ.
func ParseDate(text string) (time.Time, bool) {
	const (
		aDay     = 24 * time.Hour
		anywhere = 12 * time.Hour // the time zone furthest behind UTC
		wrongBy  = time.Minute
	)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Add(wrongBy), true
		}
	}
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t.Add(aDay + anywhere), true
	}
	return time.Time{}, false
}
