package render

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// maxCode is how many bytes of scripts and style sheets are kept.
const maxCode = 32 << 20

// codeCache keeps a site's scripts and style sheets during a crawl, so that each is requested only once.
type codeCache struct {
	mu   sync.Mutex
	size int
	kept map[string]reply
}

func (c *codeCache) get(address string) (reply, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	got, ok := c.kept[address]
	return got, ok
}

// Sheet returns the text of a style sheet of the source's own that rendered pages used.
func (b *Browser) Sheet(u *url.URL) (text string, ok bool) {
	got, ok := b.code.get(u.String())
	if !ok || !strings.HasPrefix(got.header.Get("Content-Type"), "text/css") {
		return "", false
	}
	return string(got.body), true
}

func (c *codeCache) put(address string, got reply) {
	if got.status != http.StatusOK || strings.Contains(got.header.Get("Cache-Control"), "no-store") {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil || c.size+len(got.body) > maxCode {
		c.kept, c.size = make(map[string]reply), 0
	}
	if len(got.body) <= maxCode {
		c.size += len(got.body) - len(c.kept[address].body)
		c.kept[address] = got
	}
}

// forget empties the cache, since a new session may get other scripts.
func (c *codeCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept, c.size = nil, 0
}
