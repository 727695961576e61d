package ingest

// GuardNames returns the names of the guards that a policy asks.
func GuardNames(p Policy) (names []Guard) {
	for _, g := range p.guards(nil) {
		names = append(names, g.name)
	}
	return names
}
