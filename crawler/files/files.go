// Package files reads a source from a folder: Markdown, HTML, office documents, PDF. Each file is a page, its path
// is its ID, and where people read it follows from the rules of the program that makes a site of the folder.
//
// The list is whole if the walk through the folder had no error. A folder that is missing or empty is a fault: it may
// be a disk that is not mounted.
//
// Nothing outside of the folder is read, whatever links in it say, and nothing in it is run.
package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/listing"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

// Source says which files are pages, and where people read them.
type Source struct {
	Folder string
	URL    *url.URL // of the folder, for people
	Layout Layout
	// Include and Exclude are patterns of the paths of files within the folder, which begin with /.
	Include, Exclude []urlpattern.Pattern
	Documents        []document.Kind // kinds of files that are read, besides HTML
	MaxSize          int64           // of a file, in bytes; 0 for no limit
	// Open opens the files. If the file system has a method Version(name string) string, that tells what changed
	// without reading it. Defaults to Folder, opened so that nothing leads out of it.
	Open func(context.Context) (tree fs.FS, closeTree func() error, err error)
	// Now is the time that pages are published and expire by. Defaults to time.Now.
	Now func() time.Time
}

// New returns a lister of the files in a folder.
func New(s Source) listing.Lister {
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Open == nil {
		s.Open = func(context.Context) (fs.FS, func() error, error) { return openRoot(s.Folder) }
	}
	return lister{s}
}

type lister struct{ Source }

// List implements [listing.Lister].
func (l lister) List(
	ctx context.Context, ask listing.Ask, give func(context.Context, listing.Item) error,
) (listing.End, error) {
	tree, closeTree, err := l.Open(ctx)
	if ctx.Err() != nil {
		return listing.End{}, context.Cause(ctx)
	}
	if err != nil {
		return listing.End{}, listing.Faultf("open the folder: %v", err)
	}
	defer func() { _ = closeTree() }()
	w := walk{lister: l, tree: tree, addresses: make(map[string]string), hidden: make(map[string]string), blame: ask.Blame, give: give}
	if w.known, err = versions(ask); err != nil {
		return listing.End{}, err
	}
	// Pages link to each other by their files, so all addresses are known before the first page is read.
	if err := w.each(ctx, w.addressOf); err != nil {
		return listing.End{}, err
	}
	if err := w.each(ctx, w.file); err != nil {
		return listing.End{}, err
	}
	return listing.End{Complete: true, Count: -1}, nil
}

// walk is one reading of a folder.
type walk struct {
	lister
	tree      fs.FS
	known     map[string]string // version by ID
	addresses map[string]string // URL by file, of all pages
	hidden    map[string]string // why readers do not have a file
	blame     func(*listing.Fault)
	give      func(context.Context, listing.Item) error
}

// each calls do for each file that may be a page. An error of the walk is a fault.
func (l walk) each(ctx context.Context, do func(context.Context, string, fs.FileMode) error) error {
	return fs.WalkDir(l.tree, ".", func(name string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			return listing.Faultf("the folder could not be read to its end: %v", err)
		}
		if name != "." && l.passedOver(name, entry) {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() {
			return nil
		}
		if _, isRead := l.formatOf(name); !isRead {
			return nil
		}
		return do(ctx, name, entry.Type())
	})
}

// addressOf notes the address of a file. What cannot be read is told of when it is listed.
func (l walk) addressOf(_ context.Context, name string, _ fs.FileMode) error {
	var start []byte
	format, _ := l.formatOf(name)
	if format == listing.Format(document.Markdown) {
		if info, err := fs.Stat(l.tree, name); err != nil || !info.Mode().IsRegular() {
			return nil
		}
		f, err := l.tree.Open(name)
		if err != nil {
			return nil
		}
		defer func() { _ = f.Close() }()
		if start, err = io.ReadAll(io.LimitReader(f, maxFront)); err != nil {
			return nil
		}
	}
	front := frontMatter(format, start)
	if why := l.Layout.hides(front, l.Now()); why != "" {
		l.hidden[name] = why
	} else if rel, ok := l.Layout.address(name, front); ok {
		l.addresses[name] = l.under(rel)
	}
	return nil
}

// resolver returns what resolves the links of a Markdown file: to the addresses of the files that they name.
func (l walk) resolver(name string) func(string) string {
	return func(link string) string {
		to, err := url.Parse(link)
		if err != nil || to.Scheme != "" || to.Host != "" || to.Path == "" {
			return ""
		}
		file := strings.TrimPrefix(path.Join("/", path.Dir(name), to.Path), "/")
		if strings.HasPrefix(to.Path, "/") {
			file = strings.TrimPrefix(path.Clean(to.Path), "/")
		}
		address, isPage := l.addresses[file]
		switch {
		case isPage:
		case strings.HasPrefix(to.Path, "/") || path.Ext(file) == "" || strings.HasSuffix(to.Path, "/"):
			return "" // an address, and no file
		default:
			address = l.under(file)
		}
		to.Path, to.RawPath = "", ""
		return address + to.String()
	}
}

// openRoot opens a folder that nothing leads out of.
func openRoot(folder string) (fs.FS, func() error, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, nil, err
	}
	return root.FS(), root.Close, nil
}

