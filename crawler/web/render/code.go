package render

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// maxCode bounds what is kept of scripts and style sheets, in bytes.
const maxCode = 32 << 20

// codeCache keeps a site's scripts and style sheets for the length of a crawl, so
// that each is asked for once and not with every page.
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

// Sheet returns the text of a style sheet of the source's own that pages were shown with.
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

// forget empties it, for a session that may be given other scripts.
func (c *codeCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept, c.size = nil, 0
}
