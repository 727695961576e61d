package screen

import (
	"encoding/base32"
	"strconv"
	"strings"

	"github.com/fincrawl/fincrawl/internal/check/screen/keyword"
	"github.com/fincrawl/fincrawl/internal/check/screen/secretform"
)

// codeRules are the rules on what lets people in whose form is certain.
func codeRules() []credentialRule {
	return []credentialRule{
		// What a QR code for a wireless network says (ZXing's form, as telephones read it).
		rule("wifi-password", 0, keyword.EndsWord, `WIFI:(?:[A-OQ-Z]:[^;\n]{0,80};){0,5}P:((?:\\.|[^;\\\n]){4,80});`, "wifi:").that(func(s string) bool { return !isPlaceholder(s) && !secretform.NamesSecret(s) }),
		rule("totp-seed", 0, keyword.EndsWord, `otpauth://[^\s"'<>]*?[?&]secret=([A-Za-z2-7]{8,})`, "otpauth://").that(isSecretSeed),
	}
}

// isBitLockerKey checks a recovery key: each of its groups is divisible by 11.
func isBitLockerKey(key string) bool {
	for group := range strings.SplitSeq(key, "-") {
		n, err := strconv.Atoi(group)
		if err != nil || n%11 != 0 || n >= 720896 {
			return false
		}
	}
	return true
}

// isSecretSeed reports whether a text in base32 is a seed that documentation does not show.
func isSecretSeed(seed string) bool {
	if isPublished(strings.ToUpper(seed)) || isPlaceholder(seed) {
		return false
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(seed))
	return err == nil && string(raw) != "Hello!"
}
