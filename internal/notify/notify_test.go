package notify_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/internal/notify"
	"github.com/fincrawl/fincrawl/state"
)

var night = time.Date(2026, 11, 30, 3, 17, 0, 0, time.UTC)

const (
	day    = 24 * time.Hour
	remind = 7 * day
)

func held(guard string, since time.Time) state.Concern {
	return state.Concern{Kind: state.ConcernHeld, ID: "https://w.example/secret-address", Title: "A secret title", Guards: []string{guard}, Reason: "a text of the page", Since: since}
}

// TestOnceForEachChangeOfState tells a listener of nights, one after another.
func TestOnceForEachChangeOfState(t *testing.T) {
	failing := func(runs int) state.Health { return state.Health{FailedRuns: runs, Failing: night} }
	var told state.Told
	for i, n := range []struct {
		health   state.Health
		concerns []state.Concern
		want     notify.Event // "" for nothing
	}{
		{},
		{health: failing(1)}, // may be a matter of minutes
		{health: failing(2), want: notify.EventFailing},
		{health: failing(3)},
		{want: notify.EventClean},
		{},
		{concerns: []state.Concern{held("shrunk", night.Add(6*day))}, want: notify.EventWaiting},
		{concerns: []state.Concern{held("shrunk", night.Add(6*day))}},
		{health: failing(1), concerns: []state.Concern{held("shrunk", night.Add(6*day))}},
		{concerns: []state.Concern{held("shrunk", night.Add(6*day)), held("secret", night.Add(9*day))}, want: notify.EventWaiting},
		{concerns: []state.Concern{held("shrunk", night.Add(6*day))}}, // one less
		{health: failing(2), concerns: []state.Concern{held("shrunk", night.Add(6*day))}, want: notify.EventFailing},
		{concerns: []state.Concern{held("shrunk", night.Add(6*day))}, want: notify.EventWaiting},                               // it is read again
		{concerns: []state.Concern{{Kind: state.ConcernFailed, ID: "x", Since: night.Add(13 * day)}}, want: notify.EventClean}, // one page that failed is tried again
		{concerns: []state.Concern{{Kind: state.ConcernRefused, ID: "x", Since: night.Add(14 * day)}}, want: notify.EventWaiting},
	} {
		at := night.Add(time.Duration(i) * day)
		s, ok := notify.NewSource("wiki", n.health, "the login failed", n.concerns, 2).News(told, at, remind)
		if ok != (n.want != "") || ok && s.Event != n.want {
			t.Fatalf("night %d: %v, %q, want %q", i, ok, s.Event, n.want)
		}
		if ok {
			told = s.Told(at.Add(time.Second))
		}
	}

	standing := notify.NewSource("wiki", state.Health{}, "", []state.Concern{held("shrunk", night)}, 2)
	told = standing.Told(night.Add(time.Second))
	if _, ok := standing.News(told, night.Add(6*day), remind); ok {
		t.Error("it is told again too early")
	}
	if s, ok := standing.News(told, night.Add(8*day), remind); !ok || s.Event != notify.EventReminder {
		t.Errorf("%v %q", ok, s.Event)
	}
}

func message(t *testing.T) notify.Message {
	t.Helper()
	concerns := []state.Concern{held("shrunk", night), held("secret", night), held("shrunk", night), {Kind: state.ConcernRefused, Since: night}}
	s, ok := notify.NewSource(`our "wiki"`, state.Health{FailedRuns: 2, Failing: night}, "read <start>: \"503\"", concerns, 2).News(state.Told{}, night, remind)
	if !ok {
		t.Fatal("there is nothing to tell")
	}
	return notify.Message{Run: "R1", Workspace: "ab12", Text: s.Text, Sources: []notify.Source{s}}
}

func TestAMessageSaysWhatToDoAndNothingOfPages(t *testing.T) {
	m := message(t)
	const want = `our "wiki" needs a person: 2 runs in a row failed, since 2026-11-30T03:17:00Z; 3 changes held by guards (secret: 1, shrunk: 2); 1 page refused by Intercom. To look: fincrawl status 'our "wiki"'`
	if m.Text != want {
		t.Errorf("got  %s\nwant %s", m.Text, want)
	}
	all, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"secret-address", "secret title", "text of the page"} {
		if strings.Contains(string(all), private) {
			t.Errorf("it says %q", private)
		}
	}
}

