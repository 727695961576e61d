package render

import (
	_ "embed" // the script
	"encoding/json"
	"net/url"
	"sync"
)

// storage is what the site's scripts keep in the browser (localStorage and
// sessionStorage), where many a session lives. Each tab gets it anew, since what
// is in sessionStorage ends with a tab, and all of it with the browser.
type storage struct {
	mu   sync.Mutex
	kept map[string]stored // by origin, as scripts name it
	// session counts the logins, so that what a page has stored with an earlier
	// session is not taken for that of a later one.
	session int
}

type stored struct {
	Local   map[string]string `json:"local"`
	Session map[string]string `json:"session"`
}

//go:embed scripts/storage.js
var storageScript string

// keepStorage remembers what the page's scripts have stored, where the page is one
// of the source's own.
func (t *tab) keepStorage() {
	got, err := evaluate[struct {
		Origin string `json:"origin"`
		stored
	}](t, storageScript)
	if err != nil {
		return // sandboxed, or too much: then it has none
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

// script puts what is missing back, on any page of the origin that it came from.
// The session is that of what is stored.
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
		for (const [key, value] of Object.entries(kept.local)) if (localStorage.getItem(key) === null) localStorage.setItem(key, value);
		for (const [key, value] of Object.entries(kept.session)) if (sessionStorage.getItem(key) === null) sessionStorage.setItem(key, value);
	})()`, s.session
}

// values are what is kept, whatever it is.
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

// names are the keys of what is kept, for people.
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
