//go:build !unix

package state

// Where there is no flock, a copy is tried until no commit comes in between.

func holdCommits(string) (quiet func(), err error) { return func() {}, nil }

func (s *Store) committing() (done func()) { return func() {} }
