package screen

import (
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/fincrawl/fincrawl/internal/check/screen/secretform"
)

// credentials finds what gets somebody in.
type credentials struct {
	action Action
	codes  Action // about what only looks like a code for people
}

func (c credentials) scan(t *text, found func(match)) {
	for _, m := range t.around().credentials {
		m.action = c.action
		if m.rule == accessCode || m.rule == recoveryCode {
			m.action = c.codes
		}
		if m.action.on() {
			found(m)
		}
	}
}

// secret returns which part of a match is the secret itself.
func (r *credentialRule) secret(groups []int) span {
	if g := r.group; g > 0 && 2*g+1 < len(groups) && groups[2*g] >= 0 {
		return span{groups[2*g], groups[2*g+1]}
	}
	for i := 2; i+1 < len(groups); i += 2 {
		if groups[i] >= 0 && groups[i+1] > groups[i] {
			return span{groups[i], groups[i+1]}
		}
	}
	return span{groups[0], groups[1]}
}

// counts tells a secret from what only looks like one.
func (s *credentialRules) counts(r *credentialRule, match, secret string) bool {
	if r.entropy > 0 && secretform.Entropy(secret) <= r.entropy {
		return false
	}
	if isPlaceholder(secret) || isPublished(secret) || s.global.passes(match, secret) {
		return false
	}
	for _, a := range r.allowed {
		if a.passes(match, secret) {
			return false
		}
	}
	return r.is == nil || r.is(secret)
}

var base64Run = regexp.MustCompile(`[A-Za-z0-9+/=]{20,}`)

// hasKeyMaterial tells a private key from its two dashed lines with a remark
// between them.
func hasKeyMaterial(block string) bool {
	n := 0
	for _, run := range base64Run.FindAllString(block, -1) {
		if secretform.Entropy(run) > 3 {
			n += len(run)
		}
	}
	return n >= 60
}

// sampleToken returns the JSON web token in a secret that documentation shows; "" for none.
func sampleToken(secret string) string {
	at := strings.Index(secret, "eyJ")
	if at < 0 {
		return ""
	}
	parts := strings.Split(secret[at:], ".")
	if len(parts) < 2 {
		return ""
	}
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	for _, known := range []string{"1234567890", "John Doe", `"iss":"joe"`, "example.com", "Jane Doe"} {
		if strings.Contains(string(claims), known) {
			return secret[at:]
		}
	}
	return ""
}
