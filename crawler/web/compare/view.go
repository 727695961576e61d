package compare

import (
	"cmp"
	"fmt"
	"iter"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/web/scope"
	"github.com/fincrawl/fincrawl/crawler/web/wording"
	"github.com/fincrawl/fincrawl/internal/texthash"
	"github.com/fincrawl/fincrawl/internal/urlpattern"
	"github.com/fincrawl/fincrawl/internal/weburl"
)

// Software shows one article in many ways: to edit, move or share it, to print it, or as it was last year.
// The address of such a view is that of its article with something added, which other addresses have too.
// That alone does not make it a view: a chapter has the address of its manual with a name that other manuals
// use as well. The text decides. See docs/adr/0048.

// leaveOutViews settles pages again that only show another page, or ask what to do with it.
func (c *Comparison) leaveOutViews() error {
	if c.Pages == nil {
		return nil
	}
	candidates, err := c.derivedPages()
	if err != nil {
		return err
	}
	of := make(map[string]string) // view → its page
	for _, judge := range []func(derived) (string, error){
		func(d derived) (string, error) { return d.asksWhatToDo(), nil },
		c.saysTheSame,
		func(d derived) (string, error) { return c.listsViews(d, of) },
	} {
		for _, d := range candidates {
			if of[d.address] != "" {
				continue
			}
			why, err := judge(d)
			if err != nil {
				return err
			}
			if why == "" {
				continue
			}
			of[d.address] = d.from
			if err := c.settleView(d, why); err != nil {
				return err
			}
		}
	}
	return nil
}

// settleView settles a page as a view. The next crawl reads it again even if it has not changed, because the
// other page may have.
func (c *Comparison) settleView(d derived, why string) error {
	if err := c.Unlearn(d.address); err != nil {
		return err
	}
	return c.settleAnew(d.address, d.outcome, crawler.View, why+" "+d.from)
}

// derived is a page whose address is that of another page with something added.
type derived struct {
	relation
	address   string
	title     string
	dialogue  bool
	fromTitle string
	fromAsks  bool // the other page is a dialogue too
	outcome   crawler.Outcome
}

// derivedPages returns the pages that may be views, those with the shortest addresses first. What is added
// to the address is also added to that of at least one other page.
func (c *Comparison) derivedPages() (list []derived, err error) {
	type page struct {
		title    string
		dialogue bool
	}
	pages := make(map[uint64]page)
	articles := make(map[uint64]string) // a dialogue's address with a blank → a page that fits it
	err = c.eachPage(anyPage, func(s Summary, _ crawler.Outcome) error {
		pages[texthash.Of(s.URL)] = page{s.Title, s.Dialogue}
		if s.Dialogue {
			for _, blank := range blanks(s.URL) {
				articles[texthash.Of(blank)] = ""
			}
		}
		return nil
	})
	if err == nil && len(articles) > 0 {
		err = c.eachPage(anyPage, func(s Summary, _ crawler.Outcome) error {
			for _, blank := range blanks(s.URL) {
				best, wanted := articles[texthash.Of(blank)]
				if wanted && !s.Dialogue && (best == "" || shorter(s.URL, best) < 0) {
					articles[texthash.Of(blank)] = s.URL
				}
			}
			return nil
		})
	}
	if err != nil {
		return nil, err
	}
	beside := make(map[string]string) // what is added → the one address that it is added to, or "" if there are several
	add := func(d derived) {
		if other, known := beside[d.beside]; !known {
			beside[d.beside] = d.from
		} else if other != d.from {
			beside[d.beside] = ""
		}
		list = append(list, d)
	}
	err = c.eachPage(anyPage, func(s Summary, o crawler.Outcome) error {
		if u, err := url.Parse(s.URL); err != nil || c.Scope.Starts[s.URL] || urlpattern.Any(c.Scope.Rules.Allow, u) {
			return nil
		}
		for _, r := range relationsOf(s.URL) {
			from, ok := pages[texthash.Of(r.from)]
			if ok {
				add(derived{r, s.URL, s.Title, s.Dialogue, from.title, from.dialogue, o})
			}
		}
		if !s.Dialogue {
			return nil
		}
		for segment, blank := range blanks(s.URL) {
			other := articles[texthash.Of(blank)]
			if other != "" && (!isNumber(path.Base(s.URL)) || named(s.Title, pages[texthash.Of(other)].title)) {
				add(derived{relation{from: other, beside: "=" + segment}, s.URL, s.Title, true, "", false, o})
			}
		}
		return nil
	})
	list = slices.DeleteFunc(list, func(d derived) bool { return beside[d.beside] != "" })
	slices.SortStableFunc(list, func(a, b derived) int { return shorter(a.address, b.address) })
	return list, err
}

// relation is how one address is made of another.
type relation struct {
	from   string // the other page's address
	beside string // what is added, with # for numbers
	atEnd  bool   // it is added at the end of the path, or in the query
	file   bool   // it is a file name extension
}

// numbered reports whether what is added has a number, such as that of a version.
func (r relation) numbered() bool { return strings.Contains(r.beside, "#") }

// numbers matches the numbers of versions, including hashes.
var numbers = regexp.MustCompile(`(?i)\b[0-9a-f]{7,}\b|[0-9]+`)

// mostBeside is how many path segments the address of a view may have more than that of its page.
const mostBeside = 3

