package intercom_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/fincrawl/fincrawl/ingest/intercom"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "dG9rOmEtc2VjcmV0"

// inBubble runs a test against h, by real HTTP in virtual time.
func inBubble(t *testing.T, h http.HandlerFunc, test func(t *testing.T, c *intercom.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		test(t, intercom.New(intercom.Config{BaseURL: "http://api.example.com", Token: token, Transport: serve(t, h)}))
	})
}

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	io.WriteString(w, body)
}

func errorList(code, message string) string {
	return fmt.Sprintf(`{"type":"error.list","request_id":"req-1","errors":[{"code":%q,"message":%q}]}`, code, message)
}

const page = `{"type":"external_page","id":"21","external_id":"a","source_id":44,"title":"T","html":"<p>x</p>","url":"https://example.com/a","locale":"en","ai_agent_availability":true,"created_at":1}`

var request = intercom.PageRequest{
	Title: "T & U", HTML: "<p>ü</p>", URL: "https://example.com/a", Locale: "en",
	SourceID: 44, ExternalID: "a", AIAgentAvailability: true,
}

func TestRequestsAreAsTheAPIWantsThem(t *testing.T) {
	type sent struct{ Line, Body string }
	var got []sent
	var header http.Header
	handler := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, sent{r.Method + " " + r.URL.RequestURI(), strings.TrimSpace(string(body))})
		header = r.Header
		switch {
		case r.URL.Path == "/me":
			answer(w, 200, `{"type":"admin","name":"Ada","app":{"id_code":"abc","name":"Acme","region":"EU"}}`)
		case r.Method == "GET":
			answer(w, 200, `{"type":"list","data":[],"pages":{"page":1,"total_pages":1}}`)
		case r.Method == "DELETE":
			w.WriteHeader(http.StatusNoContent)
		case strings.Contains(r.URL.Path, "sources"):
			answer(w, 200, `{"type":"content_import_source","id":44,"url":"https://example.com","audience_ids":null}`)
		default:
			answer(w, 200, page)
		}
	}
	synctest.Test(t, func(t *testing.T) {
		c := intercom.New(intercom.Config{
			BaseURL: "http://api.example.com/", Token: token, Version: "2.16", UserAgent: "fincrawl/1", Transport: serve(t, http.HandlerFunc(handler)),
		})
		ctx := t.Context()
		me, err := c.Me(ctx)
		if err != nil || me.App.Region != "EU" || me.App.IDCode != "abc" {
			t.Errorf("Me() = %+v, %v", me, err)
		}
		for range c.ImportSources(ctx) {
		}
		for range c.ExternalPages(ctx) {
		}
		if s, err := c.CreateImportSource(ctx, "https://example.com", []int64{7}); err != nil || s.ID != 44 {
			t.Errorf("CreateImportSource() = %+v, %v", s, err)
		}
		c.CreateImportSource(ctx, "https://example.com", nil)
		c.UpdateImportSource(ctx, 44, "https://example.com", nil)
		c.DeleteImportSource(ctx, 44)
		if p, err := c.UpsertPage(ctx, request); err != nil || p.ID != "21" || !p.AIAgentAvailability {
			t.Errorf("UpsertPage() = %+v, %v", p, err)
		}
		c.DeletePage(ctx, "a/../b")
	})
	want := []sent{
		{"GET /me", ""},
		{"GET /ai/content_import_sources?page=1&per_page=150", ""},
		{"GET /ai/external_pages?page=1&per_page=150", ""},
		{"POST /ai/content_import_sources", `{"sync_behavior":"api","url":"https://example.com","audience_ids":[7]}`},
		{"POST /ai/content_import_sources", `{"sync_behavior":"api","url":"https://example.com"}`},
		{"PUT /ai/content_import_sources/44", `{"sync_behavior":"api","url":"https://example.com","audience_ids":[],"apply_audience_to_existing_content":true}`},
		{"DELETE /ai/content_import_sources/44", ""},
		{"POST /ai/external_pages", `{"title":"T & U","html":"<p>ü</p>","url":"https://example.com/a","locale":"en","source_id":44,"external_id":"a","ai_agent_availability":true,"ai_copilot_availability":false}`},
		{"DELETE /ai/external_pages/a%2F..%2Fb", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer " + token, "Accept": "application/json",
		"Intercom-Version": "2.16", "User-Agent": "fincrawl/1",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("header %s is %q, want %q", name, got, want)
		}
	}
}

