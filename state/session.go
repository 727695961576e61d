package state

// Session returns the session that was kept of a source's login, as
// [Store.KeepSession] was given it; nil where there is none.
func (s *Store) Session(source string) (sealed []byte, err error) {
	sealed, _, err = s.readRaw(sessions(), source)
	return sealed, err
}

// KeepSession keeps a source's session until the next run; nil forgets it. It is
// opaque here, and has to be encrypted by whoever knows what is in it.
func (s *Store) KeepSession(source string, sealed []byte) error {
	if len(sealed) == 0 {
		sealed = nil
	}
	return s.update(write{sessions(), source, sealed}.do)
}
