package extract

import (
	"net/url"
	"testing"
)

// What a header names starts from the document's address, whatever its <base> says,
// and what the document says itself comes first.
func TestALinkHeaderIsALinkOfTheHead(t *testing.T) {
	at, _ := url.Parse("https://help.example/en/a?x=1")
	headers := []string{`<b>; rel=canonical`, `</de/a>; rel=alternate; hreflang=de`, `<javascript:alert(1)>; rel=next`}
	for name, test := range map[string]struct{ page, canonical string }{
		"by the header alone":     {`<base href="https://cdn.example/">`, "https://help.example/en/b"},
		"by the document as well": {`<link rel=canonical href=own>`, "https://help.example/en/own"},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := Parse(at, "text/html", []byte(test.page))
			if err != nil {
				t.Fatal(err)
			}
			doc.AddLinkHeaders(headers)
			if got := doc.Directives().Canonical; got == nil || got.String() != test.canonical {
				t.Errorf("canonical %v, want %s", got, test.canonical)
			}
			if got := doc.Alternates(); len(got) != 1 || got[0].Language != "de" || got[0].URL.String() != "https://help.example/de/a" {
				t.Errorf("alternates %v", got)
			}
			if got := doc.Links(); len(got) != 0 {
				t.Errorf("links %v", got)
			}
		})
	}
}