// Each row of the table of errors, and what else answers in the API's place.
func TestErrorsAreWhatFollowsFromThem(t *testing.T) {
	html := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			io.WriteString(w, "<html><head><title>Sorry</title></head></html>")
		}
	}
	list := func(status int, code string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { answer(w, status, errorList(code, "Because")) }
	}
	body := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { answer(w, status, body) }
	}
	abort := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	const once, always = 1, 6
	tests := []struct {
		name    string
		answer  http.HandlerFunc
		kind    intercom.Kind
		tries   int
		message string
	}{
		{"401", list(401, "unauthorized"), intercom.Fatal, once, "region"},
		{"401 without a body", body(401, ""), intercom.Fatal, once, "token"},
		{"401 revoked", list(401, "token_revoked"), intercom.Fatal, once, "new access token"},
		{"402", list(402, "api_plan_restricted"), intercom.Fatal, once, "plan"},
		{"403", list(403, "forbidden"), intercom.Fatal, once, "read_write_ai_content"},
		{"403 in another JSON", body(403, `{"status":403}`), intercom.Fatal, once, "read_write_ai_content"},
		{"403 of a load balancer", html(403), intercom.Transient, always, "in front of it"},
		{"version too old", list(400, "intercom_version_invalid"), intercom.Fatal, once, "api_version"},
		{"redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://elsewhere.example.com/", 302)
		}, intercom.Fatal, once, "base_url"},
		{"400", list(400, "parameter_invalid"), intercom.Refused, once, "Because"},
		{"413", list(413, "too_large"), intercom.Refused, once, "too_large"},
		{"413 of a load balancer", html(413), intercom.Refused, once, "413"},
		{"415", list(415, "media_type"), intercom.Refused, once, "415"},
		{"422", list(422, "parameter_missing"), intercom.Refused, once, "request req-1"},
		{"404", list(404, "not_found"), intercom.NotFound, once, "not_found"},
		{"404 of something that the call names", list(404, "parameter_invalid"), intercom.Refused, once, "check audience_ids"},
		{"410", list(410, "gone"), intercom.NotFound, once, "gone"},
		{"404 of another server", html(404), intercom.Transient, always, "in front of it"},
		{"408", list(408, "request_timeout"), intercom.Transient, always, "408"},
		{"409", list(409, "conflict"), intercom.Transient, always, "409"},
		{"429", list(429, "rate_limit_exceeded"), intercom.Transient, always, "429"},
		{"500", list(500, "server_error"), intercom.Transient, always, "500"},
		{"502", html(502), intercom.Transient, always, "in front of it"},
		{"503", list(503, "service_unavailable"), intercom.Transient, always, "503"},
		{"504", body(504, ""), intercom.Transient, always, "gateway timeout"},
		{"broken connection", abort, intercom.Transient, always, "closed without an answer"},
		{"no answer", func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body); <-r.Context().Done() }, intercom.Transient, always, "no answer within 1m0s"},
		{"answer cut off", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "500")
			answer(w, 200, page[:40])
			http.NewResponseController(w).Flush()
			abort(w, r)
		}, intercom.Transient, always, "unexpected EOF"},
		{"JSON cut off", body(200, page[:40]), intercom.Transient, always, "JSON"},
		{"a page that is none", body(200, "{}"), intercom.Transient, always, "no id"},
		{"200 of something else", html(200), intercom.Transient, always, "JSON"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var mu sync.Mutex
			var bodies []string
			inBubble(t, func(w http.ResponseWriter, r *http.Request) {
				var copied bytes.Buffer
				r.Body = io.NopCloser(io.TeeReader(r.Body, &copied))
				io.Copy(io.Discard, r.Body)
				mu.Lock()
				bodies = append(bodies, copied.String())
				mu.Unlock()
				test.answer(w, r)
			}, func(t *testing.T, c *intercom.Client) {
				_, err := c.UpsertPage(t.Context(), request)
				if err == nil {
					t.Fatal("no error")
				}
				if got := intercom.KindOf(err); got != test.kind {
					t.Errorf("kind %d, want %d (%v)", got, test.kind, err)
				}
				if !strings.Contains(err.Error(), test.message) || !strings.HasPrefix(err.Error(), "POST /ai/external_pages: ") {
					t.Errorf("error %q, want the call and %q", err, test.message)
				}
				if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
					t.Errorf("error %v looks like the end of the caller's context", err)
				}
				mu.Lock()
				defer mu.Unlock()
				if len(bodies) != test.tries {
					t.Errorf("%d tries, want %d", len(bodies), test.tries)
				}
				if len(slices.Compact(bodies)) != 1 || bodies[0] == "" {
					t.Errorf("the body was not the same in each try: %q", bodies)
				}
			})
		})
	}
}

