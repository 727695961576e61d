package state

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
)

// bbolt trusts its file. A wrong offset or page number makes it read outside the file
// or loop for ever. Its own check does so too: it runs in a goroutine of its own, where
// a memory fault ends the program. So prove reads the pages first and trusts none of them.
//
//	page    id 8, kind 2, count 2, overflow 4 (the number of further pages), then by kind:
//	branch  count × (offset of the key from here 4, key length 4, child page 8), keys
//	leaf    count × (1 for a bucket 4, offset of the key from here 4, key length 4, value length 4), keys and values
//	free    page numbers, 8 each; where count is 65535, the first 8 bytes are the count
//	meta    magic 4, version 4, page size 4, flags 4, root 8, sequence 8, free 8, pages 8, transaction 8, FNV-1a 8
//	bucket  root page 8, sequence 8; where the root is 0, a leaf page follows at once
//
// Numbers have the byte order of the machine that wrote them, and sizes are in bytes.
const (
	headSize   = 16
	metaSize   = 64
	branchKind = 0x01
	leafKind   = 0x02
	freeKind   = 0x10
)

type prover struct {
	file     io.ReaderAt
	pageSize int64
	used     []bool // by page number: it was seen
	records  error  // for the first record that does not match its checksum
}

// prove reads a whole file of the given size. structure is an error unless every page is
// either used once or free, and all keys are in order. records is an error unless every
// record matches its checksum; it is set only where the structure is sound, and has a
// meaning only for a file of this schema.
func prove(file io.ReaderAt, pageSize, size int64) (structure, records error) {
	p := &prover{file: file, pageSize: pageSize}
	root, free, pages, err := p.newestMeta()
	if err != nil {
		return err, nil
	}
	if pages > uint64(size/pageSize) {
		return fmt.Errorf("it is cut off after %d of %d pages", size/pageSize, pages), nil
	}
	p.used = make([]bool, pages)
	for id := range min(pages, 2) {
		p.used[id] = true // the meta pages
	}
	if err := p.freePages(free); err != nil {
		return err, nil
	}
	if err := p.tree(root, span{}, p.top); err != nil {
		return err, nil
	}
	for id, used := range p.used {
		if !used {
			return fmt.Errorf("page %d is neither used nor free", id), nil
		}
	}
	return nil, p.records
}

// newestMeta returns the fields of the newer of the two meta pages that are valid.
func (p *prover) newestMeta() (root, free, pages uint64, err error) {
	var newest uint64
	err = errors.New("both of its first pages are invalid")
	for id := range int64(2) {
		meta := make([]byte, metaSize)
		if _, err := p.file.ReadAt(meta, id*p.pageSize+headSize); err != nil {
			return 0, 0, 0, err
		}
		sum := fnv.New64a()
		_, _ = sum.Write(meta[:56]) // never fails
		transaction := binary.NativeEndian.Uint64(meta[48:])
		if sum.Sum64() != binary.NativeEndian.Uint64(meta[56:]) || err == nil && transaction < newest {
			continue
		}
		newest, err = transaction, nil
		root, free = binary.NativeEndian.Uint64(meta[16:]), binary.NativeEndian.Uint64(meta[32:])
		pages = binary.NativeEndian.Uint64(meta[40:])
	}
	return root, free, pages, err
}

// page reads a page with its overflow and marks it as used.
func (p *prover) page(id uint64) ([]byte, error) {
	if id >= uint64(len(p.used)) {
		return nil, fmt.Errorf("page %d is outside the file", id)
	}
	head := make([]byte, headSize)
	if _, err := p.file.ReadAt(head, int64(id)*p.pageSize); err != nil {
		return nil, err
	}
	count := 1 + uint64(binary.NativeEndian.Uint32(head[12:]))
	if binary.NativeEndian.Uint64(head) != id || count > uint64(len(p.used))-id {
		return nil, fmt.Errorf("page %d has a broken head", id)
	}
	for i := id; i < id+count; i++ {
		if err := p.use(i); err != nil {
			return nil, err
		}
	}
	page := make([]byte, int64(count)*p.pageSize)
	_, err := p.file.ReadAt(page, int64(id)*p.pageSize)
	return page, err
}

func (p *prover) use(id uint64) error {
	if id >= uint64(len(p.used)) || p.used[id] {
		return fmt.Errorf("page %d is used twice, or outside the file", id)
	}
	p.used[id] = true
	return nil
}

