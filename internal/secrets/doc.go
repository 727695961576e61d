// Package secrets finds a program's own secrets in what it reads, so that a page which
// shows the request's headers, its cookies or its session is not passed on.
//
// A [Set] holds the values: those of the configuration, and those that a session gets
// on the way. A text is looked at once for all of them, as they are and as they look in
// an address, in HTML, in JSON, in base64 and in hexadecimal:
//
//	value ─ patterns: itself, base64 in three alignments and two alphabets, hexadecimal
//	text  ─ as it is, and with its escapes undone ─ every 8 bytes are looked up
//
// White space, plus signs, backslashes and characters that show nothing are passed over
// on both sides, and letters are the same in either case. So neither the line breaks of
// base64 nor the escapes of Markdown hide a value, and "+" stands for a blank.
package secrets
