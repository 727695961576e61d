package decode

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html"
)

const (
	xmlNamespace   = "http://www.w3.org/XML/1998/namespace"
	xlinkNamespace = "http://www.w3.org/1999/xlink"
)

func isXHTML(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(kind), "application/xhtml+xml")
}

// fromXHTML writes a document that is XML by its type as HTML that says the same: there
// <script/> is an element without content, and in HTML it begins one that does not end.
// A document that is no XML stays as it is, and is read like the HTML that it then is.
func fromXHTML(text []byte) []byte {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil } // decoded already
	var out bytes.Buffer
	out.Grow(len(text) + 256)
	var raw string // the element whose text HTML takes as it is; "" for none
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out.Bytes()
		}
		if err != nil {
			return text
		}
		switch token := token.(type) {
		case xml.Directive:
			out.WriteString("<!" + string(token) + ">")
		case xml.StartElement:
			raw = writeTag(&out, token)
		case xml.EndElement:
			raw = ""
			if !isVoid(token.Name.Local) {
				out.WriteString("</" + token.Name.Local + ">")
			}
		case xml.CharData:
			switch {
			case raw == "":
				out.WriteString(html.EscapeString(string(token)))
			case !bytes.Contains(bytes.ToLower(token), []byte("</"+raw)):
				out.Write(token)
			}
		}
	}
}

// writeTag writes a start tag, and returns its name where HTML takes its text as it is.
func writeTag(out *bytes.Buffer, tag xml.StartElement) (raw string) {
	out.WriteString("<" + tag.Name.Local)
	names := make(map[string]bool)
	write := func(name, value string) {
		if !names[name] {
			names[name] = true
			out.WriteString(" " + name + `="` + html.EscapeString(value) + `"`)
		}
	}
	for _, a := range tag.Attr {
		switch a.Name.Space {
		case "":
			if a.Name.Local != "xmlns" {
				write(a.Name.Local, a.Value)
			}
		case xlinkNamespace:
			write("xlink:"+a.Name.Local, a.Value)
		}
	}
	for _, a := range tag.Attr {
		if a.Name.Space == xmlNamespace && a.Name.Local == "lang" {
			write("lang", a.Value)
		}
	}
	out.WriteString(">")
	switch tag.Name.Local {
	case "script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext":
		return tag.Name.Local
	case "pre", "textarea", "listing":
		out.WriteString("\n") // of which HTML drops one
	}
	return ""
}

// isVoid tells of the elements that have no end tag in HTML.
func isVoid(name string) bool {
	switch name {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr":
		return true
	}
	return false
}
