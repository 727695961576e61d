package extract

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
)

func TestTextIsDecodedByWhatTheBytesAgreeWith(t *testing.T) {
	const (
		german     = "Größe: „schön“ – 5 €"
		russian    = "Ключ от кладовой лежит у дежурного на первом этаже, и брать его можно только под подпись."
		greek      = "Το κλειδί της αποθήκης είναι στον φύλακα και δίνεται μόνο με υπογραφή."
		polish     = "Klucz do magazynu leży u dyżurnego na pierwszym piętrze; można go wziąć, jeśli się podpisze."
		japanesely = "倉庫の鍵は一階の当番が持っています。署名をすれば借りることができます。"
		french     = "La clé de la réserve est chez le gardien au rez-de-chaussée, et ne se prête qu’à qui a signé."
	)
	encoded := func(enc interface{ String(string) (string, error) }, s string) string {
		t.Helper()
		out, err := enc.String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	cp1252 := charmap.Windows1252.NewEncoder()
	tests := []struct {
		name, contentType, page, want string
	}{
		{"label of the header", "text/html; charset=windows-1252", encoded(cp1252, "<p>"+german), german},
		{"label in quotes and capitals", `text/html; Charset = "Windows-1252"`, encoded(cp1252, "<p>"+german), german},
		{"label of the document", "text/html", encoded(cp1252, "<meta charset=windows-1252><p>"+german), german},
		{"label in http-equiv", "text/html", encoded(japanese.ShiftJIS.NewEncoder(), `<meta http-equiv=Content-Type content="text/html; charset=Shift_JIS"><p>日本語の文書`), "日本語の文書"},
		{"label in the XML declaration", "application/xhtml+xml", encoded(charmap.KOI8R.NewEncoder(), `<?xml version="1.0" encoding="koi8-r"?><html><body><p>Привет`), "Привет"},
		{"header before document", "text/html; charset=koi8-r", encoded(charmap.KOI8R.NewEncoder(), "<meta charset=windows-1251><p>Привет"), "Привет"},
		{"no label, UTF-8", "text/html", "<p>" + german, german},
		{"no label, no UTF-8", "", encoded(cp1252, "<p>"+german), german},
		{"UTF-8 labelled ISO 8859-1", "text/html; charset=iso-8859-1", "<p>" + german, german},
		{"windows-1252 labelled UTF-8", "text/html; charset=utf-8", encoded(cp1252, "<p>"+german), german},
		{"windows-1251 labelled UTF-8, right in the document", "text/html; charset=utf-8", encoded(charmap.Windows1251.NewEncoder(), "<meta charset=windows-1251><p>Привет"), "Привет"},
		{"a broken byte in UTF-8", "text/html; charset=utf-8", "<p>Größe \xff schön", "Größe \uFFFD schön"},
		{"an unknown label", "text/html; charset=nonsense", "<p>" + german, german},
		{"a label that forbids decoding", "text/html; charset=iso-2022-kr", "<p>plain", "plain"},
		{"byte order mark before the label", "text/html; charset=iso-8859-1", "\xEF\xBB\xBF<p>" + german, german},
		{"UTF-16 with a mark", "text/html", encoded(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(), "<p>"+german), german},
		{"UTF-16 by its label", "text/html; charset=utf-16be", encoded(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder(), "<p>"+german), german},
		{"UTF-16 without any sign", "text/html", encoded(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder(), "<html><body><p>"+german), german},
		{"UTF-16 without any sign, of other letters", "text/html", encoded(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder(), "<p>"+russian), russian},
		{"Japanese in escapes without a label", "text/html", encoded(japanese.ISO2022JP.NewEncoder(), "<p>"+japanesely), japanesely},
		{"label far down", "text/html", encoded(charmap.Windows1251.NewEncoder(), "<script>"+strings.Repeat("let a = 1;\n", 1000)+"</script><meta charset=windows-1251><p>Привет"), "Привет"},
		{"label in the body", "text/html", encoded(charmap.KOI8R.NewEncoder(), "<body><p>Привет<meta charset=koi8-r>"), "Привет"},
		{"label that a comment and a script only talk of", "text/html", encoded(cp1252, "<!--<meta charset=koi8-r>--><script>'<meta charset=koi8-r>'</script><p>"+german), german},
		{"document's label before that of an XML declaration in HTML", "text/html", encoded(charmap.KOI8R.NewEncoder(), `<?xml version="1.0" encoding="windows-1251"?><meta charset=koi8-r><p>Привет`), "Привет"},
		{"XML declaration before the label in XML", "application/xhtml+xml", encoded(charmap.KOI8R.NewEncoder(), `<?xml version="1.0" encoding="koi8-r"?><meta charset="windows-1251"/><p>Привет`), "Привет"},
		{"no label, Cyrillic", "text/html", encoded(charmap.Windows1251.NewEncoder(), "<p>"+russian), russian},
		{"no label, Cyrillic of old", "text/html", encoded(charmap.KOI8R.NewEncoder(), "<p>"+russian), russian},
		{"no label, Greek", "text/html", encoded(charmap.ISO8859_7.NewEncoder(), "<p>"+greek), greek},
		{"no label, Polish", "text/html", encoded(charmap.Windows1250.NewEncoder(), "<p>"+polish), polish},
		{"no label, Japanese", "text/html", encoded(japanese.EUCJP.NewEncoder(), "<p>"+japanesely), japanesely},
		{"no label, a few words of a language that the page names", "text/html", encoded(charmap.Windows1251.NewEncoder(), "<html lang=ru-RU><p>Да"), "Да"},
		{"no label, French", "text/html", encoded(cp1252, "<p>"+french), french},
		{"Japanese in escapes", "text/html; charset=iso-2022-jp", encoded(japanese.ISO2022JP.NewEncoder(), "<p>"+japanesely), japanesely},
		{"ASCII labelled UTF-16", "text/html; charset=utf-16", "<p>plain", "plain"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			article, err := parseBytes(t, test.contentType, []byte(test.page)).Extract(Rules{Body: "body"})
			if err != nil {
				t.Fatal(err)
			}
			if article.Markdown != test.want {
				t.Errorf("got %q, want %q", article.Markdown, test.want)
			}
		})
	}
}

