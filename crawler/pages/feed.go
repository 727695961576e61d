package pages

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/listing"
	"github.com/fincrawl/fincrawl/crawler/web/auth"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/internal/secrets"
)

// Feed is a URL that answers with a list.
type Feed struct {
	Address *url.URL
	Auth    auth.Config
	// Client says how requests are made. Timeout is the longest time until an answer begins.
	Client  fetch.ClientConfig
	Secrets *secrets.Set // learns what the login gives
}

// maxParts is the largest number of parts of a list.
const maxParts = 10_000

// mediaType is the type of a list.
const mediaType = "application/x-ndjson"

// get logs in, requests the list part by part, and has it read.
func (f *Feed) get(ctx context.Context, ask listing.Ask, read func(io.Reader) (string, error)) error {
	session, err := auth.New(f.Address, f.Auth)
	if err != nil {
		return listing.Faultf("%v", err)
	}
	config := f.Client
	config.MaxFile = config.MaxBody
	config.FileRedirect = func(*http.Request, []*http.Request) error { return nil }
	clients, err := fetch.NewClients(config, session)
	if err != nil {
		return err
	}
	defer clients.CloseIdle()
	if f.Secrets != nil {
		session.Feed(f.Secrets, clients.Jar)
	}
	clients.Stream.CheckRedirect = f.stays
	if _, err := session.Login(ctx, clients.Files); err != nil {
		return failure(ctx, "log in", err)
	}
	at, asked := f.Address, map[string]bool{}
	if ask.Cursor != "" {
		q := at.Query()
		q.Set("cursor", ask.Cursor)
		at = &url.URL{Scheme: at.Scheme, Host: at.Host, Path: at.Path, RawPath: at.RawPath, RawQuery: q.Encode()}
	}
	for range maxParts {
		asked[at.String()] = true
		next, err := f.part(ctx, clients.Stream, at, read)
		if err != nil || next == "" {
			return err
		}
		if at, err = f.follow(at, next); err != nil {
			return err
		}
		if asked[at.String()] {
			return listing.Faultf("the list goes round in circles: next leads to %s again", at.Redacted())
		}
	}
	return listing.Faultf("the list has more than %d parts", maxParts)
}

// stays refuses redirects to another origin.
func (f *Feed) stays(next *http.Request, via []*http.Request) error {
	if !sameOrigin(next.URL, f.Address) {
		return listing.Faultf("the list redirects to another site, %s: set url to where it is", next.URL.Host)
	}
	if len(via) > 10 {
		return listing.Faultf("the list redirects in circles")
	}
	return nil
}

func sameOrigin(a, b *url.URL) bool { return a.Scheme == b.Scheme && a.Host == b.Host }

// follow returns the address of the next part.
func (f *Feed) follow(at *url.URL, next string) (*url.URL, error) {
	to, err := at.Parse(next)
	if err != nil || !sameOrigin(to, f.Address) {
		return nil, listing.Faultf("next leads to another site: %q", next)
	}
	return to, nil
}

// part requests one part.
func (f *Feed) part(
	ctx context.Context, client *http.Client, at *url.URL, read func(io.Reader) (string, error),
) (next string, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	begins := time.AfterFunc(max(f.Client.Timeout, time.Second), func() {
		cancel(&listing.Fault{Outcome: crawler.Timeout, Detail: fmt.Sprintf("no answer in %s (fetch.timeout)", f.Client.Timeout)})
	})
	defer begins.Stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return "", listing.Faultf("%v", err)
	}
	for name, value := range f.Client.Headers {
		request.Header.Set(name, value)
	}
	request.Header.Set("User-Agent", f.Client.UserAgent)
	request.Header.Set("Accept", mediaType)
	request.Header.Set("Accept-Encoding", "identity")
	answer, err := client.Do(request)
	if err != nil {
		return "", failure(ctx, "request the list", err)
	}
	begins.Stop()
	defer answer.Body.Close()
	if outcome, detail := fetch.FailureOfStatus(answer.StatusCode); outcome != "" {
		if !outcome.Failed() {
			outcome = crawler.Rejected
		}
		return "", &listing.Fault{Outcome: outcome, Detail: "the list answers " + detail}
	}
	if answer.StatusCode != http.StatusOK {
		return "", listing.Faultf("the list answers HTTP %d", answer.StatusCode)
	}
	if kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type")); kind == "text/html" {
		return "", &listing.Fault{Outcome: crawler.LoginWall, Detail: "the list is a web page, perhaps a login: see auth"}
	}
	if coding := answer.Header.Get("Content-Encoding"); coding != "" {
		return "", &listing.Fault{Outcome: crawler.BadEncoding, Detail: "the list is compressed, which was not asked for: " + coding}
	}
	return read(answer.Body)
}

// failure returns the fault of a request that failed.
func failure(ctx context.Context, doing string, err error) error {
	var fault *listing.Fault
	if errors.As(err, &fault) {
		return fault
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	outcome, detail := fetch.FailureOf(err)
	if !outcome.Failed() {
		outcome = crawler.BadListing
	}
	return &listing.Fault{Outcome: outcome, Detail: doing + ": " + detail}
}
