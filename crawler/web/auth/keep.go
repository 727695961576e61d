package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// A kept session is a version, a salt, a nonce, and the cookies as JSON, sealed by AES-256-GCM. The key is
// derived (HKDF, RFC 5869) from the configured key and from the credentials. So nobody can open a session
// with another user name or for another site. See docs/adr/0006.
const (
	keptVersion = 1
	saltSize    = 16
)

// ErrKeptSession means that a kept session cannot be used: it has another key or other credentials, or is
// damaged. It does no harm, since the next login makes a new session.
var ErrKeptSession = errors.New("the kept session is of another key or other credentials, or damaged")

// Keeps reports whether the session is to be kept between runs.
func (s *Session) Keeps() bool { return s.config.KeepSession != "" && s.form != nil }

// Seal returns the session in jar, encrypted, to be kept until the next run. It returns nil if none is to be
// kept.
func (s *Session) Seal(jar http.CookieJar) ([]byte, error) {
	j, ok := jar.(*Jar)
	if !s.Keeps() || !ok {
		return nil, nil
	}
	cookies := j.of(s.origins())
	if len(cookies) == 0 {
		return nil, nil
	}
	slices.SortFunc(cookies, func(a, b heldCookie) int { return strings.Compare(a.From+a.Name, b.From+b.Name) })
	plain, err := json.Marshal(cookies)
	if err != nil {
		return nil, fmt.Errorf("seal the session: %w", err)
	}
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails
	box, err := s.box(salt)
	if err != nil {
		return nil, fmt.Errorf("seal the session: %w", err)
	}
	return box.Seal(append([]byte{keptVersion}, salt...), nil, plain, nil), nil
}

// Restore puts a session that an earlier run sealed into jar. [Session.Login] tries it before the form. The
// error is ErrKeptSession if it cannot be used.
func (s *Session) Restore(jar http.CookieJar, sealed []byte) error {
	j, ok := jar.(*Jar)
	if !s.Keeps() || !ok || len(sealed) == 0 {
		return nil
	}
	if sealed[0] != keptVersion || len(sealed) < 1+saltSize {
		return ErrKeptSession
	}
	box, err := s.box(sealed[1 : 1+saltSize])
	if err != nil {
		return fmt.Errorf("open the kept session: %w", err)
	}
	plain, err := box.Open(nil, nil, sealed[1+saltSize:], nil)
	if err != nil {
		return ErrKeptSession
	}
	var cookies []heldCookie
	if err := json.Unmarshal(plain, &cookies); err != nil {
		return ErrKeptSession
	}
	j.restore(cookies)
	return nil
}

// box returns the cipher with the key for salt.
func (s *Session) box(salt []byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(s.config.KeepSession), salt, s.whose(), 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// whose identifies the session's site and credentials.
func (s *Session) whose() string {
	var b strings.Builder
	fmt.Fprintf(&b, "fincrawl session\n%q %q\n", s.own, s.form.url.String())
	for _, step := range s.form.steps {
		for _, name := range slices.Sorted(maps.Keys(step.fields)) {
			fmt.Fprintf(&b, "%q=%q\n", name, step.fields[name])
		}
	}
	return b.String()
}
