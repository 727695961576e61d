package ingest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/state"
)

func TestWhichPagesGoOnUnderAnotherAddress(t *testing.T) {
	const site = "https://wiki.test"
	at := func(path string) string { return site + path }
	// sent is a page that is known by one address and was last seen at another.
	sent := func(id, url, text string) state.Entry {
		return state.Entry{ExternalID: at(id), URL: at(url), RemoteID: "r" + id, Hash: text}
	}
	is := func(url, text string) state.Staged {
		return state.Staged{ExternalID: at(url), URL: at(url), Hash: "new " + text, Text: text}
	}
	for name, test := range map[string]struct {
		entries []state.Entry
		pages   []state.Staged
		away    map[string]string // address → where it leads; "" is gone, "!" failed
		want    map[string]string
	}{
		"nothing moved": {
			entries: []state.Entry{sent("/a", "/a", "A")}, pages: []state.Staged{is("/a", "A"), is("/b", "B")},
		},
		"an old address leads to the page": {
			entries: []state.Entry{sent("/a", "/a", "A")}, pages: []state.Staged{is("/b", "edited")},
			away: map[string]string{"/a": "/b"}, want: map[string]string{"/b": "/a"},
		},
		"over several steps": {
			entries: []state.Entry{sent("/a", "/a", "A")}, pages: []state.Staged{is("/c", "A")},
			away: map[string]string{"/a": "/b", "/b": "/c"}, want: map[string]string{"/c": "/a"},
		},
		"in a circle, to nothing": {
			entries: []state.Entry{sent("/a", "/a", "A")}, pages: []state.Staged{is("/c", "C")},
			away: map[string]string{"/a": "/b", "/b": "/a"},
		},
		"to a page that has its own": {
			entries: []state.Entry{sent("/a", "/a", "A"), sent("/b", "/b", "B")}, pages: []state.Staged{is("/b", "B")},
			away: map[string]string{"/a": "/b"},
		},
		"gone, and a new page says the same": {
			entries: []state.Entry{sent("/a", "/a", "A")}, pages: []state.Staged{is("/b", "A"), is("/c", "C")},
			away: map[string]string{"/a": ""}, want: map[string]string{"/b": "/a"},
		},
		"gone, and two new pages say the same": {
			entries: []state.Entry{sent("/a", "/a", "A")}, pages: []state.Staged{is("/b", "A"), is("/c", "A")},
			away: map[string]string{"/a": ""}, want: map[string]string{"/b": "/a"},
		},
		"failed, and a new page says the same": {
			entries: []state.Entry{sent("/a", "/a", "A")}, pages: []state.Staged{is("/b", "A")},
			away: map[string]string{"/a": "!"},
		},
		"not seen at all, and a new page says the same": {
			entries: []state.Entry{sent("/a", "/a", "A")}, pages: []state.Staged{is("/b", "A")},
		},
		"moved in an earlier run": {
			entries: []state.Entry{sent("/a", "/b", "A")}, pages: []state.Staged{is("/b", "A")},
			away: map[string]string{"/a": "/b"}, want: map[string]string{"/b": "/a"},
		},
		"moved earlier, and back": {
			entries: []state.Entry{sent("/a", "/b", "A")}, pages: []state.Staged{is("/a", "A")},
			away: map[string]string{"/b": "/a"}, want: map[string]string{"/a": "/a"},
		},
		"moved earlier, and another page took its old place": {
			entries: []state.Entry{sent("/a", "/b", "A")}, pages: []state.Staged{is("/a", "other"), is("/b", "A")},
			want: map[string]string{"/b": "/a", "/a": "/a#2"},
		},
		"two that changed places": {
			entries: []state.Entry{sent("/a", "/b", "A"), sent("/b", "/a", "B")}, pages: []state.Staged{is("/a", "B"), is("/b", "A")},
			want: map[string]string{"/b": "/a", "/a": "/b"},
		},
		"an address that somebody wrote in Intercom is not believed": {
			entries: []state.Entry{sent("/a", "/b", "")}, pages: []state.Staged{is("/a", "A"), is("/b", "B")},
		},
		"a page with an identity of its own keeps that": {
			entries: []state.Entry{sent("/a", "/a", "A")},
			pages:   []state.Staged{with(is("/b", "A"), func(p *state.Staged) { p.Identity = "KB1" })},
			away:    map[string]string{"/a": ""},
		},
	} {
		t.Run(name, func(t *testing.T) {
			in := ingest.Inputs{Entries: values(test.entries...), Pages: values(test.pages...)}
			in.Outcome = func(address string) (crawler.Outcome, string, bool, error) {
				path := strings.TrimPrefix(address, site)
				for _, p := range test.pages {
					if p.URL == address {
						return crawler.Paged, "", true, nil
					}
				}
				switch to, away := test.away[path]; {
				case !away:
					return "", "", false, nil
				case to == "":
					return crawler.Gone, "", true, nil
				case to == "!":
					return crawler.ServerError, "", true, nil
				default:
					return crawler.Redirected, at(to), true, nil
				}
			}
			got, err := ingest.Identify(in, recorded(test.entries))
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]string{}
			for url, id := range test.want {
				want[at(url)] = at(id)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("external IDs by address (-want +got):\n%s", diff)
			}
		})
	}
}

// recorded is what is known of pages whose text is their hash.
func recorded(entries []state.Entry) ingest.Recorded {
	find := func(id string) (state.Entry, bool, error) {
		for _, e := range entries {
			if e.ExternalID == id {
				return e, true, nil
			}
		}
		return state.Entry{}, false, nil
	}
	return ingest.Recorded{Entry: find, Text: func(id string) (string, error) {
		e, _, _ := find(id)
		return e.Hash, nil
	}}
}

func TestWhatCannotBeReadEndsTheSearchForMoves(t *testing.T) {
	broken := errors.New("the disk is on fire")
	in := ingest.Inputs{Entries: failing[state.Entry](broken), Pages: values[state.Staged](), Outcome: outcomes(nil)}
	if _, err := ingest.Identify(in, recorded(nil)); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
