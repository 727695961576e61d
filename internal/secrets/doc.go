// Package secrets finds a program's own secrets in what it reads, so that a page that shows the request's headers, its
// cookies or its session is not published.
//
// A [Set] holds the values: those of the configuration, and those that a session gets while it runs. A text is searched
// once for all of them, as they are and as they look in a URL, in HTML, in JSON, in base64 and in hexadecimal:
//
// value ─ patterns: itself, base64 in three alignments and two alphabets, hexadecimal
// text  ─ as it is, and with its escapes undone ─ every 8 bytes are looked up
//
// Both the value and the text are compared without white space, plus signs, backslashes and invisible characters, and
// without regard to case. So a value is found although base64 is broken into lines, although Markdown escapes it, and
// although "+" stands for a space.
package secrets
