package intercom

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"strconv"
)

const (
	listSize     = 50      // items asked for in a list page; the most that the API takes is not documented
	maxListPages = 100_000 // a listing longer than this does not end
)

// listPage is one page of a listing. The number of items in all, total_count, is
// left out on purpose: it counts deleted import sources too, so it never says that
// a listing is done.
type listPage[T any] struct {
	Data  []T `json:"data"`
	Pages struct {
		Page       int      `json:"page"`
		TotalPages int      `json:"total_pages"`
		Next       nextPage `json:"next"`
	} `json:"pages"`
}

func (p *listPage[T]) missing() string {
	if p.Data == nil {
		return "list of data"
	}
	return ""
}

// nextPage is what a list page says of the one after it: nothing, null, a link, or
// an object with a page and a cursor. Links are not followed, as the token must go
// to the configured address only; what they say is taken.
type nextPage struct {
	exists bool
	cursor string // starting_after, where the API uses one
}

func (n *nextPage) UnmarshalJSON(b []byte) error {
	*n = nextPage{}
	b = bytes.TrimSpace(b)
	switch {
	case bytes.HasPrefix(b, []byte(`"`)):
		var link string
		if err := json.Unmarshal(b, &link); err != nil {
			return err
		}
		n.exists = link != ""
		if u, err := url.Parse(link); err == nil {
			n.cursor = u.Query().Get("starting_after")
		}
	case bytes.HasPrefix(b, []byte("{")):
		var object struct {
			StartingAfter string `json:"starting_after"`
		}
		n.exists = true
		if json.Unmarshal(b, &object) == nil {
			n.cursor = object.StartingAfter
		}
	}
	return nil
}

// list yields the items of a listing, page after page, each item once: while a
// listing is read, what is created meanwhile moves items from one page to the next.
func list[T any, ID comparable](ctx context.Context, c *Client, path string, id func(T) ID) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		seen := map[ID]bool{}
		query := url.Values{"per_page": {strconv.Itoa(listSize)}}
		for n := 1; n <= maxListPages; n++ {
			query.Set("page", strconv.Itoa(n))
			var page listPage[T]
			if err := c.do(ctx, call{method: "GET", path: path, query: query}, &page); err != nil {
				yield(none, err)
				return
			}
			if got := page.Pages.Page; got != 0 && got != n {
				yield(none, fmt.Errorf("list %s: asked for page %d, got page %d", path, n, got))
				return
			}
			before := len(seen)
			for _, item := range page.Data {
				if seen[id(item)] {
					continue
				}
				seen[id(item)] = true
				if !yield(item, nil) {
					return
				}
			}
			news := len(seen) > before
			next := page.Pages.Next
			if more := n < page.Pages.TotalPages || next.exists && news; !more {
				return
			}
			if next.cursor != "" {
				query.Set("starting_after", next.cursor)
			}
		}
		yield(none, fmt.Errorf("list %s: it does not end after %d pages", path, maxListPages))
	}
}
