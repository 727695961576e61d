package state

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// maxKey is how much of a key the file keeps as its key: bbolt takes 32 kB, and
// the web has no limit. A longer one is cut, told apart by its SHA-256, and its
// rest kept beside the value.
const maxKey = 16 << 10

var errChecksum = errors.New("a record does not match its checksum")

// fileKey is what the file keeps of a key.
func fileKey(key string) []byte {
	if len(key) <= maxKey {
		return []byte(key)
	}
	sum := sha256.Sum256([]byte(key))
	return append([]byte(key[:maxKey]), sum[:]...)
}

// seal makes of a key and a value what the file keeps at a path of buckets. A
// CRC-32C of all three follows the value, since bbolt has none of its own for
// what it stores.
func seal(path, key string, value []byte) (k, record []byte) {
	k = fileKey(key)
	record = append(make([]byte, 0, len(value)+4), value...)
	if len(key) > maxKey {
		record = append(record, key[maxKey:]...)
		record = binary.BigEndian.AppendUint32(record, uint32(len(key)-maxKey))
	}
	return k, binary.BigEndian.AppendUint32(record, checksum(path, k, record))
}

// unseal is the way back. The value is a part of record.
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

// cutUint32 takes the number off the end of b.
func cutUint32(b []byte) (rest []byte, n uint32, ok bool) {
	at := len(b) - 4
	if at < 0 {
		return nil, 0, false
	}
	return b[:at], binary.BigEndian.Uint32(b[at:]), true
}