func TestKindsOfErrorsNeedNoAnswer(t *testing.T) {
	tests := []struct {
		err  error
		want intercom.Kind
	}{
		{&intercom.Error{Status: 422}, intercom.Refused},
		{fmt.Errorf("send page: %w", &intercom.Error{Status: 404, Code: "not_found"}), intercom.NotFound},
		{&intercom.Error{Status: 403, Code: "action_forbidden"}, intercom.Fatal},
		{&intercom.Error{Method: "POST", Status: 404, Code: "parameter_invalid"}, intercom.Refused},
		{&intercom.Error{Method: "DELETE", Status: 404, Code: "parameter_not_found"}, intercom.NotFound},
		{&tls.CertificateVerificationError{Err: errors.New("expired")}, intercom.Fatal},
		{context.DeadlineExceeded, intercom.Transient},
	}
	for _, test := range tests {
		if got := intercom.KindOf(test.err); got != test.want {
			t.Errorf("KindOf(%v) = %d, want %d", test.err, got, test.want)
		}
	}
}

func TestAFaultThatPassesIsNoError(t *testing.T) {
	tries := 0
	inBubble(t, func(w http.ResponseWriter, _ *http.Request) {
		if tries++; tries < 6 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		answer(w, 200, page)
	}, func(t *testing.T, c *intercom.Client) {
		start := time.Now()
		if p, err := c.UpsertPage(t.Context(), request); err != nil || p.ID != "21" {
			t.Errorf("UpsertPage() = %+v, %v", p, err)
		}
		if d := time.Since(start); d < 15*time.Second || d > 50*time.Second {
			t.Errorf("five pauses took %s in all, want about 1+2+4+8+16 s", d)
		}
	})
}

func TestWhatIsGoneIsDeleted(t *testing.T) {
	inBubble(t, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, 404, errorList("not_found", "Resource Not Found"))
	},
		func(t *testing.T, c *intercom.Client) {
			if err := c.DeletePage(t.Context(), "1"); err != nil {
				t.Error(err)
			}
			if err := c.DeleteImportSource(t.Context(), 1); err != nil {
				t.Error(err)
			}
		})
	inBubble(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 404, "<html>no such host") },
		func(t *testing.T, c *intercom.Client) {
			if err := c.DeletePage(t.Context(), "1"); err == nil {
				t.Error("another server's 404 counts as deleted")
			}
		})
}

func TestDeletingAPageWithoutIDSendsNothing(t *testing.T) {
	inBubble(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") },
		func(t *testing.T, c *intercom.Client) {
			if c.DeletePage(t.Context(), "") == nil {
				t.Error("no error")
			}
		})
}

