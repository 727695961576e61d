package state

// Session returns the session that [Store.KeepSession] recorded for a source, or nil.
func (s *Store) Session(source string) (sealed []byte, err error) {
	sealed, _, err = s.readRaw(sessions(), source)
	return sealed, err
}

// KeepSession records the session of a source until the next run. nil removes it. The
// caller has to encrypt it.
func (s *Store) KeepSession(source string, sealed []byte) error {
	if len(sealed) == 0 {
		sealed = nil
	}
	return s.update(write{sessions(), source, sealed}.do)
}
