// Package decode returns the bytes of a document as text.
package decode

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	xunicode "golang.org/x/text/encoding/unicode"

	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// HTML returns the markup of a document as UTF-8 without a byte order mark, and what it was
// written in: nil for UTF-8 and UTF-16, in which nobody writes the query of an address. XHTML
// becomes HTML that says the same.
//
// It follows the HTML standard's encoding sniffing algorithm, and departs from it where that
// would garble the text: a label that the bytes contradict is not believed (see [decode]).
func HTML(contentType string, body []byte) (text []byte, from encoding.Encoding, err error) {
	text, from, err = decode(contentType, body)
	if err == nil && isXHTML(contentType) {
		text = fromXHTML(text)
	}
	return text, from, err
}

// Text returns a text that is no HTML as UTF-8, by the same rules.
func Text(contentType string, body []byte) (string, error) {
	text, _, err := decode(contentType, body)
	if err != nil {
		return "", fmt.Errorf("decode: %w", err)
	}
	return string(text), nil
}

// decode returns body as UTF-8 without a byte order mark, and what it was written in: nil for
// UTF-8 and UTF-16, in which nobody writes the query of an address.
//
// A byte order mark decides. Otherwise the label of the Content-Type header,
// then the document's own, is used if the bytes agree with it: bytes that are
// valid UTF-8 with characters outside ASCII are UTF-8 whatever the label says,
// since text in another encoding is hardly ever valid UTF-8 by chance; bytes
// labelled UTF-8 that mostly are not are read by the next label, in the end as
// what the bytes look like.  A few broken bytes in UTF-8 become U+FFFD.
func decode(contentType string, body []byte) (text []byte, from encoding.Encoding, err error) {
	if enc, rest := byteOrderMark(body); enc != nil {
		text, err = enc.NewDecoder().Bytes(rest)
		return text, nil, err
	}
	if enc := wideWithoutMark(body); enc != nil {
		text, err = enc.NewDecoder().Bytes(body)
		return text, nil, err
	}

	wide, broken := countUTF8(body)
	if broken == 0 && (wide > 0 || !bytes.Contains(body, []byte{escape})) {
		return body, nil, nil
	}
	labels, language := declared(body, strings.Contains(strings.ToLower(contentType), "xml"))
	for _, label := range append([]string{headerLabel(contentType)}, labels...) {
		enc, name := charset.Lookup(label)
		switch {
		case enc == nil || name == "replacement":
			continue
		case name == "utf-8":
			if wide >= broken {
				return bytes.ToValidUTF8(body, []byte("\uFFFD")), nil, nil
			}
			continue
		case strings.HasPrefix(name, "utf-16"):
			continue // no zero bytes, see wideWithoutMark
		}
		text, err = enc.NewDecoder().Bytes(body)
		return text, enc, err
	}
	if broken == 0 && wide == 0 && bytes.Contains(body, []byte("\x1B$B")) {
		from, _ = charset.Lookup("iso-2022-jp")
		text, err = from.NewDecoder().Bytes(body)
		return text, from, err
	}
	if wide > broken || broken == 0 {
		return bytes.ToValidUTF8(body, []byte("\uFFFD")), nil, nil
	}
	from = detected(body, language)
	text, err = from.NewDecoder().Bytes(body)
	return text, from, err
}

// escape begins the characters of the encodings that have none outside ASCII.
const escape = 0x1B

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

// wideWithoutMark recognises UTF-16 by the zero byte beside the markup's ASCII: of the tag that begins it, or of
// most of its beginning.
func wideWithoutMark(body []byte) encoding.Encoding {
	head := body[:min(len(body), 256)]
	if len(head) < 4 || bytes.IndexByte(head, 0) < 0 {
		return nil
	}
	switch {
	case head[0] == '<' && head[1] == 0 && head[2] != 0 && head[3] == 0:
		return xunicode.UTF16(xunicode.LittleEndian, xunicode.IgnoreBOM)
	case head[0] == 0 && head[1] == '<' && head[2] == 0 && head[3] != 0:
		return xunicode.UTF16(xunicode.BigEndian, xunicode.IgnoreBOM)
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

// declared returns the labels of encodings that a document gives itself, those that
// browsers believe first before the others, and the language that it says to be in. A meta
// tag counts wherever it stands as a tag: browsers begin anew where one comes late. The
// declaration of XML counts before it in XML, and after it in HTML.
func declared(body []byte, isXML bool) (labels []string, language string) {
	tokens := html.NewTokenizer(bytes.NewReader(body))
	for len(labels) == 0 {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			break
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		switch tag := tokens.Token(); tag.Data {
		case "html":
			language = htmltree.Attr(&html.Node{Attr: tag.Attr}, "lang")
		case "meta":
			if label := metaLabel(&html.Node{Attr: tag.Attr}); label != "" {
				labels = append(labels, label)
			}
		}
	}
	if label := xmlLabel(body); isXML {
		labels = append([]string{label}, labels...)
	} else {
		labels = append(labels, label)
	}
	return labels, language
}

func metaLabel(meta *html.Node) string {
	if label := strings.TrimSpace(htmltree.Attr(meta, "charset")); label != "" {
		return label
	}
	if strings.EqualFold(htmltree.Attr(meta, "http-equiv"), "content-type") {
		return headerLabel(htmltree.Attr(meta, "content"))
	}
	return ""
}

func xmlLabel(body []byte) string {
	head := bytes.TrimSpace(body[:min(len(body), 1024)])
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return ""
	}
	declaration, _, _ := bytes.Cut(head, []byte("?>"))
	quoted, ok := setting(string(declaration), "encoding")
	if !ok || len(quoted) < 2 {
		return ""
	}
	label, _, _ := strings.Cut(quoted[1:], quoted[:1])
	return label
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
