package hint

import (
	"fmt"
	"net/url"
	"sync"

	"github.com/fincrawl/fincrawl/crawler/web/wording"
)

// claims are the texts of pages that name another address as their canonical one, or that send their readers
// to one at once.
type claims struct {
	mu   sync.Mutex
	says map[string]wording.Lines
}

func (c *claims) note(address, text, title string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.says == nil {
		c.says = make(map[string]wording.Lines)
	}
	c.says[address] = wording.LinesOf(text, title)
}

func (c *claims) of(address string) (wording.Lines, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.says[address]
	return s, ok
}

// isCopy reports whether a page says nothing that its canonical page does not say. known is false if the
// page must be read again to find out.
func (v *Verifier) isCopy(page, canonical string) (copied, known bool, err error) {
	u, err := url.Parse(page)
	if err != nil {
		return false, false, err
	}
	if v.Texts == nil || !v.Scope.Includes(u) {
		return true, true, nil // nothing of it would be sent
	}
	says, known := v.claims.of(page)
	if !known {
		return false, false, nil
	}
	markdown, ok, err := v.Texts.Read(canonical)
	if err != nil {
		return false, true, fmt.Errorf("read what %s says: %w", canonical, err)
	}
	return ok && says.Within(wording.LinesOf(markdown, "")), true, nil
}
