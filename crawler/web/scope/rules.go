package scope

import (
	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

// Rules narrow the scope by path. See [urlpattern.Pattern] for what they are written in.
type Rules struct {
	Include []urlpattern.Pattern // what becomes a page; none means everything
	Exclude []urlpattern.Pattern // what is never fetched
	Follow  []urlpattern.Pattern // what is followed for its links; none means everything
	Allow   []urlpattern.Pattern // what is fetched though it looks as if that would do something, and is a page though it looks like a view
}
