package crawler

// Rules narrow the scope by path. See [Pattern] for what they are written in.
type Rules struct {
	Include []Pattern // what becomes a page; none means everything
	Exclude []Pattern // what is never fetched
	Follow  []Pattern // what is followed for its links; none means everything
}
