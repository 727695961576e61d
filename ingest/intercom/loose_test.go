package intercom_test

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/ingest/intercom"
)

// The same page and the same import source, as one API or another may write them.
func TestAnswersAreReadByWhatTheyMean(t *testing.T) {
	pages := map[string]string{
		"as described": `{"type":"external_page","id":"21","external_id":"7","source_id":44,"title":"T","html":"<p>x</p>","url":"https://example.com/a",
			"locale":"en","ai_agent_availability":true,"ai_copilot_availability":false,"created_at":1734537273,"updated_at":1734537274,"last_ingested_at":1734537274}`,
		"numbers and strings the other way round": `{"type":"external_page","id":21,"external_id":7,"source_id":"44","title":"T","html":"<p>x</p>",
			"url":"https://example.com/a","locale":"en","ai_agent_availability":"true","ai_copilot_availability":0,"created_at":"1734537273",
			"updated_at":1734537274.0,"last_ingested_at":1734537274.8}`,
		"times as dates, fields that are new": `{"type":"external_page","id":"21","external_id":"7","source_id":44,"title":"T","html":"<p>x</p>",
			"url":"https://example.com/a","locale":"en","ai_agent_availability":true,"ai_copilot_availability":null,"created_at":"2024-12-18T15:54:33Z",
			"updated_at":"2024-12-18T16:54:34+01:00","last_ingested_at":"2024-12-18T15:54:34.5Z","fin_availability":true,"audience_ids":[{"id":1}],"is":{"new":[]}}`,
		"names in another case, one twice": `{"type":"external_page","id":"21","External_ID":"7","source_id":1,"source_id":44,"title":"T","HTML":"<p>x</p>",
			"url":"https://example.com/a","locale":"en","ai_agent_availability":true,"x":"` + "\xff" + `","created_at":1734537273,"updated_at":1734537274,"last_ingested_at":1734537274}`,
		"with a mark at its beginning": "\xef\xbb\xbf \n" + `{"type":"external_page","id":"21","external_id":"7","source_id":44,"title":"T","html":"<p>x</p>",
			"url":"https://example.com/a","locale":"en","ai_agent_availability":true,"created_at":1734537273,"updated_at":1734537274,"last_ingested_at":1734537274}` + "\n",
	}
	wantPage := intercom.ExternalPage{
		Type: "external_page", ID: "21", ExternalID: "7", SourceID: 44, Title: "T", HTML: "<p>x</p>", URL: "https://example.com/a", Locale: "en",
		AIAgentAvailability: true, CreatedAt: 1734537273, UpdatedAt: 1734537274, LastIngestedAt: 1734537274,
	}
	for name, body := range pages {
		t.Run("a page "+name, func(t *testing.T) {
			for _, status := range []int{200, 201, 202} {
				inBubble(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, status, body) }, func(t *testing.T, c *intercom.Client) {
					got, err := c.UpsertPage(t.Context(), request)
					if diff := cmp.Diff(wantPage, got); err != nil || diff != "" {
						t.Errorf("%d: %v\n%s", status, err, diff)
					}
				})
			}
		})
	}
	sources := map[string]string{
		"as described":             `{"id":36,"type":"content_import_source","status":"active","url":"https://example.com","sync_behavior":"api","audience_ids":[5]}`,
		"an ID that is a string":   `{"id":"36","type":"content_import_source","status":"active","url":"https://example.com","sync_behavior":"api","audience_ids":["5"]}`,
		"one audience, no list":    `{"id":36.0,"type":"content_import_source","status":"active","url":"https://example.com","sync_behavior":"api","audience_ids":5}`,
		"nulls where nothing is":   `{"id":36,"type":"content_import_source","status":"active","url":"https://example.com","sync_behavior":"api","audience_ids":[5,null],"last_synced_at":null}`,
		"times that are no number": `{"id":36,"type":"content_import_source","status":"active","url":"https://example.com","sync_behavior":"api","audience_ids":[5],"created_at":"soon"}`,
	}
	wantSource := intercom.ImportSource{
		ID: 36, Type: "content_import_source", Status: "active", URL: "https://example.com", SyncBehavior: "api", AudienceIDs: []int64{5},
	}
	for name, body := range sources {
		t.Run("an import source "+name, func(t *testing.T) {
			inBubble(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 201, body) }, func(t *testing.T, c *intercom.Client) {
				got, err := c.ImportSource(t.Context(), 36)
				if diff := cmp.Diff(wantSource, got); err != nil || diff != "" {
					t.Errorf("%v\n%s", err, diff)
				}
			})
		})
	}
}

