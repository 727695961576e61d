package scope

import (
	"net/url"
	"testing"
)

func TestOneSpellingForEachAddress(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"scheme and host in lower case, path as it is", "HTTPS://Help.Example.COM/Articles/A", "https://help.example.com/Articles/A"},
		{"no path", "https://example.com", "https://example.com/"},
		{"default port", "https://example.com:443/a", "https://example.com/a"},
		{"default port of http", "http://example.com:80/a", "http://example.com/a"},
		{"other port", "https://example.com:8443/a", "https://example.com:8443/a"},
		{"port of the other scheme", "http://example.com:443/a", "http://example.com:443/a"},
		{"empty port", "https://example.com:/a", "https://example.com/a"},
		{"trailing dot of the host", "https://example.com./a", "https://example.com/a"},
		{"international name", "https://bücher.example/a", "https://xn--bcher-kva.example/a"},
		{"address in brackets", "http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a"},
		{"user information", "https://sam:secret@example.com/a", "https://example.com/a"},
		{"fragment", "https://example.com/a#part-2", "https://example.com/a"},
		{"dot segments", "https://example.com/a/./b/../c", "https://example.com/a/c"},
		{"encoded dot segments", "https://example.com/a/%2e%2E/b", "https://example.com/b"},
		{"dot segments above the root", "https://example.com/../../a", "https://example.com/a"},
		{"dot segment at the end", "https://example.com/a/b/..", "https://example.com/a/"},
		{"trailing slash stays", "https://example.com/a/", "https://example.com/a/"},
		{"double slash stays", "https://example.com/a//b", "https://example.com/a//b"},
		{"unreserved bytes are plain", "https://example.com/%61%2D%7e", "https://example.com/a-~"},
		{"brackets and colons are plain", "https://example.com/wiki/Help%3AFoo_%28bar%29", "https://example.com/wiki/Help:Foo_(bar)"},
		{"encoding in upper case", "https://example.com/caf%c3%a9", "https://example.com/caf%C3%A9"},
		{"what has to be encoded is", "https://example.com/café au lait", "https://example.com/caf%C3%A9%20au%20lait"},
		{"an encoded slash is none", "https://example.com/a%2fb", "https://example.com/a%2Fb"},
		{"tracking", "https://example.com/a?utm_source=x&utm_medium=y&gclid=1&fbclid=2&id=7&mc_eid=3", "https://example.com/a?id=7"},
		{"tracking only", "https://example.com/a?utm_source=x", "https://example.com/a"},
		{"tracking in disguise", "https://example.com/a?%75tm_source=x", "https://example.com/a"},
		{"PHP session", "https://example.com/a?PHPSESSID=abc&b=1", "https://example.com/a?b=1"},
		{"Java session in the path", "https://example.com/a;jsessionid=AB12/b", "https://example.com/a/b"},
		{"forum session", "https://example.com/a?sid=0123456789abcdef0123456789abcdef", "https://example.com/a"},
		{"a sid that chooses a document", "https://example.com/a?sid=42", "https://example.com/a?sid=42"},
		{"sorted query", "https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2"},
		{"values of one name keep their order", "https://example.com/a?x=2&a=0&x=1", "https://example.com/a?a=0&x=2&x=1"},
		{"empty query", "https://example.com/a?", "https://example.com/a"},
		{"empty pairs", "https://example.com/a?&&b=1&", "https://example.com/a?b=1"},
		{"query encoding", "https://example.com/doku.php?id=wiki%3asyntax%2fa", "https://example.com/doku.php?id=wiki:syntax/a"},
		{"what separates in a query stays encoded", "https://example.com/a?q=x%26y%3Dz%2B", "https://example.com/a?q=x%26y%3Dz%2B"},
		{"stray percent in a query", "https://example.com/a?q=100%", "https://example.com/a?q=100%25"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u, err := url.Parse(test.in)
			if err != nil {
				t.Fatal(err)
			}
			n, ok := Normalise(u)
			if !ok || n.String() != test.want {
				t.Errorf("got %v, %v; want %s", n, ok, test.want)
			}
		})
	}
}

func TestWhatIsNoWebAddress(t *testing.T) {
	for _, in := range []string{"", "/a", "mailto:sam@example.com", "javascript:void(0)", "ftp://example.com/", "https:///a", "https:a", "data:text/html,x"} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if n, ok := Normalise(u); ok {
			t.Errorf("%q is taken for %s", in, n)
		}
	}
}

// Normalising twice changes nothing, and what comes out reads back as it is written.
func FuzzNormaliseIsIdempotent(f *testing.F) {
	for _, seed := range []string{
		"https://example.com/a/../b?z=1&a=%41#f", "http://h:80/%2e%2e/%2F", "https://h/a;%6asessionid=1/b", "http://[::1]/", "https://ex.ample/?%75tm_a=1",
		"https://h/..;jsessionid=1/a", "https://h//a/.//../b", "https://h/%25%34%31", "http://bücher.example./?a=%zz", "https://h/?=&&a",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		u, err := url.Parse(address)
		if err != nil {
			t.Skip()
		}
		once, ok := Normalise(u)
		if !ok {
			t.Skip()
		}
		again, err := url.Parse(once.String())
		if err != nil {
			t.Fatalf("%q became %q, which cannot be read: %v", address, once, err)
		}
		twice, ok := Normalise(again)
		if !ok || twice.String() != once.String() {
			t.Errorf("%q became %q, and then %v", address, once, twice)
		}
	})
}
