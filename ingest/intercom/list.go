package intercom

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strconv"
)

const (
	listSize     = 150     // items asked for in a list page
	safeListSize = 50      // where the API refuses more of them; it divides listSize
	maxListPages = 100_000 // a listing longer than this does not end
	maxReadings  = 6       // of a listing that brings something new each time
)

// listPage is one page of a listing. The number of items in all, total_count, is
// left out on purpose: it counts deleted import sources too, so it never says that
// a listing is done.
type listPage[T any] struct {
	Type  text `json:"type"`
	Data  []T  `json:"data"`
	Pages struct {
		Page       number   `json:"page"`
		PerPage    number   `json:"per_page"`
		TotalPages number   `json:"total_pages"`
		Next       nextPage `json:"next"`
	} `json:"pages"`
}

func (p *listPage[T]) missing() string {
	if p.Data == nil && p.Type != "list" { // of which some write an empty one as null
		return "list of data"
	}
	return ""
}

// more says whether there is a list page after the n-th, as far as this one tells. One
// that is silent of that, and full, may have another.
func (p *listPage[T]) more(n int) (more, perhaps bool) {
	told := p.Pages.TotalPages > 0 || p.Pages.Next.exists
	full := len(p.Data) > 0 && len(p.Data) >= max(1, int(p.Pages.PerPage))
	return n < int(p.Pages.TotalPages), p.Pages.Next.exists || !told && full
}

// ListingEnd is the error of a listing that the API refuses to go on with, though it has
// more: documented is an end after 10,000 items.
type ListingEnd struct {
	Read int   // items that were listed
	Err  error // the answer
}

func (e *ListingEnd) Error() string {
	return fmt.Sprintf("Intercom lists no more than the first %d: %v", e.Read, e.Err)
}

func (e *ListingEnd) Unwrap() error { return e.Err }

// list yields the items of a listing, each once. What others create or delete while it
// is read moves items from one list page to another, so that a reading may give
// some twice and others not at all. A listing of several list pages is therefore read
// again until a reading brings nothing new, or maxReadings are done. One that the API
// refuses to go on with is read once.
func list[T any, A any, ID comparable](ctx context.Context, c *Client, path string, item func(A) T, id func(T) ID) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		seen := map[ID]int{} // which reading gave an item last
		size := listSize
		for reading := 1; reading <= maxReadings; reading++ {
			before := len(seen)
			query := url.Values{"per_page": {strconv.Itoa(size)}}
			n, given := 0, size
			for more, perhaps := true, false; more || perhaps; {
				n++
				page, err := readListPage[A](ctx, c, path, query, n, more)
				switch {
				case err != nil && KindOf(err) == Refused && size > safeListSize:
					// So many are refused, at all or as they go beyond the end: in smaller list pages
					// there may be some left before it.
					n, size = (n-1)*given/safeListSize, safeListSize
					query.Set("per_page", strconv.Itoa(size))
					more, given = true, size
					continue
				case err != nil && KindOf(err) == Refused && n > 1:
					err = &ListingEnd{Read: len(seen), Err: err}
				}
				if err != nil {
					yield(none, err)
					return
				}
				if page.Pages.PerPage > 0 {
					given = int(page.Pages.PerPage)
				}
				news := false
				for _, answered := range page.Data {
					item := item(answered)
					last := seen[id(item)]
					seen[id(item)] = reading
					news = news || last < reading
					if last == 0 && !yield(item, nil) {
						return
					}
				}
				more, perhaps = page.more(n)
				perhaps = perhaps && news
				for name, values := range page.Pages.Next.query {
					query[name] = values
				}
			}
			if n == 1 || len(seen) == before {
				return
			}
		}
	}
}

// readListPage reads the n-th list page, which is sure to exist or only may. One that
// does not, after others, was there until something was deleted: it is read as empty.
func readListPage[A any](ctx context.Context, c *Client, path string, query url.Values, n int, sure bool) (listPage[A], error) {
	var page listPage[A]
	if n > maxListPages {
		return page, fmt.Errorf("list %s: it does not end after %d pages", path, maxListPages)
	}
	query.Set("page", strconv.Itoa(n))
	err := c.do(ctx, call{method: "GET", path: path, query: query}, &page)
	if err != nil && n > 1 && KindOf(err) == NotFound {
		return listPage[A]{}, nil
	}
	if got := int(page.Pages.Page); err == nil && sure && got != 0 && got != n {
		err = fmt.Errorf("list %s: asked for page %d, got page %d", path, n, got)
	}
	return page, err
}
