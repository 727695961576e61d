package demo

import (
	"html"
	"html/template"
	"io/fs"
	"path"
	"strings"
)

// library is the content of the help center at one time.
type library struct {
	collections []*collection
	edited      bool
}

// collection is a collection of articles about one subject.
type collection struct {
	Slug, Title, Lead string
	Articles          []*article
}

// article is a page of the help center.
type article struct {
	Slug, Title, Lead string
	Collection        *collection
	body              string // HTML
}

// internal is the slug of the collection that is for agents only. Its articles have a path of their own.
const internal = "internal"

// Path returns the collection's path.
func (c *collection) Path() string { return "/collections/" + c.Slug }

// Path returns the article's path.
func (a *article) Path() string {
	if a.Collection.Slug == internal {
		return "/internal/" + a.Slug
	}
	return "/articles/" + a.Slug
}

// Body returns the article's HTML, which is a file of the program.
func (a *article) Body() template.HTML { return template.HTML(a.body) } //nolint:gosec // our own file

// Related returns the next two articles of the collection. After the last one comes the first.
func (a *article) Related() []*article {
	all := a.Collection.Articles
	var related []*article
	for i, other := range all {
		if other.Slug != a.Slug {
			continue
		}
		for step := 1; step <= 2 && step < len(all); step++ {
			related = append(related, all[(i+step)%len(all)])
		}
	}
	return related
}

// add adds a copy of a to c. a may belong to an older collection.
func (c *collection) add(a *article) {
	b := *a
	b.Collection = c
	c.Articles = append(c.Articles, &b)
}

// article returns the article at a path, or nil.
func (l *library) article(address string) *article {
	for _, c := range l.collections {
		for _, a := range c.Articles {
			if a.Path() == address {
				return a
			}
		}
	}
	return nil
}

// collection returns the collection with a slug, or nil.
func (l *library) collection(slug string) *collection {
	for _, c := range l.collections {
		if c.Slug == slug {
			return c
		}
	}
	return nil
}

// search returns the articles that have every word of query.
func (l *library) search(query string) []*article {
	words := strings.Fields(strings.ToLower(query))
	var found []*article
	for _, c := range l.collections {
	next:
		for _, a := range c.Articles {
			text := strings.ToLower(a.Title + " " + a.Lead + " " + a.body)
			for _, word := range words {
				if !strings.Contains(text, word) {
					continue next
				}
			}
			if len(words) > 0 {
				found = append(found, a)
			}
		}
	}
	return found
}

// load reads a library from the folder root. It has a folder for each collection, with index.html as its
// introduction and a file for each article. A number before a name gives its place.
func load(files fs.FS, root string) *library {
	l := &library{}
	for _, folder := range must(fs.ReadDir(files, root)) {
		c := &collection{Slug: slug(folder.Name())}
		for _, file := range must(fs.ReadDir(files, path.Join(root, folder.Name()))) {
			title, lead, body := parse(must(fs.ReadFile(files, path.Join(root, folder.Name(), file.Name()))))
			if file.Name() == "index.html" {
				c.Title, c.Lead = title, lead
				continue
			}
			c.add(&article{Slug: slug(file.Name()), Title: title, Lead: lead, body: body})
		}
		l.collections = append(l.collections, c)
	}
	return l
}

// parse splits a file into the title, the lead and the text.
func parse(file []byte) (title, lead, body string) {
	head, rest, _ := strings.Cut(string(file), "</h1>")
	intro, body, _ := strings.Cut(rest, "</p>")
	_, title, _ = strings.Cut(head, "<h1>")
	_, lead, _ = strings.Cut(intro, `<p class="lead">`)
	return html.UnescapeString(title), html.UnescapeString(lead), strings.TrimSpace(body)
}

// slug returns a file's name without its number and extension.
func slug(name string) string {
	_, name, _ = strings.Cut(name, "-")
	return strings.TrimSuffix(name, ".html")
}

// must returns v. The files are a part of the program, so an error in them is a bug.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
