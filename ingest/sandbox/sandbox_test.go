package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newSandbox(t *testing.T, c sandbox.Config) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// reply is an answer, its body decoded.
type reply struct {
	Status int
	Header http.Header
	Body   map[string]any
}

// send makes a request as a proper client would; headers, in pairs, change that.
func send(t *testing.T, s http.Handler, method, path, body string, headers ...string) reply {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer secret")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Intercom-Version", "2.15")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	got := reply{Status: w.Code, Header: w.Header()}
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &got.Body); err != nil {
			t.Fatalf("%s %s: answer is no JSON: %v\n%s", method, path, err, w.Body)
		}
	}
	return got
}

// errors returns an answer's errors as "code field".
func (r reply) errors() []string {
	var got []string
	list, _ := r.Body["errors"].([]any)
	for _, e := range list {
		e := e.(map[string]any)
		line := fmt.Sprint(e["code"])
		if field, ok := e["field"].(string); ok {
			line += " " + field
		}
		got = append(got, line)
	}
	return got
}

func createSource(t *testing.T, s http.Handler) int64 {
	t.Helper()
	made := send(t, s, "POST", "/ai/content_import_sources", `{"sync_behavior":"api","url":"https://help.example.com"}`)
	if made.Status != 200 {
		t.Fatalf("create a source: %+v", made)
	}
	return int64(made.Body["id"].(float64))
}

func pageBody(source int64, external string) string {
	return fmt.Sprintf(`{"title":"Title of %[2]s","html":"<p>%[2]s</p>","url":"https://help.example.com/%[2]s","locale":"en","source_id":%[1]d,"external_id":%[2]q,"ai_agent_availability":true}`, source, external)
}

func createPage(t *testing.T, s http.Handler, source int64, external string) string {
	t.Helper()
	made := send(t, s, "POST", "/ai/external_pages", pageBody(source, external))
	if made.Status != 200 {
		t.Fatalf("create a page: %+v", made)
	}
	return made.Body["id"].(string)
}

