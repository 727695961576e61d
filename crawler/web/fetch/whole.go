// Package fetch makes the requests of a crawl: each body is whole or an error, decoded and
// within its limit; a request that failed is tried again; all keep the pace that the site
// asks for; and addresses that a page named lead to public addresses only.
package fetch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/document"
)

// Whole makes an answer complete: its body is read to its end, within a time that
// covers everything from the connection to the last byte, decompressed, and
// refused where it is larger than the limit. An answer that ends early is an
// error like any broken connection, so that it is asked for again and never taken
// for the document; colly would cut it off in silence.
type Whole struct {
	Base    http.RoundTripper
	Limit   int64         // bytes, decompressed; 0 for none
	Timeout time.Duration // 0 for none
	// PagesOnly leaves the bodies of answers unread that cannot be pages.
	PagesOnly bool
	// Documents are the kinds of files that may be pages.
	Documents []document.Kind
	// Language is the one that pages are asked for in, such as "pt-BR"; "" for any. A header
	// that is there already stays.
	Language string
	// Headers are set where a request does not have them.
	Headers map[string]string
}

var errTimeout = errors.New("no complete answer in time")

// RoundTrip implements [http.RoundTripper].
func (t *Whole) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	if t.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, t.Timeout, errTimeout)
		defer cancel()
	}
	r = r.Clone(ctx)
	r.Header.Set("Accept-Encoding", acceptedEncodings)
	for name, value := range t.Headers {
		if r.Header.Get(name) == "" {
			r.Header.Set(name, value)
		}
	}
	if t.Language != "" && r.Header.Get("Accept-Language") == "" {
		r.Header.Set("Accept-Language", acceptedLanguages(t.Language))
	}

	res, err := t.complete(r)
	if err != nil && errors.Is(context.Cause(ctx), errTimeout) {
		return nil, &Failure{crawler.Timeout, fmt.Sprintf("no complete answer in %s", t.Timeout)}
	}
	return res, err
}

// acceptedLanguages asks for a language, and then for what it is a variety of (RFC 4647,
// section 3.4: servers need not look that up by themselves).
func acceptedLanguages(tag string) string {
	tag = strings.ReplaceAll(tag, "_", "-")
	if language, _, ok := strings.Cut(tag, "-"); ok {
		return tag + "," + language + ";q=0.9"
	}
	return tag
}

func (t *Whole) complete(r *http.Request) (*http.Response, error) {
	res, err := t.Base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	readLocation(res)

	stream := bufio.NewReader(res.Body)
	if t.PagesOnly && !t.mayBePage(res, stream) {
		// A short rest is read, so that the connection can be used again.
		_, _ = io.CopyN(io.Discard, stream, 32<<10)
		return t.with(res, nil), nil
	}
	body, err := t.read(stream, res.ContentLength)
	if err != nil {
		return nil, err
	}
	body, err = t.decoded(body, res.Header.Values("Content-Encoding"))
	if err != nil {
		return nil, err
	}
	return t.with(res, body), nil
}

// read reads to the end, or fails once there is more than the limit.
func (t *Whole) read(stream io.Reader, expected int64) ([]byte, error) {
	var body bytes.Buffer
	if expected > 0 && (t.Limit == 0 || expected <= t.Limit) {
		body.Grow(int(min(expected, 1<<20)) + bytes.MinRead)
	}
	if t.Limit > 0 {
		stream = io.LimitReader(stream, t.Limit+1)
	}
	if _, err := body.ReadFrom(stream); err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if t.Limit > 0 && int64(body.Len()) > t.Limit {
		return nil, &Failure{crawler.TooLarge, fmt.Sprintf("larger than %d bytes", t.Limit)}
	}
	return body.Bytes(), nil
}

// decoded undoes the content encodings, the last one applied first. The limit
// holds for what comes out, so that a small bomb stays small.
func (t *Whole) decoded(body []byte, headers []string) ([]byte, error) {
	encodings := strings.Split(strings.Join(headers, ","), ",")
	for i := len(encodings) - 1; i >= 0 && len(body) > 0; i-- {
		name := strings.ToLower(strings.TrimSpace(encodings[i]))
		decoder, err := newDecoder(name, body)
		if err != nil {
			return nil, &Failure{crawler.BadEncoding, fmt.Sprintf("cannot decode %q: %v", name, err)}
		}
		if decoder == nil {
			continue
		}
		body, err = t.read(decoder, 0)
		_ = decoder.Close()
		if tooLarge := (*Failure)(nil); errors.As(err, &tooLarge) {
			return nil, err
		}
		if err != nil {
			return nil, &Failure{crawler.BadEncoding, fmt.Sprintf("cannot decode %q: %v", name, errors.Unwrap(err))}
		}
	}
	return body, nil
}

// with returns the answer with a body that is already here.
func (t *Whole) with(res *http.Response, body []byte) *http.Response {
	if t.PagesOnly && len(body) > 0 && unknownType(res.Header) {
		res.Header.Set("Content-Type", t.fileType(res.Request.URL, body))
	}
	res.Header.Del("Content-Encoding")
	res.Header.Del("Content-Length")
	res.Uncompressed = true
	res.ContentLength = int64(len(body))
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res
}

// mayBePage reports whether a body is worth reading: that of an HTML document, of
// a file of a kind that the source wants, or
// of a refusal that may show a login form. Where the type is not said, the first
// bytes tell it.
func (t *Whole) mayBePage(res *http.Response, stream *bufio.Reader) bool {
	if res.StatusCode >= 300 && res.StatusCode != http.StatusForbidden {
		return false
	}
	if unknownType(res.Header) {
		if res.Header.Get("Content-Encoding") != "" {
			return true
		}
		start, _ := stream.Peek(512)
		res.Header.Set("Content-Type", t.fileType(res.Request.URL, start))
	}
	if IsHTML(res.Header.Get("Content-Type")) {
		return true
	}
	start, _ := stream.Peek(512)
	return res.StatusCode < 300 && WantedKind(t.Documents, res.Header.Get("Content-Type"), res.Request.URL, start) != ""
}

func unknownType(h http.Header) bool {
	t := MediaType(h.Get("Content-Type"))
	return t == "" || t == "application/octet-stream"
}

// IsHTML reports whether a Content-Type header says HTML or XHTML.
func IsHTML(contentType string) bool {
	t := MediaType(contentType)
	return t == "text/html" || t == "application/xhtml+xml"
}

// MediaType is the media type alone, whatever follows it: many servers get the
// parameters wrong.
func MediaType(contentType string) string {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// fileType is the media type of a body whose answer does not say it: that of a file
// which the source wants, or what the first bytes look like.
func (t *Whole) fileType(u *url.URL, start []byte) string {
	if kind := WantedKind(t.Documents, "", u, start); kind != "" && kind != document.Text {
		return kind.ContentType()
	}
	return http.DetectContentType(start)
}

// WantedKind returns the kind of document that a body is, among those wanted, by its type, its
// address and how it starts; "" for none.
func WantedKind(wanted []document.Kind, contentType string, u *url.URL, start []byte) document.Kind {
	if kind := document.KindOf(contentType, u, start); kind != "" && slices.Contains(wanted, kind) {
		return kind
	}
	return ""
}