// relationsOf returns all addresses that an address may be made of.
func relationsOf(address string) (list []relation) {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	add := func(path, query, beside string, r relation) {
		other, ok := scope.Rewrite(u, path, query)
		if !ok || path == "" {
			return
		}
		r.from, r.beside = other.String(), numbers.ReplaceAllString(beside, "#")
		list = append(list, r)
	}
	path := u.EscapedPath()
	segments := strings.Split(strings.Trim(path, "/"), "/")
	slash := strings.HasSuffix(path, "/")
	for n := 1; n <= min(mostBeside, len(segments)-1); n++ {
		for at := range len(segments) - n + 1 {
			atEnd := at == len(segments)-n
			if !atEnd && n > 1 {
				continue
			}
			rest := "/" + strings.Join(slices.Concat(segments[:at], segments[at+n:]), "/")
			beside := fmt.Sprintf("%t /%s", atEnd, strings.Join(segments[at:at+n], "/"))
			for _, query := range slices.Compact([]string{u.RawQuery, ""}) {
				add(rest, query, beside, relation{atEnd: atEnd})
				if atEnd || slash {
					add(rest+"/", query, beside, relation{atEnd: atEnd})
				}
			}
		}
	}
	pairs := strings.Split(u.RawQuery, "&")
	for i, pair := range pairs {
		if pair != "" {
			add(path, strings.Join(slices.Concat(pairs[:i], pairs[i+1:]), "&"), "?"+pair, relation{atEnd: true})
		}
	}
	if len(pairs) > 1 {
		add(path, "", "?"+u.RawQuery, relation{atEnd: true})
	}
	if dot := strings.LastIndexByte(path, '.'); dot > strings.LastIndexByte(path, '/')+1 {
		add(path[:dot], u.RawQuery, path[dot:], relation{atEnd: true, file: true})
	}
	return list
}

// blanks yields the address with a blank in place of each path segment but the last, and the segment. So
// /edit/gates is matched with the page at /view/gates.
func blanks(address string) iter.Seq2[string, string] {
	return func(yield func(segment, blank string) bool) {
		u, err := url.Parse(address)
		if err != nil {
			return
		}
		segments := strings.Split(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
		for i := range len(segments) - 1 {
			with := slices.Clone(segments)
			with[i] = "*"
			if !yield(fmt.Sprintf("%d %s", i, segments[i]), strings.Join(with, "/")+"?"+u.RawQuery) {
				return
			}
		}
	}
}

// isNumber reports whether a name is a number. Other things may have the same number: /news/7 has nothing to
// do with /issues/7.
func isNumber(name string) bool {
	return strings.Trim(name, "0123456789") == ""
}

// named reports whether the title of a form contains that of its page.
func named(form, title string) bool {
	return title != "" && strings.Contains(strings.ToLower(form), strings.ToLower(title))
}

// asksWhatToDo returns why a page is a form about another page, or "".
func (d derived) asksWhatToDo() string {
	if d.dialogue && !d.fromAsks {
		return "a form that belongs to"
	}
	return ""
}

// The shares of text that two pages have in common if one is a view of the other. An old version has lost
// and gained words. A copy to print or download says no more than its page, but may leave out what surrounds
// the text.
const (
	ofAVersion = 0.6
	ofACopy    = 0.9
	leastOfIt  = 0.5
)

// saysTheSame returns why a page repeats the text of the other one, or "".
func (c *Comparison) saysTheSame(d derived) (string, error) {
	copied := d.file || d.title == d.fromTitle
	version := d.numbered() && d.atEnd
	if c.Texts == nil || !copied && !version {
		return "", nil
	}
	says, ok, err := c.Texts.Read(d.address)
	if err != nil || !ok {
		return "", err
	}
	other, ok, err := c.Texts.Read(d.from)
	switch {
	case err != nil || !ok:
		return "", err
	case copied && wording.Similar(says, other, ofACopy) && wording.Similar(other, says, leastOfIt):
		return "a copy of", nil
	case version && wording.Similar(says, other, ofAVersion) && wording.Similar(other, says, ofAVersion):
		return "a version of", nil
	}
	return "", nil
}

// mostToAsk is how many words at most a page has that asks by a link whether to do something.
const mostToAsk = 40

// listsViews returns why a page only lists views of the other one, or only asks by links what to do with it,
// or "".
func (c *Comparison) listsViews(d derived, views map[string]string) (string, error) {
	if c.Texts == nil || !d.atEnd {
		return "", nil
	}
	says, ok, err := c.Texts.Read(d.address)
	if err != nil || !ok {
		return "", err
	}
	own, _ := url.Parse(d.address)
	listed, asked := 0, 0
	for _, target := range targetsIn(says) {
		u, err := weburl.Resolve(own, target)
		if err != nil {
			continue
		}
		n, ok := c.Scope.Normalise(u)
		if !ok {
			return "", nil
		}
		switch to := n.String(); {
		case views[to] == d.from:
			listed++
		case to == d.from, to == d.address:
		case !slices.ContainsFunc(relationsOf(to), func(r relation) bool { return r.from == d.from }):
			return "", nil
		default:
			o, _, _, err := c.Frontier.Outcome(to)
			if err != nil {
				return "", err
			}
			if o == crawler.Paged || o == crawler.NotModified || o == crawler.Duplicate {
				return "", nil
			}
			if o == crawler.Unsafe {
				asked++
			}
		}
	}
	switch {
	case listed == 0 && asked > 0 && len(strings.Fields(says)) <= mostToAsk:
		return "a question that belongs to", nil
	case listed == 0:
		return "", nil
	}
	return "a list of views of", nil
}

// targetsIn returns the link targets of a Markdown text, as written there.
func targetsIn(markdown string) (list []string) {
	for {
		_, rest, ok := strings.Cut(markdown, "](")
		if !ok {
			return list
		}
		target, after, _ := strings.Cut(rest, ")")
		target, _, _ = strings.Cut(strings.TrimPrefix(target, "<"), " ")
		list = append(list, strings.TrimSuffix(target, ">"))
		markdown = cmp.Or(after, "")
	}
}
