package notify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Webhook takes messages by HTTP.
type Webhook struct {
	URL      string // which is a secret: whoever knows it may post there
	Slack    bool   // the body is as Slack's incoming webhooks have it
	Template *Template
	Headers  map[string]string

	Transport http.RoundTripper                          // nil: http.DefaultTransport
	Wait      func(context.Context, time.Duration) error // before it is tried again
}

const (
	webhookTries   = 3
	webhookTimeout = 10 * time.Second
	longestAnswer  = 200 // bytes of an answer that are shown
)

// Key is what the webhook is called in the state file. It does not tell the address.
func (w *Webhook) Key() string {
	sum := sha256.Sum256([]byte(w.URL))
	return "webhook " + hex.EncodeToString(sum[:6])
}

// Tell posts a message. Its error does not tell the address.
func (w *Webhook) Tell(ctx context.Context, m Message) error {
	body, err := w.body(m)
	if err != nil {
		return fmt.Errorf("make the message: %w", err)
	}
	for try := 1; ; try++ {
		again, err := w.post(ctx, body)
		if err == nil || !again || try == webhookTries {
			return err
		}
		if w.Wait(ctx, time.Duration(try)*time.Second) != nil {
			return err
		}
	}
}

func (w *Webhook) body(m Message) ([]byte, error) {
	switch {
	case w.Template != nil:
		return w.Template.body(m)
	case w.Slack:
		return encode(map[string]string{"text": EscapeText(m.Text)})
	}
	type guard struct {
		Name    string `json:"name"`
		Changes int    `json:"changes"`
	}
	type source struct {
		Name       string   `json:"name"`
		Event      Event    `json:"event"`
		Text       string   `json:"text"`
		FailedRuns int      `json:"failed_runs"`
		Failing    string   `json:"failing_since,omitempty"`
		Error      string   `json:"error,omitempty"`
		Held       int      `json:"held"`
		Guards     []guard  `json:"guards"`
		Refused    int      `json:"refused"`
		Commands   []string `json:"commands"`
	}
	list := []source{}
	for _, s := range m.Sources {
		guards := []guard{}
		for _, g := range s.Guards {
			guards = append(guards, guard(g))
		}
		list = append(list, source{s.Name, s.Event, s.Text, s.FailedRuns, s.Failing, s.Error, s.Held, guards, s.Refused, s.Commands})
	}
	return encode(map[string]any{"format_version": 1, "run": m.Run, "workspace": m.Workspace, "text": m.Text, "sources": list})
}

// EscapeText escapes the three characters that HTML and Slack's text give a meaning.
func EscapeText(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// post makes one try, and reports whether another may help.
func (w *Webhook) post(ctx context.Context, body []byte) (again bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, webhookTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return false, errors.New("the webhook's address is none")
	}
	req.Header.Set("Content-Type", "application/json")
	for name, value := range w.Headers {
		req.Header.Set(name, value)
	}
	client := http.Client{Transport: w.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		var withAddress *url.Error
		if errors.As(err, &withAddress) {
			err = withAddress.Err
		}
		return true, fmt.Errorf("post to the webhook: %w", err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(resp.Body, longestAnswer))
	if resp.StatusCode >= 200 && resp.StatusCode <= 299 {
		return false, nil
	}
	return resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests,
		fmt.Errorf("post to the webhook: HTTP %d: %s", resp.StatusCode, strings.TrimSpace(strings.ReplaceAll(string(text), w.URL, "[address]")))
}
