package weburl_test

import (
	"net/url"
	"testing"

	"golang.org/x/net/html/charset"

	"github.com/fincrawl/fincrawl/internal/weburl"
)

func TestAddressesAreReadAsBrowsersReadThem(t *testing.T) {
	base, err := url.Parse("http://help.example/guides/start?view=1")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ ref, want string }{
		{`topics\first.html`, "http://help.example/guides/topics/first.html"},
		{`\top\second.html`, "http://help.example/top/second.html"},
		{`\\other.example\third`, "http://other.example/third"},
		{"http:/fourth", "http://help.example/fourth"},
		{"http:fifth", "http://help.example/guides/fifth"},
		{"https:/other.example/sixth", "https://other.example/sixth"},
		{"///other.example/seventh", "http://other.example/seventh"},
		{"/half%_price", "http://help.example/half%25_price"},
		{"/100%", "http://help.example/100%25"},
		{" /a\tb\r\nc ", "http://help.example/abc"},
		{"/a/%2E%2e/b", "http://help.example/b"},
		{"HTTP://HELP.example:80/x", "http://help.example/x"},
		{"/with space?q=a b", "http://help.example/with%20space?q=a%20b"},
		{"?only=query", "http://help.example/guides/start?only=query"},
		{"#place", "http://help.example/guides/start?view=1#place"},
		{"//127.1/x", "http://127.0.0.1/x"},
		{"http://2130706433/x", "http://127.0.0.1/x"},
		{"//bücher.example/ä?ö", "http://xn--bcher-kva.example/%C3%A4?%C3%B6"},
		{"../up/./here//twice/", "http://help.example/up/here//twice/"},
		{"http://other.example", "http://other.example"},
		{"http://OTHER.example?q", "http://other.example?q"},
		{"mailto:ann@help.example", "mailto:ann@help.example"},
	} {
		got, err := weburl.Resolve(base, test.ref)
		if err != nil || got.String() != test.want {
			t.Errorf("Resolve(%q) = %v, %v, want %s", test.ref, got, err, test.want)
		}
	}
	for _, broken := range []string{"//", "http://a b/", "http://help.example:99999/", "http://[::1/"} {
		if got, err := weburl.Resolve(base, broken); err == nil {
			t.Errorf("Resolve(%q) = %s, want an error", broken, got)
		}
	}
}

func TestOnlyTheQueryIsWrittenInThePagesEncoding(t *testing.T) {
	base := &url.URL{Scheme: "http", Host: "help.example", Path: "/"}
	for _, test := range []struct{ ref, encoding, want string }{
		{"/é?q=é#é", "windows-1252", "http://help.example/%C3%A9?q=%E9#%C3%A9"},
		{"/x?q=値", "shift_jis", "http://help.example/x?q=%92l"},
		{"/x?q=价", "gbk", "http://help.example/x?q=%BC%DB"},
		{"/x?q=€ł", "iso-8859-2", "http://help.example/x?q=%26%238364%3B%B3"},
		{"/x?q=é", "", "http://help.example/x?q=%C3%A9"},
		{"mailto:a@b.example?subject=é", "windows-1252", "mailto:a@b.example?subject=%C3%A9"},
	} {
		in, _ := charset.Lookup(test.encoding)
		got, err := weburl.ResolveIn(base, test.ref, in)
		if want := test.want; err != nil || unescape(t, got.String()) != unescape(t, want) {
			t.Errorf("ResolveIn(%q, %s) = %v, %v, want %s", test.ref, test.encoding, got, err, want)
		}
	}
}

func unescape(t *testing.T, address string) string {
	t.Helper()
	bytes, err := url.PathUnescape(address)
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

func TestAHeadersBytesAreKept(t *testing.T) {
	base := &url.URL{Scheme: "http", Host: "help.example", Path: "/"}
	for ref, want := range map[string]string{
		"/caf\xe9":     "http://help.example/caf%E9",
		"/caf\xc3\xa9": "http://help.example/caf%C3%A9",
		`..\up`:        "http://help.example/up",
	} {
		if got, err := weburl.ResolveHeader(base, ref); err != nil || got.String() != want {
			t.Errorf("ResolveHeader(%q) = %v, %v, want %s", ref, got, err, want)
		}
	}
}

// What the quick way reads, the standard's reads alike.
func FuzzThePlainWayIsTheStandardsWay(f *testing.F) {
	for _, seed := range []string{"a/b", "/a//b/../c", "../../x", "?", "#", "./", "http://a.example/x/../y", "a?b#c?d", ".", "..", "/..//x"} {
		f.Add(seed)
	}
	base := &url.URL{Scheme: "http", Host: "help.example", Path: "/guides/start"}
	f.Fuzz(func(t *testing.T, ref string) {
		plain := weburl.ResolvePlain(base, ref)
		if plain == nil {
			return
		}
		if plain.Path == "" {
			plain.Path = "/"
		}
		standard, err := weburl.Parser().ParseRef(base.String(), ref)
		if err != nil || standard.Href(false) != plain.String() {
			t.Errorf("%q: %s, and by the standard %v, %v", ref, plain, standard, err)
		}
	})
}
