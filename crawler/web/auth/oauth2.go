package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// OAuth2 is a bearer token that is fetched with client credentials (RFC 6749, section 4.4), and again before
// it expires. It prints without its secrets.
type OAuth2 struct {
	TokenURL               string // gets the client's credentials, and never the token
	ClientID, ClientSecret string
	Scopes                 []string
	Audience               string // required by Auth0, among others; may be empty
}

const stepToken = "get an OAuth2 token"

// tokenTimeout bounds one request for a token.
const tokenTimeout = 30 * time.Second

// issuer fetches tokens and keeps the valid one. Several goroutines may use it at once. They share one
// request.
type issuer struct {
	config    clientcredentials.Config
	url       *url.URL
	secrets   *mask
	transport http.RoundTripper // makes the requests to the token URL

	given   func(*oauth2.Token) // called for each token; may be nil
	turn    chan struct{}       // holds a value while nobody uses the fields below
	token   *oauth2.Token       // nil before the first
	renewAt time.Time           // when to fetch the next; zero if the token does not expire
}

func newIssuer(c OAuth2, secrets *mask) (*issuer, error) {
	u, err := url.Parse(c.TokenURL)
	if err != nil {
		return nil, errors.New("oauth2: token_url is not a URL")
	}
	if _, ok := originOf(u); !ok {
		return nil, fmt.Errorf("oauth2: token_url %s is not an http or https URL with a host", display(u))
	}
	if c.ClientID == "" || c.ClientSecret == "" {
		return nil, errors.New("oauth2: client_id and client_secret are both needed")
	}
	i := &issuer{url: u, secrets: secrets, turn: make(chan struct{}, 1), config: clientcredentials.Config{
		ClientID: c.ClientID, ClientSecret: c.ClientSecret, TokenURL: c.TokenURL, Scopes: c.Scopes,
	}}
	if c.Audience != "" {
		i.config.EndpointParams = url.Values{"audience": {c.Audience}}
	}
	i.turn <- struct{}{}
	return i, nil
}

// valid returns a token that does not expire during a request.
func (i *issuer) valid(ctx context.Context) (*oauth2.Token, error) { return i.get(ctx, false) }

// renewed returns a new token, even if the old one seems valid.
func (i *issuer) renewed(ctx context.Context) (*oauth2.Token, error) { return i.get(ctx, true) }

func (i *issuer) get(ctx context.Context, anew bool) (*oauth2.Token, error) {
	select {
	case <-i.turn:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { i.turn <- struct{}{} }()
	if !anew && i.token != nil && (i.renewAt.IsZero() || time.Now().Before(i.renewAt)) {
		return i.token, nil
	}
	token, err := i.fetch(ctx)
	if err != nil {
		return nil, err
	}
	i.token, i.renewAt = token, renewal(time.Now(), token.Expiry)
	return token, nil
}

// renewal returns when to replace a token: a minute before it expires, or after nine tenths of a shorter
// life.
func renewal(now, expiry time.Time) time.Time {
	if expiry.IsZero() {
		return expiry
	}
	return expiry.Add(-min(time.Minute, expiry.Sub(now)/10))
}

// fetch requests a token. It follows no redirect, because the secret is for the configured address only.
func (i *issuer) fetch(ctx context.Context) (*oauth2.Token, error) {
	client := &http.Client{Transport: i.transport, Timeout: tokenTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	token, err := i.config.Token(context.WithValue(ctx, oauth2.HTTPClient, client))
	if err == nil {
		i.secrets.add(token.AccessToken)
		if i.given != nil {
			i.given(token)
		}
		return token, nil
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return nil, i.refusal(err)
}

// refusal describes the error of a token request for people.
func (i *issuer) refusal(err error) *LoginError {
	e := &LoginError{Step: stepToken, URL: i.secrets.url(i.url)}
	var answered *oauth2.RetrieveError
	if !errors.As(err, &answered) {
		if ue := (*url.Error)(nil); errors.As(err, &ue) {
			err = ue.Err
		}
		e.Err, e.Hint = i.secrets.error(err), networkHint(err)
		if strings.Contains(err.Error(), "oauth2:") { // a 200 without a token
			e.Hint = "the answer is no token; check token_url"
		}
		return e
	}
	status := 0
	if answered.Response != nil {
		status = answered.Response.StatusCode
	}
	said := answered.ErrorCode
	if answered.ErrorDescription != "" {
		said = strings.TrimPrefix(said+": "+answered.ErrorDescription, ": ")
	}
	e.Status, e.Message = status, shorten(i.secrets.text(collapse(said)), maxText)
	e.Hint = i.hint(status, answered.ErrorCode)
	return e
}

// hint says what to do about an error code of RFC 6749, section 5.2, or else about the status.
func (i *issuer) hint(status int, code string) string {
	switch code {
	case "invalid_client", "unauthorized_client":
		return "check client_id and client_secret, and that the client may use the client_credentials grant"
	case "invalid_scope":
		return "check scopes: the client may not have what is asked for, or nothing may be asked for at all"
	case "unsupported_grant_type":
		return "the server does not offer client credentials at this address; check token_url"
	case "invalid_request", "invalid_target":
		return "the server misses something; it may want an audience, or scopes"
	case "access_denied":
		return "the client is not allowed in; check audience and scopes, and its permissions at the server"
	}
	switch {
	case status == http.StatusTooManyRequests, status >= 500:
		return "the token server itself failed or is busy; try again later"
	case status >= 300 && status < 400:
		return "the address leads elsewhere, and the secret is not sent there; set token_url to where it leads"
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return "check client_id and client_secret"
	default:
		return "check token_url"
	}
}

// login fetches a new token and describes it.
func (i *issuer) login(ctx context.Context) (seen string, err error) {
	asked := "POST " + i.secrets.url(i.url)
	token, err := i.renewed(ctx)
	if err != nil {
		if e := (*LoginError)(nil); errors.As(err, &e) && e.Status != 0 {
			return fmt.Sprintf("%s → %d", asked, e.Status), err
		}
		return asked, err
	}
	lasting := "it does not say for how long"
	if !token.Expiry.IsZero() {
		lasting = "valid for " + span(time.Until(token.Expiry)) + ", " + until(token.Expiry)
	}
	return fmt.Sprintf("%s: a %s token, %s", asked, token.Type(), lasting), nil
}
