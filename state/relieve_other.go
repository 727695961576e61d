//go:build !linux

package state

// relieve does nothing where it is not known how to.
func (s *Store) relieve() {}

func (s *Store) relieving() (stop func()) { return func() {} }