func TestATokenIsCheckedWhereTheAPINamesNobody(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		kind   intercom.Kind
	}{
		"it is good":    {200, `{"type":"list","data":[]}`, 0},
		"it is revoked": {401, errorList("token_revoked", "x"), intercom.Fatal},
		"no API at all": {404, errorList("not_found", "x"), intercom.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/me" {
					answer(w, 404, errorList("not_found", "x"))
				} else {
					answer(w, test.status, test.body)
				}
			}, func(t *testing.T, c *intercom.Client) {
				if me, err := c.Me(t.Context()); me != (intercom.Me{}) || (err == nil) != (test.status == 200) || intercom.KindOf(err) != test.kind {
					t.Errorf("%+v, %v", me, err)
				}
			})
		})
	}
}

// What can be taken for no answer of the API is none, whatever its status.
func TestWhatIsNoAnswerIsNone(t *testing.T) {
	for name, body := range map[string]string{
		"nothing": "", "an empty object": "{}", "null": "null", "a list": "[]", "words": "OK", "a page of something before the API": "<html>Welcome</html>",
		"an ID that is an object": `{"id":{}}`, "an ID that is null": `{"id":null}`, "half of it": `{"id":"21","title":"T`,
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, body) }, func(t *testing.T, c *intercom.Client) {
				if p, err := c.UpsertPage(t.Context(), request); err == nil || intercom.KindOf(err) != intercom.Transient {
					t.Errorf("page %+v, %v", p, err)
				}
				if s, err := c.ImportSource(t.Context(), 36); err == nil || intercom.KindOf(err) != intercom.Transient {
					t.Errorf("import source %+v, %v", s, err)
				}
			})
		})
	}
}

// Promise 2: a delete is done once the API said so, in whatever way.
func TestADeleteIsAcknowledgedByTheAPIAlone(t *testing.T) {
	for name, test := range map[string]struct {
		status      int
		media, body string
		done        bool
	}{
		"the page that was deleted":       {200, "application/json", page, true},
		"no content":                      {204, "", "", true},
		"no content that is labelled":     {200, "text/html; charset=utf-8", "", true},
		"an object that says so":          {200, "application/json", `{"id":"21","object":"external_page","deleted":true}`, true},
		"accepted":                        {202, "application/json", "{}", true},
		"gone already":                    {404, "application/json", errorList("not_found", "x"), true},
		"gone already, without a body":    {404, "text/html", "", true},
		"gone for good":                   {410, "application/json", errorList("gone", "x"), true},
		"a web page that is no answer":    {200, "text/html", "<!doctype html><title>Log in to the proxy</title>", false},
		"a web page that has it not":      {404, "text/html", "<html>no such site</html>", false},
		"a conflict":                      {409, "application/json", errorList("conflict", "x"), false},
		"a refusal":                       {422, "application/json", errorList("data_invalid", "x"), false},
		"a web page under a false banner": {200, "application/json", "<html></html>", false},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header()["Content-Type"] = []string{test.media}
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			}, func(t *testing.T, c *intercom.Client) {
				if err := c.DeletePage(t.Context(), "21"); (err == nil) != test.done {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

func TestErrorsAreReadInManyShapes(t *testing.T) {
	for name, test := range map[string]struct {
		body                     string
		code, message, requestID string
	}{
		"as described":             {errorList("forbidden", "No"), "forbidden", "No", "req-1"},
		"fields that are null":     {`{"type":"error.list","request_id":null,"errors":[{"code":"forbidden","message":null,"field":null}]}`, "forbidden", "forbidden", "header-1"},
		"one, not a list":          {`{"errors":{"code":"forbidden","message":"No"}}`, "forbidden", "No", "header-1"},
		"words, not objects":       {`{"errors":["No","Never"]}`, "", "No", "header-1"},
		"one word":                 {`{"error":"No"}`, "", "No", "header-1"},
		"an object":                {`{"error":{"code":403,"message":"No"},"request_id":17}`, "403", "No", "17"},
		"without a list":           {`{"message":"No"}`, "", "No", "header-1"},
		"an empty list":            {`{"type":"error.list","errors":[]}`, "", "forbidden", "header-1"},
		"a list of nothing":        {`{"type":"error.list","errors":null}`, "", "forbidden", "header-1"},
		"with what nobody expects": {`{"errors":[{"code":"forbidden","message":{"en":"No"}}],"more":[1]}`, "forbidden", "forbidden", "header-1"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("x-request-id", "header-1")
				answer(w, 403, test.body)
			}, func(t *testing.T, c *intercom.Client) {
				_, err := c.UpsertPage(t.Context(), request)
				var e *intercom.Error
				if !errors.As(err, &e) || e.Code != test.code || e.Message != test.message || e.RequestID != test.requestID {
					t.Errorf("got %#v", err)
				}
				if intercom.KindOf(err) != intercom.Fatal { // the API itself said 403, in JSON
					t.Error("it does not end the run")
				}
			})
		})
	}
}

