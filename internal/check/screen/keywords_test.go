package screen

import (
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/budget"
)

// What follows a keyword spares an expression only where that finds nothing.
func FuzzWhatFollowsAKeywordMissesNothing(f *testing.F) {
	f.Add("see https://app:kV7m2Qx9Lw@db.internal/shop and https://w.test/a:b@c")
	f.Add(`password: "kV7m2Qx9Lw", 'pwd' => kV7m2Qx9Lw, Mot de passe"])   est   kV7m2Qx9Lw, secret_is kV7m2Qx9Lw`)
	f.Add("Das Kennwort  lautet kV7m2Qx9Lw\ncontraseña es kV7m2Qx9Lw, passphrase\u00a0is kV7m2Qx9Lw, credentials` is\tkV7m2Qx9Lw, password iſ kV7m2Qx9Lw")
	rules := ownRules()
	f.Fuzz(func(t *testing.T, text string) {
		lower := lowerASCII(text)
		for _, rule := range rules {
			compiled, _ := rule.Expression()
			for _, keyword := range rule.Keywords {
				for at := range len(text) {
					if rule.After == nil || !strings.HasPrefix(lower[at:], keyword) || rule.After(text[at:]) {
						continue
					}
					if found := compiled.FindString(text[at:]); found != "" {
						t.Errorf("%s: %q is passed over", rule.ID, found)
					}
				}
			}
		}
	})
}

// What looks like the beginning of a match costs as much as is read of it, and a page that shows much code has much of it.
func TestBeginningsOfMatchesCostLittle(t *testing.T) {
	screener, err := New(Config{Credentials: Hold, Injections: Hold})
	if err != nil {
		t.Fatal(err)
	}
	for _, beginning := range []string{"&lt;a ", "-----BEGIN PRIVATE KEY-----\n", "eyJa. ", "password: x "} {
		text := strings.Repeat(beginning, 4000)
		meter := budget.NewMeter(t.Context(), budget.Page)
		if _, _, err := screener.Page(crawler.Page{URL: "https://example.com/", HTML: "<p>" + text + "</p>"}, meter); err != nil {
			t.Fatal(err)
		}
		if most := int64(20 * len(text)); meter.Spent() > most {
			t.Errorf("%q: %d steps, want %d at most", beginning, meter.Spent(), most)
		}
	}
}
