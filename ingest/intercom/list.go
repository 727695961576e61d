package intercom

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strconv"
)

const (
	listSize     = 150     // number of items asked for in a list page
	safeListSize = 50      // used where the API refuses listSize; it divides listSize
	maxListPages = 100_000 // a longer listing is taken to be endless
	maxReadings  = 6       // limit for a listing in which each reading finds new items
)

// listPage is one page of a listing. The field total_count is left out on purpose: it counts
// deleted import sources too, so it does not tell when a listing is complete.
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
	if p.Data == nil && p.Type != "list" { // an empty list may be null
		return "list of data"
	}
	return ""
}

// more reports whether there is a list page after the n-th. perhaps is set where this page does
// not say so but is full.
func (p *listPage[T]) more(n int) (more, perhaps bool) {
	told := p.Pages.TotalPages > 0 || p.Pages.Next.exists
	full := len(p.Data) > 0 && len(p.Data) >= max(1, int(p.Pages.PerPage))
	return n < int(p.Pages.TotalPages), p.Pages.Next.exists || !told && full
}

// ListingEnd reports that the API has more items but lists no further. According to its
// documentation it ends after 10,000 items.
type ListingEnd struct {
	Read int   // number of items that were listed
	Err  error // the API's answer
}

func (e *ListingEnd) Error() string {
	return fmt.Sprintf("Intercom lists no more than the first %d: %v", e.Read, e.Err)
}

func (e *ListingEnd) Unwrap() error { return e.Err }

// list yields the items of a listing, each once. Items that others create or delete meanwhile
// shift the rest from one list page to another, so that a reading may have some items twice
// and lack others. So a listing of several list pages is read again until a reading finds
// nothing new, maxReadings times at most. A listing that the API does not finish is read once.
func list[T any, A any, ID comparable](
	ctx context.Context, c *Client, path string, item func(A) T, id func(T) ID,
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		seen := map[ID]int{} // number of the last reading that had an item
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
					// The API refuses list pages of this size, or this one would go beyond the end
					// of the listing. With smaller list pages there may be some left before the end.
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

// readListPage reads the n-th list page. sure says that it has to exist. A later list page
// that does not exist reads as empty, since items may have been deleted meanwhile.
func readListPage[A any](
	ctx context.Context, c *Client, path string, query url.Values, n int, sure bool,
) (listPage[A], error) {
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
