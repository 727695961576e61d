package state

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// maxKey is the longest key that the file holds whole, because bbolt takes 32 kB and a
// URL may be longer. A longer key is cut and made unique by its SHA-256. The rest of it
// is stored with the value.
const maxKey = 16 << 10

var errChecksum = errors.New("a record does not match its checksum")

// fileKey returns the form of key that is used as a key in the file.
func fileKey(key string) []byte {
	if len(key) <= maxKey {
		return []byte(key)
	}
	sum := sha256.Sum256([]byte(key))
	return append([]byte(key[:maxKey]), sum[:]...)
}

// seal returns the key and the record that the file holds for key and value in the
// bucket at path. The record ends with a CRC-32C of path, key and value, because bbolt
// has no checksum of what it stores.
func seal(path, key string, value []byte) (k, record []byte) {
	k = fileKey(key)
	record = append(make([]byte, 0, len(value)+4), value...)
	if len(key) > maxKey {
		record = append(record, key[maxKey:]...)
		record = binary.BigEndian.AppendUint32(record, uint32(len(key)-maxKey))
	}
	return k, binary.BigEndian.AppendUint32(record, checksum(path, k, record))
}

// unseal is the reverse of seal. The value shares the memory of record.
func unseal(path string, k, record []byte) (key string, value []byte, err error) {
	record, sum, ok := cutUint32(record)
	if !ok || sum != checksum(path, k, record) {
		return "", nil, errChecksum
	}
	if len(k) <= maxKey {
		return string(k), record, nil
	}
	value, rest, _ := cutUint32(record)
	cut := len(value) - int(rest)
	return string(k[:maxKey]) + string(value[cut:]), value[:cut], nil
}

func checksum(path string, k, record []byte) uint32 {
	castagnoli := crc32.MakeTable(crc32.Castagnoli)
	sum := crc32.Checksum([]byte(path), castagnoli)
	return crc32.Update(crc32.Update(sum, castagnoli, k), castagnoli, record)
}

// cutUint32 splits the number off the end of b.
func cutUint32(b []byte) (rest []byte, n uint32, ok bool) {
	at := len(b) - 4
	if at < 0 {
		return nil, 0, false
	}
	return b[:at], binary.BigEndian.Uint32(b[at:]), true
}