// Over real connections, in ways that HTTP allows.
func TestOldAndThriftyServersAreUnderstood(t *testing.T) {
	var calls atomic.Int32
	for name, serve := range map[string]http.HandlerFunc{
		"gzip": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = io.WriteString(z, page)
			_ = z.Close()
		},
		"a connection for each call": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "close")
			answer(w, 200, page)
		},
		"HTTP/1.0, whose end of the connection is that of the answer": func(w http.ResponseWriter, _ *http.Request) {
			hijacked(w, "HTTP/1.0 200 OK\r\ncontent-type: application/json\r\nx-ratelimit-limit: 100\r\n\r\n"+page)
		},
		"in pieces": func(w http.ResponseWriter, _ *http.Request) {
			for _, piece := range strings.SplitAfter(page, ",") {
				_, _ = io.WriteString(w, piece)
				_ = http.NewResponseController(w).Flush()
			}
		},
		"a first answer that breaks off": func(w http.ResponseWriter, _ *http.Request) {
			if calls.Add(1) == 1 {
				hijacked(w, "HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n"+page)
			} else {
				answer(w, 200, page)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := httptest.NewServer(serve)
			defer api.Close()
			c := intercom.New(intercom.Config{BaseURL: api.URL + "/", Token: token, Transport: &http.Transport{}})
			for range 3 {
				if p, err := c.UpsertPage(t.Context(), request); err != nil || p.ID != "21" {
					t.Errorf("got %+v, %v", p, err)
				}
			}
		})
	}
}

// hijacked writes bytes to a connection and closes it.
func hijacked(w http.ResponseWriter, answer string) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(connection, answer)
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	_ = connection.Close()
}

// However the three headers are written, a window of 20 calls is kept to, and used.
func TestRateLimitsAreReadInManyShapes(t *testing.T) {
	for name, reset := range map[string]func(now, end time.Time) string{
		"Unix seconds":                  func(_, end time.Time) string { return fmt.Sprint(end.Unix()) },
		"Unix seconds with a fraction":  func(_, end time.Time) string { return fmt.Sprintf("%.1f", float64(end.UnixMilli())/1000) },
		"Unix milliseconds":             func(_, end time.Time) string { return fmt.Sprint(end.UnixMilli()) },
		"seconds from now":              func(now, end time.Time) string { return fmt.Sprint(int(end.Sub(now).Seconds() + 0.999)) },
		"a clock that is an hour ahead": func(_, end time.Time) string { return fmt.Sprint(end.Add(time.Hour).Unix()) },
		"a clock that is an hour slow":  func(_, end time.Time) string { return fmt.Sprint(end.Add(-time.Hour).Unix()) },
	} {
		t.Run(name, func(t *testing.T) {
			const limit, span = 20, 10 * time.Second
			var window time.Time
			spent, refused, calls := 0, 0, 0
			inBubble(t, func(w http.ResponseWriter, _ *http.Request) {
				now := time.Now()
				if start := now.Truncate(span); start != window {
					window, spent = start, 0
				}
				spent++
				w.Header()["x-ratelimit-limit"] = []string{fmt.Sprint(limit)}
				w.Header()["x-ratelimit-remaining"] = []string{fmt.Sprint(max(0, limit-spent))}
				w.Header()["x-ratelimit-reset"] = []string{reset(now, window.Add(span))}
				if spent > limit {
					refused++
					answer(w, 429, errorList("rate_limit_exceeded", "x"))
					return
				}
				answer(w, 200, page)
			}, func(t *testing.T, c *intercom.Client) {
				begun := time.Now()
				for time.Since(begun) < 10*span {
					if _, err := c.UpsertPage(t.Context(), request); err != nil {
						t.Fatal(err)
					}
					calls++
				}
			})
			if calls < 9*limit*9/10 || refused > 2 {
				t.Errorf("%d calls in 10 windows of %d, %d refused", calls, limit, refused)
			}
		})
	}
}
