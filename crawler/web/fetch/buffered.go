// Package fetch makes the requests of a crawl. A body is either complete, decoded and within its limit, or
// an error. A request that failed is repeated. All requests keep the pace that the site asks for. Hosts that
// only a page names are reached at public addresses only.
package fetch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/document"
)

// Buffered reads the whole body of each answer before it returns it. The time limit covers everything from
// the connection to the last byte. The body is decompressed, and an error if it is larger than the limit. An
// answer that ends early is an error like any broken connection, so that it is requested again and never
// taken for the document. colly would cut it off without an error.
type Buffered struct {
	Base    http.RoundTripper
	Limit   int64         // largest body in bytes, decompressed; 0 for no limit
	Timeout time.Duration // 0 for no limit
	// PagesOnly makes it read no bodies that cannot be pages.
	PagesOnly bool
	// Documents are the kinds of files that may be pages.
	Documents []document.Kind
	// Language is the preferred language of pages, such as "pt-BR". It may be "". A request's own
	// Accept-Language header has precedence.
	Language string
	// Headers are added to requests that do not have them.
	Headers map[string]string
}

var errTimeout = errors.New("no complete answer in time")

// RoundTrip implements [http.RoundTripper].
func (t *Buffered) RoundTrip(r *http.Request) (*http.Response, error) {
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

// acceptedLanguages returns an Accept-Language header for a language and then for the one it is a variety
// of. Servers need not derive that themselves (RFC 4647, section 3.4).
func acceptedLanguages(tag string) string {
	tag = strings.ReplaceAll(tag, "_", "-")
	if language, _, ok := strings.Cut(tag, "-"); ok {
		return tag + "," + language + ";q=0.9"
	}
	return tag
}

func (t *Buffered) complete(r *http.Request) (*http.Response, error) {
	res, err := t.Base.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	readLocation(res)

	stream := bufio.NewReader(res.Body)
	if t.PagesOnly && !t.mayBePage(res, stream) {
		// A short rest is read, so that the connection can be reused.
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

// read reads to the end. It fails if there is more than the limit.
func (t *Buffered) read(stream io.Reader, expected int64) ([]byte, error) {
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

// decoded undoes the content encodings, the one applied last first. The limit applies to the result, so that
// a compressed bomb stays small.
func (t *Buffered) decoded(body []byte, headers []string) ([]byte, error) {
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

// with returns the answer with a body that was read.
func (t *Buffered) with(res *http.Response, body []byte) *http.Response {
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

// mayBePage reports whether a body is worth reading: that of an HTML document, of a file of a wanted kind, or of
// a refusal that may show a login form. If the type is not given, the first bytes decide.
func (t *Buffered) mayBePage(res *http.Response, stream *bufio.Reader) bool {
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
	kind := WantedKind(t.Documents, res.Header.Get("Content-Type"), res.Request.URL, start)
	return res.StatusCode < 300 && kind != ""
}
