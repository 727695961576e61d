package render

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/html"

	"github.com/fincrawl/fincrawl/internal/weburl"
)

const (
	// maxNamed bounds how many addresses of other hosts one page may name.
	maxNamed = 300
	// maxSteps bounds how many files may name each other in a row.
	maxSteps = 20
)

// reach is what one page gets of other hosts than the source's own and Site.Hosts: the scripts and style sheets that
// its document names as it was served, and those that these name in turn, each at that very address.
//
// They are asked for as soon as they are named and whether or not the page wants them. What the page's scripts do
// then makes no request: not its address, not its number and not its time can tell anybody what they know.
type reach struct {
	*tab

	mu      sync.Mutex
	secrets []string             // forms of what no address may carry, see newSecrets
	outside int                  // addresses of other hosts among known
	known   map[string]*namedURL // by [addressKey]
	imports importMap
	address string // of the document, which may have been written by a script
}

// namedURL is an address that the page names.
type namedURL struct {
	kind  kind
	steps int           // from the document
	done  chan struct{} // closed once there is an answer; nil for an address of the source's own
	got   reply
	err   error
}

func newReach(t *tab) *reach { return &reach{tab: t, known: make(map[string]*namedURL)} }

// kind is what a file is, and so how it names others.
type kind int

const (
	data   kind = iota // names nothing
	sheet              // by @import
	module             // by import and export … from
)

// learn takes in what a document names, as the site has served it.
func (r *reach) learn(u *url.URL, header http.Header, body []byte) {
	if t := strings.ToLower(header.Get("Content-Type")); t != "" && !strings.Contains(t, "html") {
		return
	}
	root, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		return
	}
	secrets := newSecrets(r.tab)
	d := &servedDocument{base: u}
	d.read(root)
	r.mu.Lock()
	r.secrets, r.address, r.imports = secrets, decoded(u.RequestURI()), d.imports
	r.mu.Unlock()
	for _, n := range d.named {
		r.name(d.base, n.address, n.kind, 0)
	}
	for _, script := range d.modules {
		r.read(d.base, module, []byte(script), 0)
	}
	for _, style := range d.styles {
		r.read(d.base, sheet, []byte(style), 0)
	}
}

// served takes in what a file of the source's own names, where the page names that file.
func (r *reach) served(u *url.URL, got reply) {
	r.mu.Lock()
	n := r.known[addressKey(u)]
	r.mu.Unlock()
	if n != nil && n.done == nil && got.status == http.StatusOK {
		r.read(u, n.kind, got.body, n.steps+1)
	}
}

// read names what a file names.
func (r *reach) read(base *url.URL, k kind, text []byte, steps int) {
	if k == data || steps > maxSteps {
		return
	}
	for _, address := range namedIn(k, text) {
		if k == module {
			r.mu.Lock()
			resolved, ok := r.imports.resolve(address)
			r.mu.Unlock()
			if !ok {
				continue // a name that stands for nothing
			}
			address = resolved
		}
		r.name(base, address, k, steps)
	}
}

// name adds one address, and asks for it where it is on another host.
func (r *reach) name(base *url.URL, address string, k kind, steps int) {
	u, err := weburl.Resolve(base, address)
	if err != nil || originOf(u) == (origin{}) {
		return
	}
	u = bare(u)
	key := addressKey(u)
	foreign := !r.isInside(u) && !slices.Contains(r.site.Hosts, u.Hostname())
	if foreign {
		switch {
		case u.User != nil, base.Scheme == "https" && u.Scheme != "https", countsVisitors(u.Hostname()):
			return
		case r.isReflected(u), r.carries(u), r.login != nil && r.login.tells(u):
			return
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if n, ok := r.known[key]; ok && n.kind >= k {
		return
	}
	if foreign {
		if r.outside++; r.outside > maxNamed {
			return
		}
	}
	n := &namedURL{kind: k, steps: steps}
	r.known[key] = n
	if foreign {
		n.done = make(chan struct{})
		r.requests.Go(func() {
			defer close(n.done)
			if n.got, n.err = r.fetch(u, k); n.err != nil {
				return
			}
			if to := redirectOf(u, n.got); to != nil {
				if originOf(to) == originOf(u) {
					r.name(u, to.String(), k, steps+1)
				}
				return
			}
			r.read(u, k, n.got.body, steps+1)
		})
	}
}

// carries reports whether an address has a value of the session in it.
func (r *reach) carries(u *url.URL) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return carriesAny(u, r.secrets)
}

// isReflected reports whether an address stands in that of the document: then it is not the site that names it, but
// whoever made the link.
func (r *reach) isReflected(u *url.URL) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Contains(r.address, strings.ToLower(u.Hostname()))
}

// redirectOf is where an answer leads to; nil where it does not.
func redirectOf(u *url.URL, got reply) *url.URL {
	if got.status < 300 || got.status >= 400 {
		return nil
	}
	to, err := weburl.ResolveHeader(u, got.header.Get("Location"))
	if err != nil {
		return nil
	}
	return to
}

// get returns what was got at an address of another host; ok is false where the page does not name it.
func (r *reach) get(ctx context.Context, u *url.URL) (got reply, ok bool, err error) {
	r.mu.Lock()
	n := r.known[addressKey(u)]
	r.mu.Unlock()
	if n == nil || n.done == nil {
		return reply{}, false, nil
	}
	select {
	case <-n.done:
		return n.got, true, n.err
	case <-ctx.Done():
		return reply{}, true, context.Cause(ctx)
	}
}

// fetch asks another host for a file, without a word on who wants it.
func (r *reach) fetch(u *url.URL, k kind) (reply, error) {
	if known, ok := r.code.get(u.String()); ok {
		return known, nil
	}
	select {
	case r.places <- struct{}{}:
		defer func() { <-r.places }()
	case <-r.ctx.Done():
		return reply{}, context.Cause(r.ctx)
	}
	request, err := http.NewRequestWithContext(r.ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return reply{}, err
	}
	request.Header.Set("User-Agent", r.site.UserAgent)
	request.Header.Set("Accept", "*/*")
	if k == sheet {
		request.Header.Set("Accept", "text/css,*/*;q=0.1")
	}
	single := *r.site.Outside
	single.Jar = nil
	single.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := single.Do(request)
	if err != nil {
		return reply{}, fmt.Errorf("ask another host: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return reply{}, fmt.Errorf("read the answer of another host: %w", err)
	}
	// The browser asked nobody, so it is we who say that the page may have it.
	got := reply{res.StatusCode, http.Header{"Access-Control-Allow-Origin": {"*"}, "Timing-Allow-Origin": {"*"}}, body}
	for _, name := range []string{"Content-Type", "Cache-Control", "Location", "X-Content-Type-Options"} {
		if values := res.Header.Values(name); len(values) > 0 {
			got.header[name] = values
		}
	}
	r.code.put(u.String(), got)
	return got, nil
}

// addressKey tells addresses apart as far as it matters here: since nothing is asked for by what a page wants, two
// that are written differently may be taken for one.
func addressKey(u *url.URL) string {
	o := originOf(u)
	return o.scheme + "://" + o.host + ":" + o.port + decoded(u.EscapedPath()) + "?" + decoded(u.RawQuery)
}
