//go:build !unix

package state

// noFollow is for systems that can refuse to open a link.
const noFollow = 0

// Where there is no flock, a copy is tried until no commit comes in between.

func holdCommits(string) (quiet func(), err error) { return func() {}, nil }

func (s *Store) committing() (done func()) { return func() {} }