func TestCallsAreCheckedAsIntercomDoes(t *testing.T) {
	const sources = "/ai/content_import_sources"
	tests := []struct {
		name         string
		method, path string
		body         string
		headers      []string
		status       int
		errors       []string
	}{
		{"no token", "GET", sources, "", []string{"Authorization", ""}, 401, []string{"unauthorized"}},
		{"a wrong token", "GET", sources, "", []string{"Authorization", "Bearer other"}, 401, []string{"unauthorized"}},
		{"another scheme", "GET", sources, "", []string{"Authorization", "Basic secret"}, 401, []string{"unauthorized"}},
		{"/me without a token", "GET", "/me", "", []string{"Authorization", ""}, 401, []string{"unauthorized"}},
		{"no Accept", "GET", sources, "", []string{"Accept", ""}, 406, []string{"media_type_not_acceptable"}},
		{"Accept of HTML", "GET", sources, "", []string{"Accept", "text/html"}, 406, []string{"media_type_not_acceptable"}},
		{"Accept of anything", "GET", sources, "", []string{"Accept", "text/html, */*;q=0.5"}, 200, nil},
		{"a version before AI content", "GET", sources, "", []string{"Intercom-Version", "2.11"}, 400, []string{"intercom_version_invalid"}},
		{"a version of the future", "GET", sources, "", []string{"Intercom-Version", "9.9"}, 400, []string{"intercom_version_invalid"}},
		{"the first version with AI content", "GET", sources, "", []string{"Intercom-Version", "2.12"}, 200, nil},
		{"Unstable", "GET", sources, "", []string{"Intercom-Version", "Unstable"}, 200, nil},
		{"Preview", "GET", sources, "", []string{"Intercom-Version", "Preview"}, 200, nil},
		{"the app's own version", "GET", sources, "", []string{"Intercom-Version", ""}, 200, nil},
		{"no such call", "GET", "/ai/unknown", "", nil, 404, []string{"not_found"}},
		{"no such method", "PATCH", sources, "{}", nil, 405, []string{"method_not_allowed"}},
		{"no such page", "GET", "/ai/external_pages/99", "", nil, 404, []string{"not_found"}},
		{"no such page to delete", "DELETE", "/ai/external_pages/99", "", nil, 404, []string{"not_found"}},
		{"no such page to update", "PUT", "/ai/external_pages/99", "{}", nil, 404, []string{"not_found"}},
		{"no such source", "GET", sources + "/99", "", nil, 404, []string{"not_found"}},
		{"a source that is no number", "DELETE", sources + "/x", "", nil, 404, []string{"not_found"}},
		{"no Content-Type", "POST", sources, "{}", []string{"Content-Type", ""}, 415, []string{"media_type_not_supported"}},
		{"a form", "POST", sources, "a=b", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, []string{"media_type_not_supported"}},
		{"no JSON", "POST", sources, "{", nil, 400, []string{"bad_request"}},
		{"two values", "POST", sources, "{}{}", nil, 400, []string{"bad_request"}},
		{"no object", "POST", sources, "null", nil, 400, []string{"bad_request"}},
		{"no UTF-8", "POST", sources, "{\"url\":\"\xff\"}", nil, 400, []string{"bad_request"}},
		{"page 0", "GET", sources + "?page=0", "", nil, 400, []string{"parameter_invalid page"}},
		{"nothing of a source", "POST", sources, "{}", nil, 422, []string{"parameter_missing sync_behavior", "parameter_missing url"}},
		{"a source synced by Intercom", "POST", sources, `{"sync_behavior":"automatic","url":"https://example.com"}`, nil, 422, []string{"parameter_invalid sync_behavior"}},
		{"an odd status", "POST", sources, `{"sync_behavior":"api","url":"https://example.com","status":"on"}`, nil, 422, []string{"parameter_invalid status"}},
		{"odd audiences", "POST", sources, `{"sync_behavior":"api","url":"https://example.com","audience_ids":["1"]}`, nil, 422, []string{"type_mismatch audience_ids"}},
		{"nothing of a page", "POST", "/ai/external_pages", "{}", nil, 422, []string{
			"parameter_missing title", "parameter_missing html", "parameter_missing locale", "parameter_missing source_id", "parameter_missing external_id"}},
		{"null", "POST", "/ai/external_pages", `{"title":null,"html":"x","locale":"en","source_id":33,"external_id":"a"}`, nil, 422, []string{"parameter_missing title"}},
		{"wrong types", "POST", "/ai/external_pages", `{"title":1,"html":["x"],"locale":true,"source_id":"33","external_id":7,"url":{},"ai_agent_availability":"yes"}`, nil, 422, []string{
			"type_mismatch title", "type_mismatch html", "type_mismatch locale", "type_mismatch url", "type_mismatch ai_agent_availability", "type_mismatch source_id", "type_mismatch external_id"}},
		{"a fraction", "POST", "/ai/external_pages", `{"title":"t","html":"x","locale":"en","source_id":33.5,"external_id":"a"}`, nil, 422, []string{"type_mismatch source_id"}},
		{"a field twice, the last of which counts", "POST", "/ai/external_pages", `{"title":"t","html":"x","locale":"en","source_id":33,"external_id":"a","title":7}`, nil, 422, []string{"type_mismatch title"}},
		{"blanks", "POST", "/ai/external_pages", `{"title":" ","html":"","locale":"en","source_id":33,"external_id":""}`, nil, 422, []string{
			"parameter_invalid title", "parameter_invalid html", "parameter_invalid external_id"}},
		{"an odd locale and URL", "POST", "/ai/external_pages", `{"title":"t","html":"x","locale":"English","url":"/a","source_id":33,"external_id":"a"}`, nil, 422, []string{
			"parameter_invalid locale", "parameter_invalid url"}},
		{"a page of no source", "POST", "/ai/external_pages", pageBody(99, "a"), nil, 404, []string{"not_found source_id"}},
	}
	s := newSandbox(t, sandbox.Config{Token: "secret"})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := send(t, s, test.method, test.path, test.body, test.headers...)
			if got.Status != test.status {
				t.Errorf("status %d, want %d", got.Status, test.status)
			}
			if diff := cmp.Diff(test.errors, got.errors()); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
			id := got.Header.Get("X-Request-Id")
			if id == "" {
				t.Error("no X-Request-Id")
			}
			if test.status >= 400 && (got.Body["type"] != "error.list" || got.Body["request_id"] != id) {
				t.Errorf("no error list with the request's ID: %v", got.Body)
			}
		})
	}
	if n := len(s.Sources()); n != 0 {
		t.Errorf("%d sources were made by mistaken calls", n)
	}
}

