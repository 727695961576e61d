//go:build !unix

package state

// noFollow is 0 because this system cannot refuse to open a link.
const noFollow = 0

// Without flock, a copy is repeated until no commit came in between.

func holdCommits(string) (quiet func(), err error) { return func() {}, nil }

func (s *Store) committing() (done func()) { return func() {} }