func TestListingsAreReadToTheirEnd(t *testing.T) {
	entry := func(id string) string { return strings.Replace(page, `"21"`, `"`+id+`"`, 1) }
	listPage := func(n, total int, next string, ids ...string) string {
		var items []string
		for _, id := range ids {
			items = append(items, entry(id))
		}
		return fmt.Sprintf(`{"type":"list","data":[%s],"pages":{"type":"pages","page":%d,"per_page":2,"total_pages":%d,"next":%s},"total_count":99}`,
			strings.Join(items, ","), n, total, next)
	}
	tests := []struct {
		name  string
		pages []string // the last one again for pages after it
		want  []string
		error string
	}{
		{"one page", []string{listPage(1, 1, "null", "1", "2")}, []string{"1", "2"}, ""},
		{"none", []string{listPage(1, 0, "null")}, nil, ""},
		{"by total_pages", []string{listPage(1, 2, "null", "1", "2"), listPage(2, 2, "null", "3")}, []string{"1", "2", "3"}, ""},
		{"by a link, which is not followed elsewhere", []string{
			listPage(1, 0, `"https://evil.example.com/ai/external_pages?page=2"`, "1"), listPage(2, 0, "null", "2"),
		}, []string{"1", "2"}, ""},
		{"by an object", []string{listPage(1, 0, `{"page":2,"starting_after":"abc"}`, "1"), listPage(2, 0, "null", "2")}, []string{"1", "2"}, ""},
		{"shifted while being read", []string{listPage(1, 2, "null", "4", "3"), listPage(2, 3, "null", "4", "3"), listPage(3, 3, "null", "2")}, []string{"4", "3", "2"}, ""},
		{"a next that never ends", []string{listPage(1, 1, `"x"`, "1"), listPage(2, 1, `"x"`, "1")}, []string{"1"}, ""},
		{"always the first page", []string{listPage(1, 2, "null", "1")}, []string{"1"}, "asked for page 2, got page 1"},
		{"no listing at all", []string{`{}`}, nil, "no list of data"},
		{"a listing of nothing", []string{`{"data":null}`}, nil, "no list of data"},
		{"an empty listing that is null", []string{`{"type":"list","data":null,"pages":null}`}, nil, ""},
		{"by a cursor in a link", []string{
			listPage(1, 0, `"/ai/external_pages?cursor=c2&page=2"`, "1"), `{"type":"list","data":[` + entry("2") + `],"pages":{"page":2,"next":null}}`,
		}, []string{"1", "2"}, ""},
		{"by numbers that are strings", []string{
			`{"type":"list","data":[` + entry("1") + `],"pages":{"page":"1","per_page":"1","total_pages":"2"}}`,
			`{"type":"list","data":[` + entry("2") + `],"pages":{"page":"2","per_page":"1","total_pages":"2"}}`,
		}, []string{"1", "2"}, ""},
		{"by full pages alone", []string{
			`{"type":"list","data":[` + entry("1") + `],"pages":{"per_page":1}}`, `{"type":"list","data":[` + entry("2") + `],"pages":{"per_page":1}}`,
			`{"type":"list","data":[],"pages":{"per_page":1}}`,
		}, []string{"1", "2"}, ""},
		{"by full pages, the last one again and again", []string{
			`{"type":"list","data":[` + entry("1") + `],"pages":{"page":1,"per_page":1}}`, `{"type":"list","data":[` + entry("1") + `],"pages":{"page":1,"per_page":1}}`,
		}, []string{"1"}, ""},
		{"without a word of pages", []string{`{"type":"list","data":[` + entry("1") + `]}`, `{"type":"list","data":[]}`}, []string{"1"}, ""},
		{"the last page went while it was read", []string{listPage(1, 2, "null", "1"), "404"}, []string{"1"}, ""},
		{"the first page is not there", []string{"404"}, nil, "not_found"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Host != "api.example.com" {
					t.Errorf("the token was sent to %s", r.Host)
				}
				n, _ := strconv.Atoi(r.URL.Query().Get("page"))
				if body := test.pages[min(n, len(test.pages))-1]; body != "404" {
					answer(w, 200, body)
				} else {
					answer(w, 404, errorList("not_found", "Resource Not Found"))
				}
			}, func(t *testing.T, c *intercom.Client) {
				var got []string
				var failed error
				for p, err := range c.ExternalPages(t.Context()) {
					if err != nil {
						failed = err
						break
					}
					got = append(got, p.ID)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("IDs (-want +got):\n%s", diff)
				}
				if test.error == "" && failed != nil || test.error != "" && (failed == nil || !strings.Contains(failed.Error(), test.error)) {
					t.Errorf("error %v, want %q", failed, test.error)
				}
			})
		})
	}
}