func TestASourceNeedsAPublicDomainNameOrThisMachine(t *testing.T) {
	s := newSandbox(t, sandbox.Config{})
	for address, want := range map[string]int{
		"https://help.example.com":       200,
		"http://help.example.co.uk/wiki": 200,
		"https://acme.github.io/docs":    200,
		"https://bücher.example.de":      200,
		"https://wiki.corp":              422,
		"https://wiki":                   422,
		"http://localhost:8080":          200,
		"http://127.0.0.1:8080/wiki":     200,
		"http://[::1]/":                  200,
		"http://10.0.0.1":                422,
		"https://co.uk":                  422,
		"https://wiki.local":             422,
		"https://-.com":                  422,
		"ftp://help.example.com":         422,
		"help.example.com":               422,
		"https://":                       422,
	} {
		body, _ := json.Marshal(map[string]string{"sync_behavior": "api", "url": address})
		got := send(t, s, "POST", "/ai/content_import_sources", string(body))
		if got.Status != want {
			t.Errorf("%s: status %d, want %d", address, got.Status, want)
		}
		if want == 422 && !cmp.Equal(got.errors(), []string{"parameter_invalid url"}) {
			t.Errorf("%s: errors %q", address, got.errors())
		}
	}
}

func TestUpsertKeepsTheIDAndWhatIsNotGiven(t *testing.T) {
	s := newSandbox(t, sandbox.Config{})
	source, other := createSource(t, s), createSource(t, s)
	first := send(t, s, "POST", "/ai/external_pages", fmt.Sprintf(`{"title":"A","html":"<p>1</p>","locale":"en","source_id":%d,"external_id":"a"}`, source))
	if first.Body["ai_agent_availability"] != false || first.Body["ai_copilot_availability"] != false {
		t.Errorf("flags of a new page don't default to false: %v", first.Body)
	}
	id := first.Body["id"].(string)
	send(t, s, "POST", "/ai/external_pages", pageBody(source, "a"))
	again := send(t, s, "POST", "/ai/external_pages", fmt.Sprintf(`{"title":"B","html":"<p>2</p>","locale":"de","source_id":%d,"external_id":"a","ai_copilot_availability":true}`, source))
	want := intercom.ExternalPage{
		Type: "external_page", ID: id, ExternalID: "a", SourceID: source, Title: "B", HTML: "<p>2</p>", Locale: "de",
		URL: "https://help.example.com/a", AIAgentAvailability: true, AICopilotAvailability: true,
	}
	if again.Body["id"] != id {
		t.Errorf("the update made another page: %v", again.Body)
	}
	times := cmpopts.IgnoreFields(intercom.ExternalPage{}, "CreatedAt", "UpdatedAt", "LastIngestedAt")
	if diff := cmp.Diff([]intercom.ExternalPage{want}, s.Pages(source), times); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	if createPage(t, s, other, "a") == id {
		t.Error("an external ID is not of its source alone")
	}
}

func TestPUTReplacesAPage(t *testing.T) {
	s := newSandbox(t, sandbox.Config{})
	source := createSource(t, s)
	id := createPage(t, s, source, "a")
	createPage(t, s, source, "b")
	path := "/ai/external_pages/" + id
	body := func(extra string) string {
		return fmt.Sprintf(`{"title":"New","html":"<p>new</p>","locale":"en","source_id":%d%s}`, source, extra)
	}
	if got := send(t, s, "PUT", path, body("")); !cmp.Equal(got.errors(), []string{"parameter_missing url"}) {
		t.Errorf("2.15 without a url: %d %q", got.Status, got.errors())
	}
	if got := send(t, s, "PUT", path, body(""), "Intercom-Version", "Unstable"); got.Status != 200 || got.Body["url"] != nil || got.Body["external_id"] != "a" {
		t.Errorf("Unstable without a url doesn't remove it: %d %v", got.Status, got.Body)
	}
	if got := send(t, s, "PUT", path, body(`,"url":"https://example.com/c","external_id":"c","fin_availability":false`)); got.Status != 200 ||
		got.Body["external_id"] != "c" || got.Body["ai_agent_availability"] != false || got.Body["id"] != id {
		t.Errorf("PUT: %d %v", got.Status, got.Body)
	}
	if got := send(t, s, "PUT", path, body(`,"url":"https://example.com/c","external_id":"b"`)); got.Status != 409 {
		t.Errorf("taking another page's external ID: status %d, want 409", got.Status)
	}
	if got := send(t, s, "POST", "/ai/external_pages", pageBody(source, "a")); got.Body["id"] == id {
		t.Error("the old external ID still names the page")
	}
}

