package extract

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	xunicode "golang.org/x/text/encoding/unicode"
)

// Parse decodes body, honouring the byte order mark, contentType's charset and
// the document's own declaration in the order of the HTML standard's encoding
// sniffing algorithm, and parses it.
//
// The error is a *[budget.Exceeded] where the page has more elements than one may.
//
// It departs from the standard where following it would garble the text: a
// label that the bytes contradict is not believed (see [decode]).
func Parse(u *url.URL, contentType string, body []byte) (*Document, error) {
	text, err := decode(contentType, body)
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", u, err)
	}
	root, err := parseWithin(text)
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", u, err)
	}
	doc := goquery.NewDocumentFromNode(root)
	doc.Url = u
	return &Document{URL: u, Root: doc}, nil
}

// decode returns body as UTF-8 without a byte order mark.
//
// A byte order mark decides. Otherwise the label of the Content-Type header,
// then the document's own, is used if the bytes agree with it: bytes that are
// valid UTF-8 with characters outside ASCII are UTF-8 whatever the label says,
// since text in another encoding is hardly ever valid UTF-8 by chance; bytes
// labelled UTF-8 that mostly are not are read by the next label, in the end as
// windows-1252. A few broken bytes in UTF-8 become U+FFFD.
func decode(contentType string, body []byte) ([]byte, error) {
	if enc, rest := byteOrderMark(body); enc != nil {
		return enc.NewDecoder().Bytes(rest)
	}
	if enc := wideWithoutMark(body); enc != nil {
		return enc.NewDecoder().Bytes(body)
	}

	wide, broken := countUTF8(body)
	if wide > 0 && broken == 0 {
		return body, nil
	}
	for _, label := range []string{headerLabel(contentType), documentLabel(body)} {
		enc, name := charset.Lookup(label)
		switch {
		case enc == nil || name == "replacement":
			continue
		case name == "utf-8":
			if wide >= broken {
				return bytes.ToValidUTF8(body, []byte("\uFFFD")), nil
			}
			continue
		case strings.HasPrefix(name, "utf-16"):
			continue // no zero bytes, see wideWithoutMark
		}
		return enc.NewDecoder().Bytes(body)
	}
	if wide > broken || broken == 0 {
		return bytes.ToValidUTF8(body, []byte("\uFFFD")), nil
	}
	windows1252, _ := charset.Lookup("windows-1252")
	return windows1252.NewDecoder().Bytes(body)
}

func byteOrderMark(body []byte) (encoding.Encoding, []byte) {
	for _, mark := range []struct {
		bytes string
		enc   encoding.Encoding
	}{
		{"\xEF\xBB\xBF", xunicode.UTF8},
		{"\xFE\xFF", xunicode.UTF16(xunicode.BigEndian, xunicode.IgnoreBOM)},
		{"\xFF\xFE", xunicode.UTF16(xunicode.LittleEndian, xunicode.IgnoreBOM)},
	} {
		if rest, ok := bytes.CutPrefix(body, []byte(mark.bytes)); ok {
			return mark.enc, rest
		}
	}
	return nil, nil
}

// wideWithoutMark recognises UTF-16 by the zero byte beside the markup's ASCII.
func wideWithoutMark(body []byte) encoding.Encoding {
	head := body[:min(len(body), 256)]
	if len(head) < 4 || bytes.IndexByte(head, 0) < 0 {
		return nil
	}
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch half := len(head) / 2; {
	case zeros[1] > half*3/4 && zeros[0] == 0:
		return xunicode.UTF16(xunicode.LittleEndian, xunicode.IgnoreBOM)
	case zeros[0] > half*3/4 && zeros[1] == 0:
		return xunicode.UTF16(xunicode.BigEndian, xunicode.IgnoreBOM)
	}
	return nil
}

// countUTF8 counts the characters outside ASCII and the bytes that are not
// valid UTF-8. A character that the end of the body cuts is not counted.
func countUTF8(body []byte) (wide, broken int) {
	for i := 0; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(body[i:])
		switch {
		case r != utf8.RuneError || size > 1:
			wide++
		case len(body)-i < utf8.UTFMax && !utf8.FullRune(body[i:]):
			return wide, broken
		default:
			broken++
		}
		i += size
	}
	return wide, broken
}

func headerLabel(contentType string) string {
	// Not mime.ParseMediaType, which rejects a header for any flaw elsewhere in it.
	label, ok := setting(contentType, "charset")
	if !ok {
		return ""
	}
	label = strings.TrimLeft(label, ` "'`)
	if end := strings.IndexAny(label, `;"', `); end >= 0 {
		label = label[:end]
	}
	return label
}

// documentLabel reads what the document's first kilobyte declares, in a meta
// tag or in the declaration of XML.
func documentLabel(body []byte) string {
	head := body[:min(len(body), 1024)]
	if bytes.HasPrefix(bytes.TrimSpace(head), []byte("<?xml")) {
		declaration, _, _ := bytes.Cut(head, []byte("?>"))
		if quoted, ok := setting(string(declaration), "encoding"); ok && len(quoted) > 1 {
			label, _, _ := strings.Cut(quoted[1:], quoted[:1])
			return label
		}
	}
	tokens := html.NewTokenizer(bytes.NewReader(head))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			token := tokens.Token()
			if token.Data != "meta" {
				continue
			}
			var content, equiv string
			for _, a := range token.Attr {
				switch a.Key {
				case "charset":
					return strings.TrimSpace(a.Val)
				case "content":
					content = a.Val
				case "http-equiv":
					equiv = a.Val
				}
			}
			if label := headerLabel(content); label != "" && strings.EqualFold(equiv, "content-type") {
				return label
			}
		}
	}
}

// setting returns what follows "name=" in s, in lower case.
func setting(s, name string) (value string, ok bool) {
	_, after, ok := strings.Cut(strings.ToLower(s), name)
	if !ok {
		return "", false
	}
	after, ok = strings.CutPrefix(strings.TrimSpace(after), "=")
	return strings.TrimSpace(after), ok
}

// flattenDepth leaves the parser room for the elements that it implies.
const flattenDepth = 100

// flatten returns the markup without the tags that nest deeper than
// flattenDepth; their text stays.
func flatten(text []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(text))
	var open []string
	count := map[string]int{}
	tokens := html.NewTokenizer(bytes.NewReader(text))
	for {
		switch kind := tokens.Next(); kind {
		case html.ErrorToken:
			return out.Bytes()
		case html.StartTagToken:
			raw := tokens.Raw()
			name, _ := tokens.TagName()
			tag := string(name)
			if closesItself(tag) {
				out.Write(raw)
				continue
			}
			if len(open) < flattenDepth {
				out.Write(raw)
			}
			open = append(open, tag)
			count[tag]++
		case html.EndTagToken:
			raw := tokens.Raw()
			name, _ := tokens.TagName()
			tag := string(name)
			if closesItself(tag) {
				out.Write(raw)
				continue
			}
			for count[tag] > 0 {
				last := open[len(open)-1]
				open = open[:len(open)-1]
				count[last]--
				if last == tag {
					if len(open) < flattenDepth {
						out.Write(raw)
					}
					break
				}
			}
		default:
			out.Write(tokens.Raw())
		}
	}
}

// closesItself tells of the elements that never nest by themselves: void ones
// and those whose end tag is optional.
func closesItself(tag string) bool {
	switch tag {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
		"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "html", "head", "body":
		return true
	}
	return false
}