// Pages that an attacker or a broken template may produce cost no more than
// their size suggests, and the text in them is not lost.
func TestHostileMarkupIsReadInReasonableTime(t *testing.T) {
	const n = 20_000
	pages := map[string]string{
		"deep nesting":           strings.Repeat("<div>", n) + "the text" + strings.Repeat("</div>", n),
		"deep lists":             strings.Repeat("<ul><li>", n) + "the text",
		"deep tables":            strings.Repeat("<table><tr><td>", n) + "the text",
		"deep quotes":            strings.Repeat("<blockquote>", 400) + strings.Repeat("<p>the text</p>", 1000),
		"formatting never ended": strings.Repeat("<b><i><p>", n/10) + "the text",
		"many paragraphs":        strings.Repeat("<p>a <b>b</b> c", n) + "the text",
		"a huge attribute":       "<p title='" + strings.Repeat("x", 5_000_000) + "'>the text",
		"many attributes":        "<p " + manyAttributes(n/10) + ">the text",
		"backticks":              "<p><code>" + strings.Repeat("`", n) + "</code>the text",
		"asterisks and brackets": "<p>" + strings.Repeat("*[_", n) + "the text",
		"ampersands":             "<p>" + strings.Repeat("&amp;", n) + "the text",
		"many marks":             "<p>" + strings.Repeat("<b>a</b><i>b</i> ", n/4) + "the text",
		"wide spans":             "<table><tr>" + strings.Repeat("<td colspan=1000 rowspan=1000>x", 500) + "<tr><td>the text</table>",
		"many links":             strings.Repeat("<a href=/x>y</a> ", n/4) + "the text",
		"many buttons":           "<div>" + strings.Repeat("<button></button><input type=email>", n) + "</div><p>the text",
		"many links to share":    "<div>" + strings.Repeat("<a href='https://x.example/?u=https://y.example/'></a>", n) + "</div><p>the text",
		"many teasers":           "<p>" + strings.Repeat("the text ", 10*n) + "</p>" + strings.Repeat("<div><img src=x><h3><a href=/x>a b c</a></h3></div>", n),
		"a heading of parts":     "<title>T</title><h1>" + strings.Repeat("<b>x</b><button>y</button>", n) + "</h1><p>the text",
		"nested custom elements": strings.Repeat("<x-y>", 400) + strings.Repeat("<p>z</p>", 1000) + "the text",
		"unclosed comment":       "<p>the text<!-- " + strings.Repeat("-", n),
		"null bytes":             "<p>the text" + strings.Repeat("\x00", n),
	}
	for name, page := range pages {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			d := parsePage(t, page)
			d.Links()
			d.Directives()
			d.LoginForm()
			for _, rules := range []Rules{{Body: "body"}, {}} {
				article, err := d.Extract(rules)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(article.Markdown, "the text") {
					t.Errorf("%+v: the text is lost in %.80q", rules, article.Markdown)
				}
			}
			if took := time.Since(began); took > time.Minute {
				t.Errorf("took %v", took)
			} else {
				t.Log(took)
			}
		})
	}
}

func manyAttributes(n int) string {
	var out strings.Builder
	for i := range n {
		out.WriteString("a")
		for ; i > 0; i /= 26 {
			out.WriteByte(byte('a' + i%26))
		}
		out.WriteString("=1 ")
	}
	return out.String()
}

// Whatever the bytes, parsing and extracting end without a panic and give valid
// UTF-8, a title, and HTML that has neither scripts nor handlers.
func FuzzExtractIsCleanWhateverTheBytes(f *testing.F) {
	f.Add("text/html", []byte("<svg><script>alert(1)</script></svg><p onclick=x>a<a href='java\nscript:x'>b</a>"))
	f.Add("text/html; charset=utf-16", []byte("\xff\xfe<\x00p\x00>\x00"))
	f.Add("text/html; charset=gbk", []byte("<math><mi><table><style><!--</style><img src=x onerror=alert(1)>"))
	f.Fuzz(func(t *testing.T, contentType string, page []byte) {
		d := parseBytes(t, contentType, page)
		article, err := d.Extract(Rules{})
		if err != nil {
			t.Fatal(err)
		}
		if article.Title == "" {
			t.Error("no title")
		}
		if article.HTML == "" && article.Markdown != "" {
			t.Errorf("no HTML, but Markdown %q", article.Markdown)
		}
		if !bytes.Equal(bytes.ToValidUTF8([]byte(article.HTML), nil), []byte(article.HTML)) {
			t.Errorf("HTML is no UTF-8: %q", article.HTML)
		}
		again := parsePage(t, article.HTML)
		for n := range again.node().Descendants() {
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") && a.Key == "href" {
					t.Errorf("dangerous attribute %s=%q in %q", a.Key, a.Val, article.HTML)
				}
			}
			if n.Data == "script" || n.Data == "style" && n.Parent != nil && n.Parent.Data != "head" {
				t.Errorf("%s in %q", n.Data, article.HTML)
			}
		}
	})
}