// versions returns the known versions by ID.
func versions(ask listing.Ask) (map[string]string, error) {
	known := make(map[string]string)
	if ask.Known == nil {
		return known, nil
	}
	for sent, err := range ask.Known {
		if err != nil {
			return nil, err
		}
		if sent.Version != "" {
			known[sent.ID] = sent.Version
		}
	}
	return known, nil
}

// passedOver reports whether a file or folder is no part of the source, by its name.
func (l lister) passedOver(name string, entry fs.DirEntry) bool {
	base := path.Base(name)
	if strings.HasPrefix(base, ".") || base == "node_modules" || l.Layout.leavesOut(name) {
		return true
	}
	if entry.IsDir() {
		return false
	}
	at := &url.URL{Path: "/" + name}
	matches := func(p urlpattern.Pattern) bool { return p.Match(at) }
	return len(l.Include) > 0 && !slices.ContainsFunc(l.Include, matches) || slices.ContainsFunc(l.Exclude, matches)
}

// file lists one file, if it is a page.
func (l walk) file(ctx context.Context, name string, kind fs.FileMode) error {
	item := listing.Item{What: listing.Page, ID: idOf(name), Where: name}
	if why := l.hidden[name]; why != "" {
		item.What, item.Reason = listing.Hidden, why
		return l.give(ctx, item)
	}
	if tree, ok := l.tree.(interface{ Version(name string) string }); ok {
		if item.Version = tree.Version(name); item.Version != "" && item.Version == l.known[item.ID] {
			item.What = listing.Same
			return l.give(ctx, item)
		}
	}
	format, _ := l.formatOf(name)
	body, err := l.read(l.tree, name, kind)
	var unread *unreadable
	switch {
	case errors.As(err, &unread):
		item.What, item.Reason = listing.Unread, unread.why
		return l.give(ctx, item)
	case err != nil: // of the disk, or since somebody changes the folder meanwhile
		l.blame(listing.Faultf("%s could not be read: %v", name, err))
		item.What, item.Reason = listing.Unread, err.Error()
		return l.give(ctx, item)
	}
	front := frontMatter(format, body)
	rel, ok := l.Layout.address(name, front)
	if !ok {
		return nil
	}
	if item.Version == "" {
		sum := sha256.Sum256(body)
		item.Version = hex.EncodeToString(sum[:12])
	}
	if l.known[item.ID] == item.Version {
		item.What = listing.Same
		return l.give(ctx, item)
	}
	item.URL, item.Title, item.Format, item.Whole = l.under(rel), front.text("title"), format, format == listing.HTML
	item.Labels = front.list("tags")
	if dir := path.Dir(name); dir != "." {
		item.Path = strings.Split(dir, "/")
	}
	if item.Body = body; format == listing.Format(document.Markdown) {
		item.Body, item.Resolve = []byte(plainMarkdown(name, string(body))), l.resolver(name)
	}
	return l.give(ctx, item)
}

// idOf returns the ID of a file: its path, unless that is no ID.
func idOf(name string) string {
	const longest = 200
	if len(name) <= longest && utf8.ValidString(name) && strings.TrimSpace(name) == name && !strings.ContainsFunc(name, unicode.IsControl) {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return "path-" + hex.EncodeToString(sum[:])
}

// under returns the URL of a path below that of the folder.
func (l lister) under(rel string) string {
	u := *l.URL
	folder := rel == "" || strings.HasSuffix(rel, "/")
	rel = strings.TrimPrefix(path.Clean("/"+rel), "/") // not above the folder's address
	u.Path = strings.TrimSuffix(u.Path, "/") + "/" + rel
	if folder && rel != "" {
		u.Path += "/"
	}
	u.RawPath, u.RawQuery, u.Fragment = "", "", ""
	return u.String()
}

// unreadable is a file that is there and cannot be a page.
type unreadable struct{ why string }

func (u *unreadable) Error() string { return u.why }

// read reads a file. An *[unreadable] error concerns this file alone.
func (l lister) read(tree fs.FS, name string, kind fs.FileMode) ([]byte, error) {
	info, err := fs.Stat(tree, name) // follows links within the folder
	switch {
	case err != nil && kind&fs.ModeSymlink != 0:
		return nil, &unreadable{"it is a link that leads out of the folder, or nowhere"}
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &unreadable{"it is no regular file"}
	case l.MaxSize > 0 && info.Size() > l.MaxSize:
		return nil, &unreadable{fmt.Sprintf("it has more than %d bytes (fetch.max_body)", l.MaxSize)}
	}
	f, err := tree.Open(name)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return nil, &unreadable{err.Error()}
		}
		return nil, err
	}
	defer func() { _ = f.Close() }()
	from := io.Reader(f)
	if l.MaxSize > 0 {
		from = io.LimitReader(f, l.MaxSize)
	}
	return io.ReadAll(from)
}

// formatOf returns the format of a file by its name, if such files are read.
func (l lister) formatOf(name string) (listing.Format, bool) {
	switch strings.ToLower(path.Ext(name)) {
	case ".html", ".htm", ".xhtml":
		return listing.HTML, true
	case ".mdx":
		return listing.Format(document.Markdown), slices.Contains(l.Documents, document.Markdown)
	}
	kind := document.KindOfName(name)
	return listing.Format(kind), kind != "" && slices.Contains(l.Documents, kind)
}
