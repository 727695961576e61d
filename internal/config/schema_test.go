package config

import (
	"os"
	"strings"
	"testing"
)

func TestEveryKeyIsInTheReference(t *testing.T) {
	reference, err := os.ReadFile("../../docs/sources.md")
	if err != nil {
		t.Fatal(err)
	}
	// Sections of the reference are headed by their place; the keys of a rule,
	// and of basic, are explained beside theirs.
	sections := map[string]string{}
	heading := ""
	for line := range strings.Lines(string(reference)) {
		if title, ok := strings.CutPrefix(line, "#"); ok {
			heading = strings.TrimSpace(strings.TrimLeft(title, "#"))
		}
		sections[heading] += line
	}
	documented := 0
	d := &decoder{}
	d.file(new(Config)).walk(nil, func(within []string, f field) {
		place := headingOf(within)
		if !strings.Contains(sections[place], "`"+f.key+"`") {
			t.Errorf("docs/sources.md does not explain %s under %q", f.key, place)
		}
		documented++
	})
	if documented < 50 {
		t.Errorf("the schema has only %d keys: is it walked?", documented)
	}
}

func TestPublicNames(t *testing.T) {
	for host, public := range map[string]bool{
		"example.com": true, "help.example.com": true, "HELP.Example.COM.": true, "a.co.uk": true, "x.github.io": true, "hilfe.bücher.de": true,
		"xn--bcher-kva.example.com": true, "a.museum": true,
		"wiki.corp": false, "wiki.local": false, "wiki.internal": false, "nas.lan": false, "nas.home": false, "a.test": false,
		"a.example": false, "a.invalid": false, "localhost": false, "a.localhost": false, "intranet": false, "co.uk": false, "com": false,
		"10.0.0.1": false, "127.0.0.1": false, "::1": false, "10.1": false, "0x7f.1": false, "1.0.0.127.in-addr.arpa": false,
		"router.home.arpa": false, "abc.onion": false, "": false, "a..com": false,
	} {
		if why := publicName(host); (why == "") != public {
			t.Errorf("%q: got %q, want public %t", host, why, public)
		}
	}
}
