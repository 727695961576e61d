package site

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/extract"
)

func get(t *testing.T, s *Site, path, tag string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if tag != "" {
		r.Header.Set("If-None-Match", tag)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// article is what a reader sees at a path, and the paths that its links lead to.
func article(t *testing.T, s *Site, path string) (extract.Article, []string) {
	t.Helper()
	w := get(t, s, path, "")
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: %d", path, w.Code)
	}
	d, err := extract.Parse(&url.URL{Scheme: "http", Host: "help.example.com", Path: path}, w.Header().Get("Content-Type"), w.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, u := range d.Links() {
		if u.Host == "help.example.com" {
			paths = append(paths, u.Path)
		}
	}
	a, err := d.Extract(extract.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	return a, paths
}

func TestEveryPageIsReachedByItsLinks(t *testing.T) {
	s := New(Shape{Seed: 1, Pages: 60, Depth: 3, Printed: 0.3})
	depth := map[string]int{"/": 0}
	queue, articles := []string{"/"}, 0
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if path == "/" || strings.HasPrefix(path, "/articles/") {
			articles++
			if depth[path] > 3 {
				t.Errorf("%s is %d links deep", path, depth[path])
			}
		}
		_, links := article(t, s, path)
		for _, to := range links {
			if _, known := depth[to]; !known {
				depth[to] = depth[path] + 1
				queue = append(queue, to)
			}
		}
	}
	if articles != 60 || len(depth) <= 60 {
		t.Errorf("%d articles and %d addresses, want 60 and more", articles, len(depth))
	}
}

func TestTheSameShapeMakesTheSameTexts(t *testing.T) {
	shape := Shape{Seed: 7, Pages: 200, Alike: 0.2, Changed: 0.1}
	a, b := New(shape), New(shape)
	get(t, a, "/", "") // what was asked before makes no difference
	shape.Seed = 8
	other := New(shape)
	differ, texts := 0, map[string]bool{}
	for i := range shape.Pages {
		if a.Path(i) != b.Path(i) || a.Text(i) != b.Text(i) {
			t.Fatalf("page %d differs", i)
		}
		if a.Text(i) != other.Text(i) {
			differ++
		}
		texts[a.Text(i)] = true
	}
	if differ < 190 {
		t.Errorf("another seed changes %d texts of 200", differ)
	}
	if n := len(texts); n < 140 || n > 180 {
		t.Errorf("%d different texts of 200, with a share of 0.2 alike", n)
	}
}

func TestAnEditionChangesItsShareAndItsTags(t *testing.T) {
	s := New(Shape{Seed: 3, Pages: 200, Changed: 0.1, Validators: true})
	before := make([]string, 200)
	tags := make([]string, 200)
	for i := range before {
		a, _ := article(t, s, s.Path(i))
		before[i], tags[i] = a.Markdown, get(t, s, s.Path(i), "").Header().Get("ETag")
	}
	s.Asked()
	s.Publish(1)
	changed := 0
	for i := range before {
		unmodified := get(t, s, s.Path(i), tags[i]).Code == http.StatusNotModified
		a, _ := article(t, s, s.Path(i))
		if unmodified != (a.Markdown == before[i]) {
			t.Errorf("page %d: unmodified %v", i, unmodified)
		}
		if !unmodified {
			changed++
		}
	}
	if changed < 10 || changed > 30 {
		t.Errorf("%d of 200 changed", changed)
	}
	if all, unmodified := s.Asked(); all != 400 || int(unmodified) != 200-changed {
		t.Errorf("counted %d requests and %d times 304", all, unmodified)
	}
}
