package screen

import (
	"slices"

	"github.com/fincrawl/fincrawl/crawler"
)

// ownSecrets finds what gets this program itself in: a page may show the headers or
// the session that it was asked for with.
type ownSecrets struct{ known Secrets }

const ownSecret = "own-secret"

func (o ownSecrets) scan(t *text, found func(match)) {
	for _, at := range o.known.Places(t.plain) {
		found(match{rule: ownSecret, kind: OwnSecret, action: Hold, start: at[0], end: at[1]})
	}
}

// ownSecretsElsewhere adds a match where a secret stands in what a page is known by. All else of it that is sent
// is in the areas that are scanned: its Markdown says what its HTML says.
func (s *Screener) ownSecretsElsewhere(p crawler.Page, r *reading, matches []match) []match {
	own := s.config.Own
	if own == nil || slices.ContainsFunc(matches, func(m match) bool { return m.kind == OwnSecret }) {
		return matches
	}
	if own.In(p.ExternalID) || own.In(p.Identity) {
		return append(matches, match{rule: ownSecret, kind: OwnSecret, action: Hold, area: inAttributes, end: len(r.areas[inAttributes].plain)})
	}
	return matches
}
