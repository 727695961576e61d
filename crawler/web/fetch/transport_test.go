package fetch

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/retry"
)

// roundTrips is a transport made of the answers to give, one after the other; the
// last one is given again and again.
type roundTrips struct {
	answers []func(*http.Request) (*http.Response, error)
	at      []time.Time
}

func (t *roundTrips) RoundTrip(r *http.Request) (*http.Response, error) {
	t.at = append(t.at, time.Now())
	return t.answers[min(len(t.at), len(t.answers))-1](r)
}

func status(status int, header ...string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		res := &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: r}
		for i := 0; i < len(header); i += 2 {
			res.Header.Set(header[i], header[i+1])
		}
		return res, nil
	}
}

func broken(err error) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

func TestWhatMayPassIsTriedAgain(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	type answers = []func(*http.Request) (*http.Response, error)
	tests := []struct {
		name    string
		method  string
		answers answers
		tries   int
		status  int // 0: an error
	}{
		{"success", "GET", answers{status(200)}, 1, 200},
		{"a server's error passes", "GET", answers{status(503), status(500), status(200)}, 3, 200},
		{"a broken connection passes", "GET", answers{broken(refused), broken(io.ErrUnexpectedEOF), status(200)}, 3, 200},
		{"too many requests", "GET", answers{status(429), status(200)}, 2, 200},
		{"it does not pass", "GET", answers{status(502)}, maxTries, 502},
		{"it stays broken", "GET", answers{broken(refused)}, maxTries, 0},
		{"not there is an answer", "GET", answers{status(404)}, 1, 404},
		{"not implemented stays so", "GET", answers{status(501)}, 1, 501},
		{"version not supported stays so", "GET", answers{status(505)}, 1, 505},
		{"a form is sent once", "POST", answers{status(503)}, 1, 503},
		{"a form is sent once on a broken connection too", "POST", answers{broken(refused)}, 1, 0},
		{"no such host", "GET", answers{broken(&net.DNSError{Err: "no such host", IsNotFound: true})}, 1, 0},
		{"a certificate does not mend itself", "GET", answers{broken(&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}})}, 1, 0},
		{"too large stays too large", "GET", answers{broken(&Failure{crawler.TooLarge, "too large"})}, 1, 0},
		{"no answer in time", "GET", answers{broken(&Failure{crawler.Timeout, "late"}), status(200)}, 2, 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				base := &roundTrips{answers: test.answers}
				r := httptest.NewRequest(test.method, "https://example.com/", nil)
				res, err := (&Retry{base, retry.Sleep}).RoundTrip(r)
				if len(base.at) != test.tries {
					t.Errorf("%d tries, want %d", len(base.at), test.tries)
				}
				switch {
				case test.status == 0 && err == nil, test.status != 0 && (err != nil || res.StatusCode != test.status):
					t.Errorf("got %v, %v", res, err)
				case test.status == 0 && test.tries > 1 && !strings.Contains(err.Error(), "after 4 tries"):
					t.Errorf("the error does not say how often it was tried: %v", err)
				}
			})
		})
	}
}

func TestWaitsGrowAndFollowRetryAfter(t *testing.T) {
	tests := []struct {
		name     string
		header   string
		min, max time.Duration // of the whole of three waits
	}{
		{"growing with jitter", "", 1750 * time.Millisecond, 5250 * time.Millisecond},
		{"seconds", "7", 21 * time.Second, 21 * time.Second},
		{"as long as a crawl waits", "600", 3 * maxRetryAfter, 3 * maxRetryAfter},
		{"a negative number", "-5", 1750 * time.Millisecond, 5250 * time.Millisecond},
		{"nonsense", "soon", 1750 * time.Millisecond, 5250 * time.Millisecond},
		{"a date", "date", 27 * time.Second, 30 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				base := &roundTrips{answers: []func(*http.Request) (*http.Response, error){func(r *http.Request) (*http.Response, error) {
					header := test.header
					if header == "date" {
						header = time.Now().Add(10 * time.Second).UTC().Format(http.TimeFormat)
					}
					return status(503, "Retry-After", header)(r)
				}}}
				started := time.Now()
				res, err := (&Retry{base, retry.Sleep}).RoundTrip(httptest.NewRequest("GET", "https://example.com/", nil))
				if err != nil || res.StatusCode != 503 {
					t.Fatalf("got %v, %v", res, err)
				}
				if waited := time.Since(started); waited < test.min || waited > test.max {
					t.Errorf("waited %v, want %v to %v", waited, test.min, test.max)
				}
			})
		})
	}
}

func TestTheEndOfTheCrawlEndsAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		over := errors.New("the run is over")
		ctx, stop := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { stop(over) })
		base := &roundTrips{answers: []func(*http.Request) (*http.Response, error){status(503, "Retry-After", "60")}}
		started := time.Now()
		_, err := (&Retry{base, retry.Sleep}).RoundTrip(httptest.NewRequest("GET", "https://example.com/", nil).WithContext(ctx))
		if !errors.Is(err, over) || time.Since(started) != time.Second {
			t.Errorf("after %v: %v", time.Since(started), err)
		}
	})
}

