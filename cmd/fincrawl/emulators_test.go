package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/internal/testsite"
)

// The same library, as somebody else might have built its API by the same description:
// each is the sandbox with its answers rewritten.
func TestALibraryByAnotherHandIsKeptAllTheSame(t *testing.T) {
	t.Parallel()
	everywhere := func(change func(key string, value any) any) rewriting {
		return func(_ *http.Request, a *answered) { a.body = rewritten("", a.body, change) }
	}
	inLists := func(change func(list map[string]any)) rewriting {
		return func(_ *http.Request, a *answered) {
			if list, ok := a.body.(map[string]any); ok && list["type"] == "list" {
				change(list)
			}
		}
	}
	hands := map[string]rewriting{
		"IDs and times as strings": everywhere(func(key string, value any) any {
			if n, ok := value.(json.Number); ok {
				return string(n)
			}
			return value
		}),
		"IDs as numbers": everywhere(func(key string, value any) any {
			if text, ok := value.(string); ok && key == "id" {
				return json.Number(text)
			}
			return value
		}),
		"times as dates": everywhere(func(key string, value any) any {
			if n, ok := value.(json.Number); ok && strings.HasSuffix(key, "_at") {
				seconds, _ := n.Int64()
				return time.Unix(seconds, 0).UTC().Format(time.RFC3339)
			}
			return value
		}),
		"nothing is null, and more than is described": func(_ *http.Request, a *answered) {
			a.body = rewritten("", a.body, func(_ string, value any) any {
				if list, ok := value.([]any); ok && len(list) == 0 {
					return nil
				}
				if object, ok := value.(map[string]any); ok {
					object["workspace"], object["links"] = map[string]any{"id": "x"}, []any{1, "2", nil}
				}
				return value
			})
		},
		"pages by a link alone": inLists(func(list map[string]any) {
			pages := list["pages"].(map[string]any)
			delete(pages, "total_pages")
			delete(pages, "page")
			delete(list, "total_count")
			if pages["next"] == nil {
				delete(pages, "next")
			}
		}),
		"pages by their number alone": inLists(func(list map[string]any) { delete(list["pages"].(map[string]any), "next") }),
		"pages that say nothing of the next": inLists(func(list map[string]any) {
			pages := list["pages"].(map[string]any)
			delete(pages, "next")
			delete(pages, "total_pages")
		}),
		"a page after the last is not found": func(r *http.Request, a *answered) {
			if list, ok := a.body.(map[string]any); ok && list["type"] == "list" && len(list["data"].([]any)) == 0 && r.URL.Query().Get("page") != "1" {
				a.fail(http.StatusNotFound)
			}
			inLists(func(list map[string]any) { list["pages"].(map[string]any)["total_pages"] = json.Number("9") })(r, a)
		},
		"the least that can be said of a page that was sent": func(r *http.Request, a *answered) {
			if page, ok := a.body.(map[string]any); ok && r.Method == http.MethodPost && page["type"] == "external_page" {
				a.status, a.body = http.StatusCreated, map[string]any{"id": page["id"]}
			}
		},
		"listings without the pages' HTML": inLists(func(list map[string]any) {
			for _, item := range list["data"].([]any) {
				delete(item.(map[string]any), "html")
			}
		}),
		"a delete is only accepted": func(r *http.Request, a *answered) {
			if r.Method == http.MethodDelete && a.status < 300 {
				a.status, a.body = http.StatusAccepted, map[string]any{"deleted": true}
			}
		},
		"no word of limits, requests and people": func(r *http.Request, a *answered) {
			for name := range a.header {
				if strings.HasPrefix(name, "X-") {
					a.header.Del(name)
				}
			}
			if r.URL.Path == "/me" {
				a.fail(http.StatusNotFound)
			}
		},
		"a wrong label on each answer": func(_ *http.Request, a *answered) { a.header.Set("Content-Type", "text/html; charset=utf-8") },
		"a short word for each error": func(_ *http.Request, a *answered) {
			if a.status >= 400 {
				a.body = map[string]any{"error": "no"}
			}
		},
	}
	for name, rewrite := range hands {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "", articles...)
			w.interfere(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
				if query := r.URL.Query(); query.Has("per_page") {
					query.Set("per_page", "5")
					r.URL.RawQuery = query.Encode()
				}
				rewrite.serve(rw, r, next)
			})
			w.fincrawl(exitDone, "sync")
			w.wantLibrary(allPages()...)

			w.site.Page("/a1", testsite.Page{Text: "Changed."})
			w.site.Remove("/a2")
			w.drop("/a3")
			w.edit("/a4", func(p *intercom.PageRequest) { p.HTML += "<p>By hand.</p>" })
			w.twin("/a5")
			w.wantActions(w.fincrawl(exitDone, "sync", "--verify"), "~ /a1", "- /a2", "+ /a3", "~ /a4", "- /a5")
			left := slices.DeleteFunc(allPages(), func(p string) bool { return p == "/a2" })
			w.wantLibrary(left...)
			if n := w.writes(func() { w.fincrawl(exitDone, "sync", "--verify") }); n != 0 {
				t.Errorf("the run after sent %d writes", n)
			}

			w.lose("fincrawl.db")
			w.site.Remove("/a6")
			w.fincrawl(exitDone, "sync")
			w.wantLibrary(slices.DeleteFunc(left, func(p string) bool { return p == "/a6" })...)
			if n := w.writes(func() { w.fincrawl(exitDone, "sync", "--verify") }); n != 0 {
				t.Errorf("the run after the state was lost, and the next one, sent %d writes", n)
			}
		})
	}
}

// rewriting is how another hand answers.
type rewriting func(*http.Request, *answered)

type answered struct {
	status int
	header http.Header
	body   any // of JSON; nil: none
}

func (a *answered) fail(status int) {
	a.status, a.body = status, map[string]any{"type": "error.list", "errors": []any{map[string]any{"code": "not_found", "message": "x"}}}
}

func (rewrite rewriting) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	seen := httptest.NewRecorder()
	next.ServeHTTP(seen, r)
	a := answered{status: seen.Code, header: seen.Header()}
	d := json.NewDecoder(seen.Body)
	d.UseNumber()
	_ = d.Decode(&a.body) // where there is none, there is none
	rewrite(r, &a)
	var body []byte
	if a.body != nil {
		var err error
		if body, err = json.Marshal(a.body); err != nil {
			panic(fmt.Sprintf("rewrite an answer: %v", err))
		}
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(body)
}

// rewritten changes a value of JSON and all that is in it.
func rewritten(key string, value any, change func(key string, value any) any) any {
	switch v := value.(type) {
	case map[string]any:
		for k, inner := range v {
			v[k] = rewritten(k, inner, change)
		}
	case []any:
		for i, inner := range v {
			v[i] = rewritten(key, inner, change)
		}
	}
	return change(key, value)
}