func TestDeletingAPageReturnsItEmpty(t *testing.T) {
	s := newSandbox(t, sandbox.Config{})
	source := createSource(t, s)
	id := createPage(t, s, source, "a")
	got := send(t, s, "DELETE", "/ai/external_pages/"+id, "")
	if got.Status != 200 || got.Body["html"] != "" || got.Body["title"] != "Title of a" {
		t.Errorf("DELETE: %d %v", got.Status, got.Body)
	}
	if got := send(t, s, "GET", "/ai/external_pages/"+id, ""); got.Status != 404 {
		t.Errorf("it is still there: %v", got.Body)
	}
	if createPage(t, s, source, "a") == id {
		t.Error("a deleted page's ID was given again")
	}
}

func TestSourcesLifeAsIntercomHasIt(t *testing.T) {
	s := newSandbox(t, sandbox.Config{})
	source, other := createSource(t, s), createSource(t, s)
	path := fmt.Sprintf("/ai/content_import_sources/%d", source)
	const update = `{"sync_behavior":"api","url":"https://new.example.com","status":"deactivated"%s}`
	for _, step := range []struct {
		audiences string
		want      []int64
	}{
		{`,"audience_ids":5`, []int64{5}}, {``, []int64{5}}, {`,"audience_ids":[6,7]`, []int64{6, 7}},
		{`,"audience_ids":null`, []int64{}}, {`,"audience_ids":[8],"apply_audience_to_existing_content":true`, []int64{8}}, {`,"audience_ids":[]`, []int64{}},
	} {
		if got := send(t, s, "PUT", path, fmt.Sprintf(update, step.audiences)); got.Status != 200 {
			t.Fatalf("PUT: %d %v", got.Status, got.Body)
		}
		if got := s.Sources()[0]; !cmp.Equal(got.AudienceIDs, step.want) || got.Status != "deactivated" || got.URL != "https://new.example.com" {
			t.Errorf("after %q: %+v", step.audiences, got)
		}
	}
	if got := send(t, s, "PUT", path, `{"sync_behavior":"manual","url":"https://new.example.com"}`); !cmp.Equal(got.errors(), []string{"data_invalid sync_behavior"}) {
		t.Errorf("change from api: %d %q", got.Status, got.errors())
	}
	website := s.AddSource("https://www.example.com", "automatic")
	if got := send(t, s, "POST", "/ai/external_pages", pageBody(website.ID, "a")); !cmp.Equal(got.errors(), []string{"data_invalid source_id"}) {
		t.Errorf("a page of a website's source: %d %q", got.Status, got.errors())
	}

	createPage(t, s, source, "a")
	kept := createPage(t, s, other, "a")
	if got := send(t, s, "DELETE", path, ""); got.Status != 204 || got.Body != nil {
		t.Errorf("DELETE: %d %v", got.Status, got.Body)
	}
	if n := len(s.Pages(source)); n != 0 {
		t.Errorf("%d pages outlived their source", n)
	}
	if pages := s.Pages(other); len(pages) != 1 || pages[0].ID != kept {
		t.Errorf("pages of the other source: %+v", pages)
	}
	got := send(t, s, "GET", "/ai/content_import_sources", "")
	if n := len(got.Body["data"].([]any)); n != 2 || got.Body["total_count"] != 3.0 {
		t.Errorf("%d sources listed, total_count %v; want 2, and 3, since it counts deleted ones", n, got.Body["total_count"])
	}
}

func TestListingsArePaged(t *testing.T) {
	s := newSandbox(t, sandbox.Config{PerPage: 3})
	source := createSource(t, s)
	for i := range 7 {
		createPage(t, s, source, strconv.Itoa(i))
	}
	send(t, s, "DELETE", "/ai/external_pages/4", "")
	for _, test := range []struct {
		query string
		ids   []string
		next  string
	}{
		{"", []string{"7", "6", "5"}, "http://example.com/ai/external_pages?page=2&per_page=3"},
		{"?page=2", []string{"3", "2", "1"}, ""},
		{"?page=2&per_page=2", []string{"5", "3"}, "http://example.com/ai/external_pages?page=3&per_page=2"},
		{"?page=9", []string{}, ""},
		{"?per_page=1000", []string{"7", "6", "5"}, "http://example.com/ai/external_pages?page=2&per_page=3"},
	} {
		got := send(t, s, "GET", "/ai/external_pages"+test.query, "")
		ids := []string{}
		for _, p := range got.Body["data"].([]any) {
			ids = append(ids, p.(map[string]any)["id"].(string))
		}
		next, _ := got.Body["pages"].(map[string]any)["next"].(string)
		if !cmp.Equal(ids, test.ids) || next != test.next {
			t.Errorf("%q: IDs %q, next %q", test.query, ids, next)
		}
	}
}

