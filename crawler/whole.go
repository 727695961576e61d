package crawler

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

	"github.com/fincrawl/fincrawl/crawler/document"
)

// whole makes an answer complete: its body is read to its end, within a time that
// covers everything from the connection to the last byte, decompressed, and
// refused where it is larger than the limit. An answer that ends early is an
// error like any broken connection, so that it is asked for again and never taken
// for the document; colly would cut it off in silence.
type whole struct {
	base    http.RoundTripper
	limit   int64         // bytes, decompressed; 0 for none
	timeout time.Duration // 0 for none
	// pagesOnly leaves the bodies of answers unread that cannot be pages.
	pagesOnly bool
	// documents are the kinds of files that may be pages.
	documents []document.Kind
}

var errTimeout = errors.New("no complete answer in time")

func (t *whole) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	if t.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, t.timeout, errTimeout)
		defer cancel()
	}
	r = r.Clone(ctx)
	r.Header.Set("Accept-Encoding", acceptedEncodings)

	res, err := t.complete(r)
	if err != nil && errors.Is(context.Cause(ctx), errTimeout) {
		return nil, &failure{Timeout, fmt.Sprintf("no complete answer in %s", t.timeout)}
	}
	return res, err
}

func (t *whole) complete(r *http.Request) (*http.Response, error) {
	res, err := t.base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()

	stream := bufio.NewReader(res.Body)
	if t.pagesOnly && !t.mayBePage(res, stream) {
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
func (t *whole) read(stream io.Reader, expected int64) ([]byte, error) {
	var body bytes.Buffer
	if expected > 0 && (t.limit == 0 || expected <= t.limit) {
		body.Grow(int(min(expected, 1<<20)) + bytes.MinRead)
	}
	if t.limit > 0 {
		stream = io.LimitReader(stream, t.limit+1)
	}
	if _, err := body.ReadFrom(stream); err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if t.limit > 0 && int64(body.Len()) > t.limit {
		return nil, &failure{TooLarge, fmt.Sprintf("larger than %d bytes", t.limit)}
	}
	return body.Bytes(), nil
}

// decoded undoes the content encodings, the last one applied first. The limit
// holds for what comes out, so that a small bomb stays small.
func (t *whole) decoded(body []byte, headers []string) ([]byte, error) {
	encodings := strings.Split(strings.Join(headers, ","), ",")
	for i := len(encodings) - 1; i >= 0 && len(body) > 0; i-- {
		name := strings.ToLower(strings.TrimSpace(encodings[i]))
		decoder, err := newDecoder(name, body)
		if err != nil {
			return nil, &failure{BadEncoding, fmt.Sprintf("cannot decode %q: %v", name, err)}
		}
		if decoder == nil {
			continue
		}
		body, err = t.read(decoder, 0)
		_ = decoder.Close()
		if tooLarge := (*failure)(nil); errors.As(err, &tooLarge) {
			return nil, err
		}
		if err != nil {
			return nil, &failure{BadEncoding, fmt.Sprintf("cannot decode %q: %v", name, errors.Unwrap(err))}
		}
	}
	return body, nil
}

// with returns the answer with a body that is already here.
func (t *whole) with(res *http.Response, body []byte) *http.Response {
	if t.pagesOnly && len(body) > 0 && unknownType(res.Header) {
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
func (t *whole) mayBePage(res *http.Response, stream *bufio.Reader) bool {
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
	if isHTML(res.Header.Get("Content-Type")) {
		return true
	}
	start, _ := stream.Peek(512)
	return res.StatusCode < 300 && wantedKind(t.documents, res.Header.Get("Content-Type"), res.Request.URL, start) != ""
}

func unknownType(h http.Header) bool {
	t := mediaType(h.Get("Content-Type"))
	return t == "" || t == "application/octet-stream"
}

func isHTML(contentType string) bool {
	t := mediaType(contentType)
	return t == "text/html" || t == "application/xhtml+xml"
}

// mediaType is the media type alone, whatever follows it: many servers get the
// parameters wrong.
func mediaType(contentType string) string {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// fileType is the media type of a body whose answer does not say it: that of a file
// which the source wants, or what the first bytes look like.
func (t *whole) fileType(u *url.URL, start []byte) string {
	switch wantedKind(t.documents, "", u, start) {
	case document.PDF:
		return "application/pdf"
	case document.DOCX:
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	case document.Markdown:
		return "text/markdown"
	case document.CSV:
		return "text/csv"
	}
	return http.DetectContentType(start)
}

func wantedKind(wanted []document.Kind, contentType string, u *url.URL, start []byte) document.Kind {
	if kind := document.KindOf(contentType, u, start); kind != "" && slices.Contains(wanted, kind) {
		return kind
	}
	return ""
}
