package scope

import (
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

// Rules narrow the scope by path. See [urlpattern.Pattern] for their syntax.
type Rules struct {
	Include []urlpattern.Pattern // what becomes a page; empty means everything
	Exclude []urlpattern.Pattern // what is never fetched
	Follow  []urlpattern.Pattern // what is followed for its links; empty means everything
	// Allow is fetched although it looks as if that would change something, and is a page although it looks like a view.
	Allow []urlpattern.Pattern
}
