package render

import (
	"net/url"
	"slices"
	"strings"
)

// Refusal is a request of a page that was not made.
type Refusal struct {
	// Address is an origin, or a path of the source's own. It contains no more, since that may be a secret.
	Address string `json:"address"`
	Why     string `json:"why"`
	Key     string `json:"key,omitempty"` // setting that would allow it; may be empty
	Count   int    `json:"count"`
}

// maxRefusals is how many different refusals are kept for one page.
const maxRefusals = 50

// refuse records a request that is not made because of its destination.
func (t *tab) refuse(u *url.URL, why, key string) error {
	address := u.Scheme + "://" + u.Host
	if t.isInside(u) {
		address = u.Path
	}
	if t.reach.carries(&url.URL{Host: u.Host, Path: u.Path}) || t.login != nil && t.login.tells(u) {
		address, key = "(an address with a value of the session in it)", ""
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.refusals, func(r Refusal) bool { return r.Address == address && r.Why == why })
	switch {
	case i >= 0:
		t.refusals[i].Count++
	case len(t.refusals) == maxRefusals:
		t.refusals[maxRefusals-1] = Refusal{Address: "others", Why: why, Count: t.refusals[maxRefusals-1].Count + 1}
	default:
		t.refusals = append(t.refusals, Refusal{Address: address, Why: why, Key: key, Count: 1})
	}
	return errBlocked
}

// refusalsInOrder returns the refusals in an order that is the same for the same page. mu is held.
func (t *tab) refusalsInOrder() []Refusal {
	list := slices.Clone(t.refusals)
	slices.SortFunc(list, func(a, b Refusal) int { return strings.Compare(a.Address+a.Why, b.Address+b.Why) })
	return list
}
