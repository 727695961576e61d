// Package texthash hashes texts to 64-bit numbers.
package texthash

import (
	"crypto/sha256"
	"encoding/binary"
)

// Of returns the hash of a text. Two texts with the same hash can only be found by somebody who chooses both.
func Of(text string) uint64 {
	sum := sha256.Sum256([]byte(text))
	return binary.BigEndian.Uint64(sum[:8])
}