// posted is what a server gets from a webhook.
func posted(t *testing.T, w notify.Webhook, m notify.Message) (body string, header http.Header) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		body, header = string(text), r.Header
	}))
	defer server.Close()
	w.URL = server.URL + "/k3y"
	if err := w.Tell(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if !json.Valid([]byte(body)) {
		t.Errorf("not JSON: %s", body)
	}
	return body, header
}

func TestBodiesOfWebhooks(t *testing.T) {
	m := message(t)
	plain, header := posted(t, notify.Webhook{Headers: map[string]string{"Authorization": "Bearer t"}}, m)
	if header.Get("Authorization") != "Bearer t" || header.Get("Content-Type") != "application/json" {
		t.Errorf("%v", header)
	}
	var got struct {
		Run     string
		Sources []struct {
			Name, Event, Error string
			Held               int
			Guards             []notify.Guard
		}
	}
	if err := json.Unmarshal([]byte(plain), &got); err != nil {
		t.Fatal(err)
	}
	if s := got.Sources[0]; got.Run != "R1" || s.Name != `our "wiki"` || s.Event != "failing" || s.Held != 3 || len(s.Guards) != 2 || s.Error != `read <start>: "503"` {
		t.Errorf("%s", plain)
	}

	m.Text = `a <b> & "c"`
	if slack, _ := posted(t, notify.Webhook{Slack: true}, m); slack != `{"text":"a &lt;b&gt; &amp; \"c\""}` {
		t.Errorf("%s", slack)
	}
	for text, want := range map[string]string{
		`{"text": "{{.Text}}", "n": {{len .Sources}}}`: `{"text": "a <b> & \"c\"", "n": 1}`,
		`{"text": {{json .Text}}}`:                     `{"text": "a <b> & \"c\""}`,
		`[{{range $i, $s := .Sources}}{{if $i}},{{end}}"{{$s.Name}}: {{with $s.Held}}{{.}}{{end}}"{{end}}]`: `["our \"wiki\": 3"]`,
		`{{define "x"}}"{{.}}"{{end}}{"text": {{template "x" .Text}}}`:                                      `{"text": "a <b> & \"c\""}`,
		`{"text": "{{printf "%s!" .Text}}"}`:                                                                `{"text": "a <b> & \"c\"!"}`,
	} {
		parsed, err := notify.ParseTemplate(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		body, _ := posted(t, notify.Webhook{Template: parsed}, m)
		if diff := cmp.Diff(want, body); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestATemplateThatBreaksJSONIsAMistake(t *testing.T) {
	for _, text := range []string{`{"text": {{.Text}}}`, `{"text": "{{.Nothing}}"}`, `{{.Text`, `text`, `{"a": "{{range .Sources}}{{json .Name}}{{end}}"}`} {
		if _, err := notify.ParseTemplate(text); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func TestAWebhookIsTriedAgainWhereThatMayHelp(t *testing.T) {
	for name, c := range map[string]struct {
		answers []int
		asked   int
		ok      bool
	}{
		"back at once":    {[]int{503, 200}, 2, true},
		"down":            {[]int{503, 502, 500, 200}, 3, false},
		"too many":        {[]int{429, 204}, 2, true},
		"a wrong address": {[]int{404}, 1, false},
		"a redirect":      {[]int{302}, 1, false},
	} {
		asked := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "https://elsewhere.example/")
			w.WriteHeader(c.answers[asked])
			asked++
		}))
		hook := notify.Webhook{URL: server.URL + "/k3y", Wait: func(context.Context, time.Duration) error { return nil }}
		err := hook.Tell(t.Context(), message(t))
		server.Close()
		if (err == nil) != c.ok || asked != c.asked {
			t.Errorf("%s: asked %d times: %v", name, asked, err)
		}
		if err := hook.Tell(t.Context(), message(t)); err == nil || strings.Contains(err.Error(), "k3y") || strings.Contains(hook.Key(), "k3y") {
			t.Errorf("%s: closed: %v", name, err)
		}
	}
}
