package render

import (
	"net/url"
	"slices"
	"strings"
)

// Refusal is what a page asked for and did not get.
type Refusal struct {
	Address string `json:"address"` // an origin, or a path of the source's own; it holds no more, since that may be a secret
	Why     string `json:"why"`
	Key     string `json:"key,omitempty"` // that would allow it, with its value; "" for none
	Count   int    `json:"count"`
}

// maxRefusals is how many of them are told apart, of one page.
const maxRefusals = 50

// refuse counts a request that is not made because of where it goes.
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

// refusalsInOrder are the refusals, the same for the same page. mu is held.
func (t *tab) refusalsInOrder() []Refusal {
	list := slices.Clone(t.refusals)
	slices.SortFunc(list, func(a, b Refusal) int { return strings.Compare(a.Address+a.Why, b.Address+b.Why) })
	return list
}