func (p *prover) freePages(id uint64) error {
	page, err := p.page(id)
	if err != nil {
		return err
	}
	kind, count := binary.NativeEndian.Uint16(page[8:]), uint64(binary.NativeEndian.Uint16(page[10:]))
	list := page[headSize:]
	if count == 0xffff {
		count, list = binary.NativeEndian.Uint64(list), list[8:]
	}
	if kind != freeKind || count > uint64(len(list)/8) {
		return fmt.Errorf("page %d is not a list of free pages", id)
	}
	for i := range count {
		if err := p.use(binary.NativeEndian.Uint64(list[8*i:])); err != nil {
			return fmt.Errorf("list of free pages: %w", err)
		}
	}
	return nil
}

// span is a range of keys: from low on, and before high where high is not nil.
type span struct{ low, high []byte }

// visit is called with each key of a tree.
type visit func(bucket bool, key, value []byte) error

// tree walks a tree of pages.
func (p *prover) tree(id uint64, s span, f visit) error {
	page, err := p.page(id)
	if err != nil {
		return err
	}
	if binary.NativeEndian.Uint16(page[8:]) == branchKind {
		err = p.branch(page, s, f)
	} else {
		err = leaf(page, s, f)
	}
	if err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	return nil
}

func (p *prover) branch(page []byte, s span, f visit) error {
	items, err := itemsOf(page, branchKind)
	if err != nil {
		return err
	}
	var last []byte
	var child uint64
	for i := 0; i < len(items); i += headSize {
		item := items[i:]
		key, _, err := cut(page, headSize+i, binary.NativeEndian.Uint32(item), binary.NativeEndian.Uint32(item[4:]), 0)
		if err != nil || !s.holds(last, key) {
			return errKeys
		}
		if last != nil {
			if err := p.tree(child, span{last, key}, f); err != nil {
				return err
			}
		}
		last, child = key, binary.NativeEndian.Uint64(item[8:])
	}
	if last == nil {
		return errKeys
	}
	return p.tree(child, span{last, s.high}, f)
}

func leaf(page []byte, s span, f visit) error {
	items, err := itemsOf(page, leafKind)
	if err != nil {
		return err
	}
	var last []byte
	for i := 0; i < len(items); i += headSize {
		item := items[i:]
		key, value, err := cut(page, headSize+i, binary.NativeEndian.Uint32(item[4:]),
			binary.NativeEndian.Uint32(item[8:]), binary.NativeEndian.Uint32(item[12:]))
		flags := binary.NativeEndian.Uint32(item)
		if err != nil || flags > 1 || !s.holds(last, key) {
			return errKeys
		}
		if err := f(flags == 1, key, value); err != nil {
			return err
		}
		last = key
	}
	return nil
}

var errKeys = errors.New("its keys are damaged")

// itemsOf returns the items of a page, without their keys and values.
func itemsOf(page []byte, kind uint16) ([]byte, error) {
	if len(page) < headSize {
		return nil, errKeys
	}
	end := headSize + headSize*int(binary.NativeEndian.Uint16(page[10:]))
	if binary.NativeEndian.Uint16(page[8:]) != kind || end > len(page) {
		return nil, errors.New("its head is damaged")
	}
	return page[headSize:end], nil
}

// cut returns the key and the value that begin offset bytes after at.
func cut(page []byte, at int, offset, keySize, valueSize uint32) (key, value []byte, err error) {
	start := int64(at) + int64(offset)
	middle := start + int64(keySize)
	end := middle + int64(valueSize)
	if keySize == 0 || end > int64(len(page)) {
		return nil, nil, errKeys
	}
	return page[start:middle], page[middle:end], nil
}

// holds reports whether key comes after last and lies within the span.
func (s span) holds(last, key []byte) bool {
	if last != nil && bytes.Compare(last, key) >= 0 {
		return false
	}
	return bytes.Compare(s.low, key) <= 0 && (s.high == nil || bytes.Compare(key, s.high) < 0)
}

// top visits the buckets at the top level.
func (p *prover) top(bucket bool, name, value []byte) error {
	if !bucket {
		return errors.New("a record is where a bucket should be")
	}
	if string(name) == metaBucket { // its value has no checksum
		return p.bucket(value, func(bool, []byte, []byte) error { return nil })
	}
	return p.bucket(value, p.within(string(name)))
}

// within returns the visitor of the bucket at path. It checks records and descends into buckets.
func (p *prover) within(path string) visit {
	return func(bucket bool, key, value []byte) error {
		if bucket {
			return p.bucket(value, p.within(path+pathSeparator+string(key)))
		}
		if _, _, err := unseal(path, key, value); err != nil && p.records == nil {
			p.records = err
		}
		return nil
	}
}

func (p *prover) bucket(value []byte, f visit) error {
	if len(value) < headSize {
		return errKeys
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		return p.tree(root, span{}, f)
	}
	return leaf(value[headSize:], span{}, f)
}