func TestCallsAreCountedInWindows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSandbox(t, sandbox.Config{Token: "secret", RateLimit: 18})
		for i, want := range []int{200, 200, 200, 429, 429} {
			got := send(t, s, "GET", "/me", "")
			limit, remaining, reset := got.Header.Get("X-RateLimit-Limit"), got.Header.Get("X-RateLimit-Remaining"), got.Header.Get("X-RateLimit-Reset")
			if got.Status != want || limit != "3" || remaining != strconv.Itoa(max(0, 2-i)) || reset != strconv.FormatInt(time.Now().Unix()+10, 10) {
				t.Errorf("call %d: status %d, limit %s, remaining %s, reset %s", i, got.Status, limit, remaining, reset)
			}
			if want == 429 {
				first := got.Body["errors"].([]any)[0].(map[string]any)
				if first["code"] != "rate_limit_exceeded" || first["message"] != "Exceeded rate limit of 3 in 10_seconds" {
					t.Errorf("call %d: %v", i, first)
				}
			}
		}
		if got := send(t, s, "GET", "/me", "", "Authorization", ""); got.Status != 401 || got.Header.Get("X-RateLimit-Limit") != "" {
			t.Errorf("a call without a token: %d %v", got.Status, got.Header)
		}
		time.Sleep(10 * time.Second)
		if got := send(t, s, "GET", "/me", ""); got.Status != 200 {
			t.Errorf("in the next window: status %d", got.Status)
		}
	})
}

func TestMeNamesTheRegion(t *testing.T) {
	for region, want := range map[string]string{"": "US", "eu": "EU"} {
		s := newSandbox(t, sandbox.Config{Region: region})
		got := send(t, s, "GET", "/me", "")
		if app := got.Body["app"].(map[string]any); app["region"] != want {
			t.Errorf("region %q: %v", region, app)
		}
	}
}

func TestCallsAreRemembered(t *testing.T) {
	s := newSandbox(t, sandbox.Config{Token: "secret"})
	send(t, s, "GET", "/me", "")
	send(t, s, "POST", "/ai/external_pages", "{}")
	send(t, s, "DELETE", "/ai/external_pages/1", "", "Authorization", "")
	s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)) // no call of the API
	want := []sandbox.Call{{Method: "GET", Path: "/me", Status: 200}, {Method: "POST", Path: "/ai/external_pages", Status: 422}, {Method: "DELETE", Path: "/ai/external_pages/1", Status: 401}}
	if diff := cmp.Diff(want, s.Calls()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if n := s.Writes(); n != 2 {
		t.Errorf("%d writes, want 2", n)
	}
	for range 10_001 {
		send(t, s, "GET", "/me", "")
	}
	if n := len(s.Calls()); n != 10_000 {
		t.Errorf("%d calls are kept, want 10,000", n)
	}
}

func TestAFaultTakesTheSandboxesPlace(t *testing.T) {
	s := newSandbox(t, sandbox.Config{Fault: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		switch {
		case r.Method == "DELETE":
			next.ServeHTTP(httptest.NewRecorder(), r) // done, but nobody hears of it
			panic(http.ErrAbortHandler)
		case r.URL.Path == "/me":
			w.WriteHeader(http.StatusBadGateway)
		default:
			next.ServeHTTP(w, r)
		}
	}})
	source := createSource(t, s)
	id := createPage(t, s, source, "a")
	if got := send(t, s, "GET", "/me", ""); got.Status != 502 {
		t.Errorf("status %d, want 502", got.Status)
	}
	func() {
		defer func() { recover() }()
		send(t, s, "DELETE", "/ai/external_pages/"+id, "")
		t.Error("the connection was not broken off")
	}()
	if n := len(s.Pages(source)); n != 0 {
		t.Errorf("%d pages, want none", n)
	}
	calls := s.Calls()
	if last := calls[len(calls)-1]; last.Status != 0 {
		t.Errorf("an answer that was never sent has status %d", last.Status)
	}
}

