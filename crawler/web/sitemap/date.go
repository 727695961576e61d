package sitemap

import "time"

// ParseDate reads a date of a sitemap (https://www.w3.org/TR/NOTE-datetime) as the
// last moment that it may mean: a day lasts until its end, wherever it was written,
// and the site's clock is not ours.
func ParseDate(text string) (time.Time, bool) {
	const (
		aDay     = 24 * time.Hour
		anywhere = 12 * time.Hour // as far as clocks are behind UTC
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