// EchoSEO 76: a limit of concurrency is not a limit of the rate. Scrapy 4424: quick
// errors must not speed requests up.
func TestTheRateHoldsWhateverTheAnswers(t *testing.T) {
	for name, answer := range map[string]func(*http.Request) (*http.Response, error){"success": status(200), "quick errors": status(404)} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				base := &roundTrips{answers: []func(*http.Request) (*http.Response, error){answer}}
				paced := &Pace{base, NewThrottle(Limits{Rate: 5, Concurrency: 1}, retry.Sleep, slog.New(slog.DiscardHandler))}
				started := time.Now()
				for range 11 {
					if _, err := paced.RoundTrip(httptest.NewRequest("GET", "https://example.com/", nil)); err != nil {
						t.Fatal(err)
					}
				}
				if took := time.Since(started).Round(time.Millisecond); took != 2*time.Second {
					t.Errorf("11 requests at 5 a second took %v", took)
				}
			})
		})
	}
}

func TestBodiesAreDecompressed(t *testing.T) {
	const text = "<p>What the page says."
	for name, encoded := range map[string][]byte{
		"": []byte(text), "identity": []byte(text), "UTF-8": []byte(text), "none": []byte(text), "lzma": []byte(text), "gzip": compressed(t, "gzip", text), "deflate": compressed(t, "zlib", text),
		"Deflate": compressed(t, "flate", text), "br": compressed(t, "br", text), "zstd": compressed(t, "zstd", text),
		"gzip, br": compressed(t, "br", string(compressed(t, "gzip", text))),
	} {
		t.Run(name, func(t *testing.T) {
			body, err := wholeBody(t, encoded, name, 1000)
			if err != nil || string(body) != text {
				t.Errorf("got %q, %v", body, err)
			}
		})
	}
}

// Elastic crawler 333: oversize documents were dropped in silence; colly cuts them off.
func TestABodyOverTheLimitIsRefusedAndNeverCutOff(t *testing.T) {
	page := strings.Repeat("x", 1000)
	bomb := strings.Repeat("0", 50<<20)
	tests := []struct {
		name, encoding string
		body           []byte
		limit          int64
		outcome        crawler.Outcome
	}{
		{"at the limit", "", []byte(page), 1000, ""},
		{"over it by one", "", []byte(page), 999, crawler.TooLarge},
		{"without a limit", "", []byte(page), 0, ""},
		{"at the limit after decompression", "gzip", compressed(t, "gzip", page), 1000, ""},
		{"over it after decompression", "gzip", compressed(t, "gzip", page), 999, crawler.TooLarge},
		{"gzip bomb", "gzip", compressed(t, "gzip", bomb), 1 << 20, crawler.TooLarge},
		{"brotli bomb", "br", compressed(t, "br", bomb), 1 << 20, crawler.TooLarge},
		{"zstd bomb", "zstd", compressed(t, "zstd", bomb), 1 << 20, crawler.TooLarge},
		{"not gzip at all", "gzip", []byte(page), 0, crawler.BadEncoding},
		{"gzip cut off", "gzip", compressed(t, "gzip", page)[:20], 0, crawler.BadEncoding},
		{"zstd cut off", "zstd", compressed(t, "zstd", page)[:12], 0, crawler.BadEncoding},
		{"brotli nonsense", "br", []byte(page), 0, crawler.BadEncoding},
		{"deflate nonsense", "deflate", []byte(page), 0, crawler.BadEncoding},
		{"unknown", "lzma", []byte("\x5d\x00\x00\x80\x00 and so on"), 0, crawler.BadEncoding},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body, err := wholeBody(t, test.body, test.encoding, test.limit)
			if test.outcome == "" {
				if err != nil || string(body) != page {
					t.Errorf("got %d bytes, %v", len(body), err)
				}
				return
			}
			if err == nil {
				t.Fatalf("got %d bytes, want %s", len(body), test.outcome)
			}
			if outcome, detail := FailureOf(err); outcome != test.outcome {
				t.Errorf("is %s: %s; want %s", outcome, detail, test.outcome)
			}
		})
	}
}

func TestTheTimeoutCoversTheWholeBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		drip := func(r *http.Request) (*http.Response, error) {
			body, w := io.Pipe()
			go func() {
				defer w.Close()
				for r.Context().Err() == nil {
					_, _ = w.Write([]byte("x"))
					time.Sleep(time.Second)
				}
				_ = w.CloseWithError(r.Context().Err())
			}()
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: body}, nil
		}
		base := &roundTrips{answers: []func(*http.Request) (*http.Response, error){drip}}
		started := time.Now()
		_, err := (&Buffered{Base: base, Timeout: 10 * time.Second}).RoundTrip(httptest.NewRequest("GET", "https://example.com/", nil))
		if outcome, _ := FailureOf(err); outcome != crawler.Timeout {
			t.Errorf("is %s: %v", outcome, err)
		}
		if took := time.Since(started); took > 11*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func wholeBody(t *testing.T, body []byte, encoding string, limit int64) ([]byte, error) {
	t.Helper()
	base := &roundTrips{answers: []func(*http.Request) (*http.Response, error){func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Encoding": {encoding}}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: -1}, nil
	}}}
	res, err := (&Buffered{Base: base, Limit: limit}).RoundTrip(httptest.NewRequest("GET", "https://example.com/", nil))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(res.Body)
}

func compressed(t *testing.T, encoding, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch encoding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "flate":
		w, err = flate.NewWriter(&b, 6)
	case "br":
		w = brotli.NewWriterLevel(&b, 1)
	case "zstd":
		w, err = zstd.NewWriter(&b)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