func TestTheLibraryOutlivesTheSandbox(t *testing.T) {
	file := filepath.Join(t.TempDir(), "library.json")
	s, err := sandbox.New(sandbox.Config{File: file})
	if err != nil {
		t.Fatal(err)
	}
	source := createSource(t, s)
	for i := range 5 {
		createPage(t, s, source, strconv.Itoa(i))
	}
	send(t, s, "DELETE", "/ai/external_pages/2", "")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
	again := newSandbox(t, sandbox.Config{File: file})
	if diff := cmp.Diff(s.Pages(source), again.Pages(source)); diff != "" {
		t.Errorf("pages (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(s.Sources(), again.Sources()); diff != "" {
		t.Errorf("sources (-before +after):\n%s", diff)
	}
	if id := createPage(t, again, source, "new"); id != "6" {
		t.Errorf("the next page has ID %s, want 6", id)
	}
	if left, _ := filepath.Glob(file + "?*"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestTheLibraryIsSavedWhileItChanges(t *testing.T) {
	file := filepath.Join(t.TempDir(), "library.json")
	synctest.Test(t, func(t *testing.T) {
		s := newSandbox(t, sandbox.Config{File: file})
		source := createSource(t, s)
		createPage(t, s, source, "a")
		time.Sleep(5 * time.Second)
		synctest.Wait()
		copied, err := sandbox.New(sandbox.Config{File: file}) // as after a kill
		if err != nil {
			t.Fatal(err)
		}
		defer copied.Close()
		if n := len(copied.Pages(source)); n != 1 {
			t.Errorf("%d pages in the file, want 1", n)
		}
	})
}

func TestABrokenFileIsNotOverwritten(t *testing.T) {
	for name, content := range map[string]string{
		"cut off": `{"version":1,"sou`, "of another version": `{"version":2}`, "with a page of no source": `{"version":1,"pages":[{"id":"1","source_id":3}]}`,
	} {
		file := filepath.Join(t.TempDir(), "library.json")
		os.WriteFile(file, []byte(content), 0o600)
		if s, err := sandbox.New(sandbox.Config{File: file}); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: error %v", name, err)
			s.Close()
		}
		if after, _ := os.ReadFile(file); string(after) != content {
			t.Errorf("%s: the file was changed to %q", name, after)
		}
	}
}

func TestItIsSafeForConcurrentUse(t *testing.T) {
	s := newSandbox(t, sandbox.Config{})
	server := httptest.NewServer(s)
	defer server.Close()
	source := createSource(t, s)
	call := func(method, path, body string) {
		r, _ := http.NewRequest(method, server.URL+path, strings.NewReader(body))
		r.Header = http.Header{"Authorization": {"Bearer x"}, "Accept": {"application/json"}, "Content-Type": {"application/json"}}
		resp, err := server.Client().Do(r)
		if err != nil {
			t.Error(err)
			return
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.StatusCode >= 500 {
			t.Errorf("%s %s: %d", method, path, resp.StatusCode)
		}
	}
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 30 {
				call("POST", "/ai/external_pages", pageBody(source, strconv.Itoa(i%10)))
				call("DELETE", "/ai/external_pages/"+strconv.Itoa(worker*10+i), "")
				call("GET", "/ai/external_pages?page=1", "")
				call("GET", "/", "")
				call("GET", fmt.Sprintf("/sources/%d?q=title", source), "")
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, p := range s.Pages(source) {
		if seen[p.ExternalID] {
			t.Errorf("two pages have external ID %s", p.ExternalID)
		}
		seen[p.ExternalID] = true
	}
}

func BenchmarkListOneOf100000Pages(b *testing.B) {
	s, err := sandbox.New(sandbox.Config{})
	if err != nil {
		b.Fatal(err)
	}
	post := func(path, body string) {
		r := httptest.NewRequest("POST", path, bytes.NewReader([]byte(body)))
		r.Header = http.Header{"Authorization": {"Bearer x"}, "Accept": {"*/*"}, "Content-Type": {"application/json"}}
		s.ServeHTTP(httptest.NewRecorder(), r)
	}
	post("/ai/content_import_sources", `{"sync_behavior":"api","url":"https://help.example.com"}`)
	source := s.Sources()[0].ID
	for i := range 100_000 {
		post("/ai/external_pages", pageBody(source, strconv.Itoa(i)))
	}
	for n := 0; b.Loop(); n++ {
		r := httptest.NewRequest("GET", "/ai/external_pages?page="+strconv.Itoa(n%2000+1), nil)
		r.Header = http.Header{"Authorization": {"Bearer x"}, "Accept": {"*/*"}}
		s.ServeHTTP(httptest.NewRecorder(), r)
	}
}
