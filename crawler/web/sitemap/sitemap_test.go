package sitemap

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestSitemapsAreReadInEveryForm(t *testing.T) {
	const xml = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://h/a?b=1&amp;c=2 </loc><lastmod>2026-01-01</lastmod><image:image><image:loc>https://h/a.png</image:loc></image:image></url>
<url><loc><![CDATA[https://h/b]]></loc></url></urlset>`
	tests := []struct{ name, body, want string }{
		{"XML", xml, "https://h/a?b=1&c=2 https://h/b"},
		{"XML after blank lines", "\n\n" + xml, "https://h/a?b=1&c=2 https://h/b"},
		{"index", `<sitemapindex><sitemap><loc>https://h/1.xml</loc></sitemap></sitemapindex>`, "sitemap:https://h/1.xml"},
		{"text", "\ufeffhttps://h/a\r\nhttps://h/b\n\n", "https://h/a https://h/b"},
		{"other charset", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><urlset><url><loc>https://h/caf\xe9</loc></url></urlset>", "https://h/café"},
		{"empty", `<urlset></urlset>`, ""},
		{"RSS", `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><link>https://h/</link><atom:link rel="self" href="https://h/feed"/>
<item><title>A &amp; B</title><link>https://h/a?x=1&y=2</link><comments>https://h/a#c</comments></item></channel></rss>`, "https://h/a?x=1&y=2"},
		{"RSS 1.0", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><link>https://h/</link></channel>
<item><link>https://h/a</link></item></rdf:RDF>`, "https://h/a"},
		{"Atom", `<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://h/"/><entry><link rel="edit" href="https://h/edit"/>
<link rel="alternate" type="text/html" href="https://h/a"/></entry><entry><link href="https://h/b"/></entry></feed>`, "https://h/a https://h/b"},
		{"bare ampersands", `<urlset><url><loc>https://h/a?b=1&c=2&amp;d=3&#38;copy=4</loc></url><url><loc><![CDATA[https://h/b?c=1&d=2]]></loc></url></urlset>`,
			"https://h/a?b=1&c=2&d=3&copy=4 https://h/b?c=1&d=2"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found, err := locations([]byte(test.body))
			if err != nil || strings.Join(found, " ") != test.want {
				t.Errorf("got %q, %v", found, err)
			}
		})
	}
}

func TestSitemapsThatCannotBeReadSaySo(t *testing.T) {
	bomb := `<?xml version="1.0"?><!DOCTYPE u [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<urlset><url><loc>https://h/ok</loc></url><url><loc>https://h/&c;</loc></url></urlset>`
	tests := []struct{ name, body, found, want string }{
		{"entity bomb", bomb, "https://h/ok", "entity"},
		{"cut off", `<urlset><url><loc>https://h/a</loc></url><url><loc>https://h/b`, "https://h/a", "read XML"},
		{"something else", `<svg><g/></svg>`, "", "<svg>"},
		{"nothing", "", "", "no sitemap"},
		{"unknown charset", `<?xml version="1.0" encoding="klingon"?><urlset/>`, "", "klingon"},
		{"broken gzip", "\x1f\x8bnonsense", "", "decompress"},
		{"too many", "<urlset>" + strings.Repeat("<url><loc>https://h/a</loc></url>", maxURLs+1) + "</urlset>", "", "more than 50000"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found, err := locations([]byte(test.body))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one about %q", err, test.want)
			}
			if found := slices.Compact(found); test.found != "" && strings.Join(found, " ") != test.found {
				t.Errorf("found %q before the mistake", found)
			}
		})
	}
}

func TestASitemapMayHave50000Addresses(t *testing.T) {
	var b strings.Builder
	b.WriteString("<urlset>")
	for i := range maxURLs {
		fmt.Fprintf(&b, "<url><loc>https://h/%d</loc></url>", i)
	}
	b.WriteString("</urlset>")
	found, err := locations([]byte(b.String()))
	if err != nil || len(found) != maxURLs {
		t.Errorf("found %d, %v", len(found), err)
	}
}

func locations(body []byte) (found []string, err error) {
	err = Parse(body, func(entry Entry) error {
		if entry.IsSitemap {
			entry.Loc = "sitemap:" + entry.Loc
		}
		found = append(found, entry.Loc)
		return nil
	})
	return found, err
}
