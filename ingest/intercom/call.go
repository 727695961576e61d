package intercom

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/go-json-experiment/json/jsontext"
)

const (
	maxTries       = 6
	requestTimeout = time.Minute      // for one try, with the body of its answer
	callTimeout    = 15 * time.Minute // for all tries and the waiting between them
	maxAnswer      = 256 << 20        // bytes; a list page contains the HTML of all its pages
)

// call describes one call of the API.
type call struct {
	method, path string
	query        url.Values
	body         any
	// once is set where a repeat could do harm. Then only a call that surely did nothing is repeated.
	once bool
}

// do makes a call and repeats it where that may help. It decodes the answer into out, unless
// out is nil.
func (c *Client) do(ctx context.Context, call call, out any) error {
	body, err := encode(call.body)
	if err != nil {
		return fmt.Errorf("encode %s %s: %w", call.method, call.path, err)
	}
	callers := ctx
	ctx, cancel := context.WithTimeoutCause(ctx, callTimeout, timeout{"given up after", callTimeout})
	defer cancel()
	pace := newBackoff()
	for try := 1; ; try++ {
		if c.circuit.broken() {
			return fmt.Errorf("%s %s: %w", call.method, call.path, ErrDown)
		}
		err := c.try(ctx, call, body, out)
		switch {
		case callers.Err() != nil:
			return err
		case err == nil || KindOf(err) != Transient:
			c.circuit.answered()
			return err
		case try == maxTries || ctx.Err() != nil:
			return c.circuit.failed(err)
		case call.once && !answered(err, http.StatusTooManyRequests): // the API may have carried it out
			return err
		}
		wait := pace.NextBackOff()
		if answered(err, http.StatusTooManyRequests) {
			wait = 0 // the budget makes all calls wait
		}
		c.log.WarnContext(ctx, "call of the API is tried again", "error", err, "try", try+1, "wait", wait)
		if c.wait(ctx, wait) != nil {
			return err
		}
		c.usage.repeated()
	}
}

// try makes one request as soon as the budget allows it.
func (c *Client) try(ctx context.Context, call call, body []byte, out any) error {
	began := time.Now()
	booked, err := c.budget.wait(ctx)
	c.usage.waitedFor(time.Since(began))
	if err != nil {
		return fmt.Errorf("%s %s: wait for the rate limit: %w", call.method, call.path, reason(ctx, err))
	}
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, timeout{"no answer within", requestTimeout})
	defer cancel()
	resp, err := c.send(ctx, call, body)
	c.usage.ended(resp)
	if err != nil {
		c.budget.failed()
		return fmt.Errorf("%s %s: %w", call.method, call.path, reason(ctx, err))
	}
	defer resp.Body.Close()
	c.budget.answered(booked, resp)

	answer := bufio.NewReaderSize(io.LimitReader(resp.Body, maxAnswer), startOfAnswer)
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		text, _ := io.ReadAll(answer)
		return c.refusal(call, resp, text) // text may be incomplete
	}
	if err := take(resp, answer, out); err != nil {
		return &Error{
			Method: call.method, Path: call.path, Status: resp.StatusCode,
			Message:   fmt.Sprintf("the answer can't be read: %v", reason(ctx, err)),
			RequestID: resp.Header.Get("X-Request-Id"),
		}
	}
	return nil
}

func (c *Client) send(ctx context.Context, call call, body []byte) (*http.Response, error) {
	address := c.base + call.path
	if len(call.query) > 0 {
		address += "?" + call.query.Encode()
	}
	var content io.Reader
	if body != nil {
		content = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, call.method, address, content)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Intercom-Version", c.version)
	req.Header.Set("User-Agent", c.userAgent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return c.http.Do(req)
}

// refusal returns the error for an answer that is not a success.
func (c *Client) refusal(call call, resp *http.Response, answer []byte) *Error {
	e := readError(resp, answer)
	e.Method, e.Path = call.method, call.path
	if c.token != "" {
		e.Message = strings.ReplaceAll(e.Message, c.token, "[token]")
	}
	return e
}

func encode(body any) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // escaping would make the HTML of pages half as large again
	err := e.Encode(body)
	return b.Bytes(), err
}

// take decodes an answer into out, unless out is nil. It decodes while the answer arrives, so
// that the HTML of a list page is in memory only once. The answer has to have the fields that
// were asked for: an empty object, or a page of an intermediary, is neither a page nor an
// import source nor an empty list.
func take(resp *http.Response, answer *bufio.Reader, out any) error {
	if out == nil {
		text, err := io.ReadAll(answer)
		if err == nil && isHTML(resp, trim(text)) {
			err = errWebPage
		}
		return err
	}
	start, _ := answer.Peek(startOfAnswer)
	start = bytes.Clone(start)
	_, _ = answer.Discard(len(start) - len(unmarked(start)))
	reflect.ValueOf(out).Elem().SetZero() // an earlier try may have set fields
	var broken *jsontext.SyntacticError
	switch err := decode(answer, out); {
	case errors.As(err, &broken) && isHTML(resp, trim(start)):
		return errWebPage
	case err != nil:
		return fmt.Errorf("decode its JSON: %w", err)
	}
	if v, ok := out.(interface{ missing() string }); ok {
		if field := v.missing(); field != "" {
			return fmt.Errorf("it has no %s", field)
		}
	}
	return nil
}

// startOfAnswer is how much of an answer is needed to tell a web page from JSON.
const startOfAnswer = 256 // bytes

// errWebPage reports an answer of something in front of the API. The call may not have
// reached the API.
var errWebPage = errors.New("it is a web page, not JSON")

// timeout reports that one of our own timeouts passed. It is not context.DeadlineExceeded,
// because only the caller's context ends further calls.
type timeout struct {
	what  string
	after time.Duration
}

func (t timeout) Error() string { return t.what + " " + t.after.String() }

// reason returns why a request failed. It leaves out the URL, which the caller names anyway,
// and adds the cause where a context ended.
func reason(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		cause := context.Cause(ctx)
		var ours timeout
		if errors.As(cause, &ours) || errors.Is(cause, ctx.Err()) {
			return cause
		}
		return fmt.Errorf("%w: %w", cause, ctx.Err())
	}
	var at *url.Error
	if errors.As(err, &at) {
		err = at.Err
	}
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("the connection was closed without an answer: %w", err)
	}
	return err
}

func answered(err error, status int) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == status
}

func untrusted(err error) bool {
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &certificate)
}

// newBackoff returns the pauses between tries: 1 s, 2 s, 4 s and so on, half of it random.
func newBackoff() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval = time.Second
	b.Multiplier = 2
	b.MaxInterval = 30 * time.Second
	b.Reset()
	return b
}