// An import source has no key to upsert it by: a repeated creation would be a second.
func TestCreatingAnImportSourceTwiceMakesOne(t *testing.T) {
	for name, lost := range map[string]bool{"the answer was lost": true, "the request was lost": false} {
		t.Run(name, func(t *testing.T) {
			var sources []intercom.ImportSource
			posts := 0
			inBubble(t, func(w http.ResponseWriter, r *http.Request) {
				switch r.Method {
				case "GET":
					data, _ := json.Marshal(map[string]any{"type": "list", "data": append([]intercom.ImportSource{}, sources...)})
					answer(w, 200, string(data))
				case "POST":
					posts++
					if posts == 1 && !lost {
						panic(http.ErrAbortHandler)
					}
					made := intercom.ImportSource{ID: int64(100 + posts), URL: "https://Help.example.com/", SyncBehavior: "api"}
					sources = append(sources, made)
					if posts == 1 {
						panic(http.ErrAbortHandler)
					}
					data, _ := json.Marshal(made)
					answer(w, 200, string(data))
				}
			}, func(t *testing.T, c *intercom.Client) {
				made, err := c.CreateImportSource(t.Context(), "https://help.example.com", nil)
				if err != nil || len(sources) != 1 || made.ID != sources[0].ID {
					t.Errorf("made %+v (%v), and there are %+v", made, err, sources)
				}
			})
		})
	}
}

func TestTheTokenIsInNoErrorAndNoLog(t *testing.T) {
	var log bytes.Buffer
	tries := 0
	synctest.Test(t, func(t *testing.T) {
		c := intercom.New(intercom.Config{
			BaseURL: "http://api.example.com", Token: token,
			Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
			Transport: serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				status := 500
				if tries++; tries > 2 {
					status = 422
				}
				answer(w, status, errorList("odd", "you sent "+r.Header.Get("Authorization")))
			})),
		})
		_, err := c.UpsertPage(t.Context(), request)
		if err == nil || strings.Contains(err.Error(), token) {
			t.Errorf("error: %v", err)
		}
	})
	if log.Len() == 0 || strings.Contains(log.String(), token) {
		t.Errorf("log: %s", log.String())
	}
}

func TestARedirectDoesNotCarryTheToken(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") }))
	defer elsewhere.Close()
	api := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer api.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	c := intercom.New(intercom.Config{BaseURL: api.URL, Token: token, Transport: transport})
	if _, err := c.UpsertPage(t.Context(), request); intercom.KindOf(err) != intercom.Fatal {
		t.Errorf("error %v, want a fatal one", err)
	}
}

func TestAnUntrustedCertificateEndsItAtOnce(t *testing.T) {
	api := httptest.NewUnstartedServer(http.NotFoundHandler())
	api.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0) // of the refused handshake
	api.StartTLS()
	defer api.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	_, err := intercom.New(intercom.Config{BaseURL: api.URL, Token: token, Transport: transport}).Me(t.Context())
	if intercom.KindOf(err) != intercom.Fatal || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("error %v, want a fatal one about the certificate", err)
	}
}

func TestACancelledCallEnds(t *testing.T) {
	inBubble(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) },
		func(t *testing.T, c *intercom.Client) {
			ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
			defer cancel()
			start := time.Now()
			if _, err := c.Me(ctx); err == nil {
				t.Error("no error")
			}
			if _, err := c.Me(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v, want the context's", err)
			}
			if d := time.Since(start); d > 1500*time.Millisecond {
				t.Errorf("it took %s to end", d)
			}
		})
}

func TestRegionsHaveAddresses(t *testing.T) {
	seen := map[string]bool{}
	for _, region := range []string{"us", "eu", "au"} {
		address, ok := intercom.RegionURL(region)
		if u, err := url.Parse(address); !ok || err != nil || u.Scheme != "https" || !strings.HasSuffix(u.Host, ".intercom.io") || seen[address] {
			t.Errorf("RegionURL(%q) = %q, %v", region, address, ok)
		}
		seen[address] = true
	}
	if address, ok := intercom.RegionURL("mars"); ok {
		t.Errorf("mars is at %q", address)
	}
}
