package files

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Layout says by the rules of which program the files of a folder become addresses.
type Layout string

// The layouts.
const (
	Plain      Layout = "plain"      // as the folder is: a.md at /a.md, index.html at /
	MkDocs     Layout = "mkdocs"     // a.md at /a/, index.md and README.md at /
	Docusaurus Layout = "docusaurus" // a.md at /a, without numbers before names; id and slug in front matter
	VitePress  Layout = "vitepress"  // a.md at /a.html, index.md at /
	Hugo       Layout = "hugo"       // a.md at /a/; slug and url in front matter, drafts and dates
	Sphinx     Layout = "sphinx"     // a.md at /a.html, index.md at /index.html
)

// Layouts returns all layouts.
func Layouts() []Layout { return []Layout{Plain, MkDocs, Docusaurus, VitePress, Hugo, Sphinx} }

// leavesOut reports whether a file or folder is a part of others, and no page.
func (l Layout) leavesOut(name string) bool {
	base := path.Base(name)
	switch l {
	case Docusaurus:
		return strings.HasPrefix(base, "_")
	case Sphinx:
		return slices.Contains([]string{"_static", "_sources", "_templates"}, base)
	}
	return false
}

// hides returns why readers do not have a page, or "".
func (l Layout) hides(f front, now time.Time) string {
	switch {
	case f.isTrue("draft"):
		return "draft"
	case l == Docusaurus && f.isTrue("unlisted"):
		return "unlisted"
	case l != Hugo:
		return ""
	case f.isTrue("headless"):
		return "headless"
	}
	for _, key := range []string{"publishDate", "publishdate", "date"} {
		if at := f.time(key); at.After(now) {
			return "not published before " + at.Format(time.DateOnly)
		} else if !at.IsZero() {
			break
		}
	}
	for _, key := range []string{"expiryDate", "expirydate"} {
		if at := f.time(key); !at.IsZero() && at.Before(now) {
			return "expired on " + at.Format(time.DateOnly)
		}
	}
	return ""
}

var (
	numbered = regexp.MustCompile(`^\d+\s*[-_.]+\s*(.+)$`)
	// dated matches names that begin with a date or a version, which is no number before a name.
	dated = regexp.MustCompile(`^(\d{2}(\d{2})?[-_.]\d{2}([-_.](\d{2}(\d{2})?))?|\d+[-_.]\d+)([^0-9].*)?$`)
)

// address returns where a file is read, relative to the folder's address; absolute if it begins with /. ok is false
// for what is a part of another page.
func (l Layout) address(name string, f front) (rel string, ok bool) {
	dir, base := path.Split(name)
	ext := strings.ToLower(path.Ext(base))
	stem := base[:len(base)-len(ext)]
	if ext != ".md" && ext != ".mdx" && ext != ".markdown" {
		if ext == ".html" || ext == ".htm" {
			if stem == "index" && l != Sphinx {
				return dir, true
			}
		}
		return name, true
	}
	lower := strings.ToLower(stem)
	switch l {
	case MkDocs:
		if lower == "index" || lower == "readme" {
			return dir, true
		}
		return dir + stem + "/", true
	case VitePress:
		if lower == "index" {
			return dir, true
		}
		return dir + stem + ".html", true
	case Sphinx:
		return dir + stem + ".html", true
	case Docusaurus:
		return l.docusaurus(dir, stem, f), true
	case Hugo:
		return l.hugo(dir, stem, f)
	}
	return name, true
}

// docusaurus returns the address of a document of Docusaurus 3.
func (Layout) docusaurus(dir, stem string, f front) string {
	segments := strings.Split(strings.TrimSuffix(dir, "/"), "/")
	for i, s := range segments {
		segments[i] = withoutNumber(s)
	}
	folder := strings.Join(segments, "/")
	join := func(last string) string { return strings.Trim(path.Join(folder, last), "/") }
	if slug := f.text("slug"); slug != "" {
		if strings.HasPrefix(slug, "/") {
			return strings.TrimPrefix(path.Clean(slug), "/") // below the docs' own address
		}
		return join(slug)
	}
	name := withoutNumber(stem)
	if id := f.text("id"); id != "" {
		return join(id)
	}
	if lower := strings.ToLower(name); lower == "index" || lower == "readme" || name == path.Base(folder) {
		if folder == "" || folder == "." {
			return ""
		}
		return folder + "/"
	}
	return join(name)
}

// withoutNumber returns a name without the number that sorts it.
func withoutNumber(name string) string {
	if m := numbered.FindStringSubmatch(name); m != nil && !dated.MatchString(name) {
		return m[1]
	}
	return name
}

// hugo returns the address of a page of Hugo.
func (Layout) hugo(dir, stem string, f front) (string, bool) {
	dir = hugoPath(dir)
	if at := f.text("url"); at != "" {
		return strings.TrimPrefix(at, "/"), true
	}
	switch stem {
	case "_index":
		return dir, true
	case "index":
		if slug := f.text("slug"); slug != "" {
			return path.Join(path.Dir(strings.TrimSuffix(dir, "/")), slug) + "/", true
		}
		return dir, true
	}
	if slug := f.text("slug"); slug != "" {
		stem = slug
	}
	return dir + hugoPath(stem) + "/", true
}

// hugoPath writes a path as Hugo does: in small letters, with dashes for spaces.
func hugoPath(p string) string { return strings.ToLower(strings.ReplaceAll(p, " ", "-")) }
