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
	// maxNamed is how many addresses of other hosts one page may name.
	maxNamed = 300
	// maxSteps is how many files may name each other in a row.
	maxSteps = 20
)

// reach gives one page its files from hosts other than the source's own and Site.Hosts: the scripts and
// style sheets that its HTML names as it was served, and those that these name in turn, each at exactly that
// address.
//
// They are requested as soon as they are named, whether or not the page needs them. What the page's scripts
// do later causes no request. So no address, number or time of a request can reveal what they know.
type reach struct {
	*tab

	mu      sync.Mutex
	secrets []string             // forms of values that no address may contain: see newSecrets
	outside int                  // number of addresses of other hosts in known
	known   map[string]*namedURL // by [addressKey]
	imports importMap
	address string // of the document; a script may have written it
}

// namedURL is an address that the page names.
type namedURL struct {
	kind  kind
	steps int           // distance from the document
	done  chan struct{} // closed when there is an answer; nil for an address of the source's own
	got   reply
	err   error
}

func newReach(t *tab) *reach { return &reach{tab: t, known: make(map[string]*namedURL)} }

// kind is the kind of a file, which decides how it names others.
type kind int

const (
	data   kind = iota // names no others
	sheet              // by @import
	module             // by import and export … from
)

// learn records what a document names as the site served it.
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

// served records what a file of the source's own names, if the page names that file.
func (r *reach) served(u *url.URL, got reply) {
	r.mu.Lock()
	n := r.known[addressKey(u)]
	r.mu.Unlock()
	if n != nil && n.done == nil && got.status == http.StatusOK {
		r.read(u, n.kind, got.body, n.steps+1)
	}
}

// read records the addresses that a file names.
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
				continue // a name that the import map does not contain
			}
			address = resolved
		}
		r.name(base, address, k, steps)
	}
}

// name adds one address, and requests it if it is on another host.
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

// carries reports whether an address contains a value of the session.
func (r *reach) carries(u *url.URL) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return carriesAny(u, r.secrets)
}

// isReflected reports whether the address of the document contains the host of u. Then not the site names
// it, but whoever made the link.
func (r *reach) isReflected(u *url.URL) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Contains(r.address, strings.ToLower(u.Hostname()))
}

// redirectOf returns where an answer redirects to, or nil if it does not.
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

// get returns the answer of another host. ok is false if the page does not name the address.
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

// fetch requests a file from another host, without anything that identifies the source or its reader.
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
	// The browser made no request, so this header must say that the page may read the answer.
	got := reply{res.StatusCode, http.Header{"Access-Control-Allow-Origin": {"*"}, "Timing-Allow-Origin": {"*"}}, body}
	for _, name := range []string{"Content-Type", "Cache-Control", "Location", "X-Content-Type-Options"} {
		if values := res.Header.Values(name); len(values) > 0 {
			got.header[name] = values
		}
	}
	r.code.put(u.String(), got)
	return got, nil
}

// addressKey returns the key of an address in reach.known. Addresses that differ only in how they are
// written may have the same key. That does no harm, since the requests do not depend on what the page asks
// for.
func addressKey(u *url.URL) string {
	o := originOf(u)
	return o.scheme + "://" + o.host + ":" + o.port + decoded(u.EscapedPath()) + "?" + decoded(u.RawQuery)
}
