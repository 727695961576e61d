package state

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"go.etcd.io/bbolt"
)

// add adds writes that belong together to the group.
func (s *Store) add(writes ...write) error {
	if s.readOnly {
		return ErrReadOnly
	}
	for _, w := range writes {
		if w.key == "" || w.table.source == "" {
			return errors.New("record in state file: a source or a page has no name")
		}
	}
	return s.group.add(writes...)
}

// commit writes a batch, table by table and key by key in the order of the file.
func (s *Store) commit(b *batch) error {
	byName := func(x, y table) int {
		return cmp.Or(cmp.Compare(x.tree, y.tree), cmp.Compare(x.source, y.source), cmp.Compare(x.name, y.name))
	}
	return s.transact(func(tx *bbolt.Tx) error {
		for _, t := range slices.SortedFunc(maps.Keys(b.tables), byName) {
			bucket, err := t.make(tx)
			if err != nil {
				return err
			}
			for _, key := range slices.Sorted(maps.Keys(b.tables[t])) {
				if err := put(bucket, write{t, key, b.tables[t][key]}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// put writes a record into its bucket. It removes the record where the value is nil.
func put(b *bbolt.Bucket, w write) error {
	if w.value == nil {
		return b.Delete(fileKey(w.key))
	}
	return b.Put(seal(w.table.path(), w.key, w.value))
}

// do carries out a write within tx.
func (w write) do(tx *bbolt.Tx) error {
	b, err := w.table.make(tx)
	if err != nil {
		return err
	}
	return put(b, w)
}

// update runs a transaction after all writes that came before it.
func (s *Store) update(f func(*bbolt.Tx) error) error {
	if s.readOnly {
		return ErrReadOnly
	}
	if err := s.group.flush(); err != nil {
		return err
	}
	return s.transact(f)
}

// transact runs a transaction that writes. After damage, every later write fails.
func (s *Store) transact(f func(*bbolt.Tx) error) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	defer s.committing()()
	defer s.relieving()()
	commit := func() error { return s.db.Update(f) }
	if s.commitBy != nil {
		update := commit
		commit = func() error { return s.commitBy(update) }
	}
	stumbled, err := guard(s.path, commit)
	if stumbled {
		s.broken.Store(true)
		s.group.fail(err)
	}
	if err != nil {
		return fmt.Errorf("write state file %s: %w", s.path, err)
	}
	return nil
}

// view runs a transaction that reads. Without a file it does nothing.
func (s *Store) view(f func(*bbolt.Tx) error) error {
	if s.db == nil {
		return nil
	}
	_, err := guard(s.path, func() error { return s.db.View(f) })
	if err == nil && s.views.Add(1)%viewsToRelieve == 0 {
		s.relieve()
	}
	return err
}

// viewsToRelieve is the number of reads after which relieve is called. Each of them may
// have made 16 pages of the file resident, because the kernel maps neighbouring pages too.
const viewsToRelieve = 200

// read calls use with the index and the value of each key that exists. use must not keep
// or change the value.
func (s *Store) read(t table, keys []string, use func(i int, value []byte) error) error {
	found := s.group.look(t, keys)
	inFile := false
	for i, p := range found {
		if !p.known {
			inFile = true
		} else if p.value != nil {
			if err := use(i, p.value); err != nil {
				return err
			}
		}
	}
	if !inFile {
		return nil
	}
	return s.view(func(tx *bbolt.Tx) error {
		b := t.in(tx)
		if b == nil {
			return nil
		}
		path := t.path()
		for i, p := range found {
			if p.known {
				continue
			}
			k := fileKey(keys[i])
			record := b.Get(k)
			if record == nil {
				continue
			}
			_, value, err := unseal(path, k, record)
			if err != nil {
				return damaged(s.path, err)
			}
			if err := use(i, value); err != nil {
				return err
			}
		}
		return nil
	})
}

// readOne returns the value of a key. ok is false where there is none.
func readOne[T any](
	s *Store, t table, key string, decode func(key string, value []byte) (T, error),
) (v T, ok bool, err error) {
	err = s.read(t, []string{key}, func(_ int, value []byte) (err error) {
		ok = true
		if v, err = decode(key, value); err != nil {
			return damaged(s.path, err)
		}
		return nil
	})
	return v, ok, err
}

// readRaw returns a copy of the value of a key. ok is false where there is none.
func (s *Store) readRaw(t table, key string) (value []byte, ok bool, err error) {
	err = s.read(t, []string{key}, func(_ int, v []byte) error {
		value, ok = bytes.Clone(v), true
		return nil
	})
	return value, ok, err
}

// compress is the reverse of readText.
func (s *Store) compress(text string) []byte { return s.zip.EncodeAll([]byte(text), nil) }

// readText returns the text that is stored under a key. ok is false where there is none.
func (s *Store) readText(t table, key string) (text string, ok bool, err error) {
	err = s.read(t, []string{key}, func(_ int, value []byte) error {
		b, err := s.unzip.DecodeAll(value, nil)
		if err != nil {
			return damaged(s.path, err)
		}
		text, ok = string(b), true
		return nil
	})
	return text, ok, err
}

// portion is how many records a scan reads in one transaction. A longer transaction would
// block a writer that needs a larger memory map.
const portion = 500

// scan yields the values of a table, sorted by key. It sees everything that was written
// before it began, and may see what is written meanwhile.
func scan[T any](s *Store, t table, decode func(key string, value []byte) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := s.group.flush()
		var last []byte
		path := t.path()
		for values := make([]T, 0, portion); err == nil; values = values[:0] {
			err = s.view(func(tx *bbolt.Tx) error {
				b := t.in(tx)
				if b == nil {
					return nil
				}
				c := b.Cursor()
				k, record := c.Seek(last)
				if last != nil && string(k) == string(last) {
					k, record = c.Next()
				}
				for ; k != nil; k, record = c.Next() {
					key, value, err := unseal(path, k, record)
					if err != nil {
						return damaged(s.path, err)
					}
					v, err := decode(key, value)
					if err != nil {
						return damaged(s.path, err)
					}
					if values = append(values, v); len(values) == portion {
						last = append(last[:0], k...)
						return nil
					}
				}
				last = nil
				return nil
			})
			if err == nil {
				s.relieve()
			}
			for _, v := range values {
				if !yield(v, nil) {
					return
				}
			}
			if last == nil || len(values) < portion {
				break
			}
		}
		if err != nil {
			var none T
			yield(none, err)
		}
	}
}

// inOrder yields the values of a small table, sorted by key, within one transaction.
func inOrder[T any](
	s *Store, tx *bbolt.Tx, t table, decode func(key string, value []byte) (T, error),
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		b := t.in(tx)
		if b == nil {
			return
		}
		c := b.Cursor()
		for k, record := c.First(); k != nil; k, record = c.Next() {
			key, value, err := unseal(t.path(), k, record)
			var v T
			if err == nil {
				v, err = decode(key, value)
			}
			if err != nil {
				err = damaged(s.path, err)
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}
