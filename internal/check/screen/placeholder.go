package screen

import (
	"strings"

	"github.com/fincrawl/fincrawl/internal/check/screen/secretform"
	"github.com/fincrawl/fincrawl/internal/check/screen/skeleton"
)

// isPlaceholder tells what stands for a secret in documentation.
func isPlaceholder(secret string) bool {
	lower := strings.ToLower(secret)
	for _, word := range []string{
		"example", "xxxx", "****", "....", "placeholder", "changeme", "change-me", "change_me", "redacted",
		"dummy", "abcdefgh", "12345678", "00000000", "deadbeef", "foobar", "…", "${", "{{", "0123456789",
	} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	if string(skeleton.Append(nil, secret)) == "password" {
		return true // such as "Passw0rd"
	}
	for _, word := range []string{"your", "insert", "sample"} {
		// A password may have the letters by chance; what is a name without them is none.
		if at := strings.Index(lower, word); at >= 0 && len(lower) == len(secret) {
			if rest := secret[:at] + secret[at+len(word):]; len(rest) < 8 || !secretform.IsRandom(rest) {
				return true
			}
		}
	}
	return false
}

// isPublished reports whether a secret is one that documentation shows: of the specifications of HTTP authentication and
// JSON web tokens, or of those who issue keys.
func isPublished(secret string) bool {
	if token := sampleToken(secret); token != "" {
		return true
	}
	for _, known := range []string{
		"QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "QWxhZGRpbjpPcGVuU2VzYW1l", "dGVzdDoxMjPCow==", // RFC 7617
		"mF_9.B5f-4.1JqM", "2YotnFZFEjr1zCsicMWpAA", "tGzv3JOkF0XG5Qx2TlKWIA", "czZCaGRSa3F0MzpnWDFmQmF0M2JW", "gX1fBat3bV", "7Fjfp0ZBr1KtDRbnfVdmIw", "SlAV32hkKG", // RFC 6749, 6750
		"test_4eC39HqLyjWDarjtT1zdp7dc", "test_BQokikJOvBiI2HlWgH4olfQ2", "test_26PHem9AhJZvU623DfE1x4sd", // Stripe
		"16C7e42F292c6912E7710c838347Ae178B4a", "bPxRfiCY", // GitHub, AWS
		"_5#y2L", "192b9bdd22ab9ed4d12e236c78afcb9a", // Flask
		"JBSWY3DPEHPK3PXP", "GEZDGNBVGY3TQOJQ", // RFC 6238 and authenticators
	} {
		if strings.Contains(secret, known) {
			return true
		}
	}
	return false
}
