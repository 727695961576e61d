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
	maxReadings  = 6       // of a listing that brings something new each time
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

// list yields the items of a listing, each once. What others create or delete while
// it is read moves items from one list page to another, so that a reading may give
// some twice and others not at all. A listing of several list pages is therefore read
// again until a reading brings nothing new, or maxReadings are done.
func list[T any, ID comparable](ctx context.Context, c *Client, path string, id func(T) ID) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		seen := map[ID]int{} // which reading gave an item last
		for reading := 1; reading <= maxReadings; reading++ {
			before := len(seen)
			query := url.Values{"per_page": {strconv.Itoa(listSize)}}
			n := 0
			for more := true; more; {
				n++
				page, err := readListPage[T](ctx, c, path, query, n)
				if err != nil {
					yield(none, err)
					return
				}
				news := false
				for _, item := range page.Data {
					last := seen[id(item)]
					seen[id(item)] = reading
					news = news || last < reading
					if last == 0 && !yield(item, nil) {
						return
					}
				}
				more = n < page.Pages.TotalPages || page.Pages.Next.exists && news
				if page.Pages.Next.cursor != "" {
					query.Set("starting_after", page.Pages.Next.cursor)
				}
			}
			if n == 1 || len(seen) == before {
				return
			}
		}
	}
}

func readListPage[T any](ctx context.Context, c *Client, path string, query url.Values, n int) (listPage[T], error) {
	var page listPage[T]
	if n > maxListPages {
		return page, fmt.Errorf("list %s: it does not end after %d pages", path, maxListPages)
	}
	query.Set("page", strconv.Itoa(n))
	if err := c.do(ctx, call{method: "GET", path: path, query: query}, &page); err != nil {
		return page, err
	}
	if got := page.Pages.Page; got != 0 && got != n {
		return page, fmt.Errorf("list %s: asked for page %d, got page %d", path, n, got)
	}
	return page, nil
}
