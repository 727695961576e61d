package render

import (
	_ "embed" // the script
	"encoding/json"
	"net/url"
	"sync"
)

// storage is what the site's scripts keep in the browser (localStorage and sessionStorage), which is where
// many sites keep the session. Each tab gets it again, since sessionStorage ends with its tab, and
// everything ends with the browser.
type storage struct {
	mu   sync.Mutex
	kept map[string]stored // by origin, as scripts write it
	// session counts the logins. What a page stored during an earlier session must not replace that of a
	// later one.
	session int
}

type stored struct {
	Local   map[string]string `json:"local"`
	Session map[string]string `json:"session"`
}

//go:embed scripts/storage.js
var storageScript string

// keepStorage keeps what the page's scripts have stored, if the page is one of the source's own.
func (t *tab) keepStorage() {
	got, err := evaluate[struct {
		Origin string `json:"origin"`
		stored
	}](t, storageScript)
	if err != nil {
		return // the page is sandboxed or stored too much; it has none
	}
	at, err := url.Parse(got.Origin)
	if err != nil || !t.own[originOf(at)] {
		return
	}
	t.storage.mu.Lock()
	defer t.storage.mu.Unlock()
	switch {
	case t.login != nil:
		t.storage.session++
	case t.session != t.storage.session:
		return
	}
	if t.storage.kept == nil {
		t.storage.kept = make(map[string]stored)
	}
	t.storage.kept[got.Origin] = got.stored
}

// script returns a script that restores what is missing on any page of the same origin, and the session of
// what is stored.
func (s *storage) script() (script string, session int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) == 0 {
		return "", s.session
	}
	kept, err := json.Marshal(s.kept)
	if err != nil {
		return "", s.session
	}
	return `(() => {
		const kept = ` + string(kept) + `[location.origin];
		if (!kept || window !== window.top) return;
		const restore = (from, to) => {
			for (const [key, value] of Object.entries(from)) if (to.getItem(key) === null) to.setItem(key, value);
		};
		restore(kept.local, localStorage);
		restore(kept.session, sessionStorage);
	})()`, s.session
}

// values returns all stored values.
func (s *storage) values() (values []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, kept := range s.kept {
		for _, list := range []map[string]string{kept.Local, kept.Session} {
			for _, value := range list {
				values = append(values, value)
			}
		}
	}
	return values
}

// names returns the keys of what is stored, for people.
func (s *storage) names() (names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, kept := range s.kept {
		for name := range kept.Local {
			names = append(names, name)
		}
		for name := range kept.Session {
			names = append(names, name)
		}
	}
	return names
}
