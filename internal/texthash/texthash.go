// Package texthash shortens texts to numbers that stand for them.
package texthash

import (
	"crypto/sha256"
	"encoding/binary"
)

// Of returns the number of a text. It is good enough where two texts with one number would
// need an attacker who writes both.
func Of(text string) uint64 {
	sum := sha256.Sum256([]byte(text))
	return binary.BigEndian.Uint64(sum[:8])
}
