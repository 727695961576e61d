package auth

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Certificate is a client certificate (mutual TLS) in PEM. It prints without its secrets.
type Certificate struct {
	Cert []byte // the certificate, followed by the intermediate ones
	Key  []byte // its private key, unencrypted
	CA   []byte // authorities to trust for servers, besides the system's; may be empty
}

const stepCertificate = "present the client certificate"

// clientCertificate is a parsed Certificate.
type clientCertificate struct {
	pair tls.Certificate
	ca   []byte
}

func newClientCertificate(c Certificate) (*clientCertificate, error) {
	pair, err := tls.X509KeyPair(c.Cert, c.Key)
	if err != nil {
		return nil, fmt.Errorf("client_certificate: %w", err)
	}
	if len(c.CA) > 0 && !x509.NewCertPool().AppendCertsFromPEM(c.CA) {
		return nil, errors.New("client_certificate: ca holds no certificate")
	}
	return &clientCertificate{pair, c.CA}, nil
}

// login describes the certificate. It returns an error if the certificate is not valid now, because servers
// do not say so when they refuse it.
func (c *clientCertificate) login(s *Session) (seen string, err error) {
	leaf := c.pair.Leaf
	seen = fmt.Sprintf("client certificate %s: valid %s", leaf.Subject, until(leaf.NotAfter))
	refused := &LoginError{Step: stepCertificate, URL: s.secrets.url(s.start)}
	switch now := time.Now(); {
	case now.After(leaf.NotAfter):
		refused.Hint = fmt.Sprintf("the client certificate expired on %s: have it renewed", date(leaf.NotAfter))
	case now.Before(leaf.NotBefore):
		refused.Hint = fmt.Sprintf("the client certificate is valid from %s only: check this machine's clock",
			date(leaf.NotBefore))
	default:
		return seen, nil
	}
	refused.Err = errors.New("it is not valid today")
	return seen, refused
}

// Connections returns two transports that connect like base: inside, which is given to [Session.Transport],
// and outside, for visitors without credentials. Without a client certificate both are base. With one, base
// must be a *[http.Transport]. inside presents the certificate to the source's own origin only, and both
// trust the configured authorities.
//
// From then on, requests for OAuth2 tokens use inside.
func (s *Session) Connections(base http.RoundTripper) (inside, outside http.RoundTripper, err error) {
	inside, outside = base, base
	if s.certificate != nil {
		t, ok := base.(*http.Transport)
		if !ok {
			return nil, nil, fmt.Errorf("use the client certificate: the connections are made by a %T", base)
		}
		trusting := s.certificate.trusting(t)
		presenting := trusting.Clone()
		presenting.TLSClientConfig.Certificates = []tls.Certificate{s.certificate.pair}
		inside, outside = &byOrigin{own: s.own, inside: presenting, others: trusting}, trusting
	}
	if s.oauth2 != nil {
		s.oauth2.transport = &tokenTransport{s, inside}
	}
	return inside, outside, nil
}

// trusting returns a clone of base that also trusts the configured authorities.
func (c *clientCertificate) trusting(base *http.Transport) *http.Transport {
	t := base.Clone()
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if len(c.ca) == 0 {
		return t
	}
	pool := t.TLSClientConfig.RootCAs
	if pool == nil {
		if system, err := x509.SystemCertPool(); err == nil {
			pool = system
		} else {
			pool = x509.NewCertPool()
		}
	}
	pool = pool.Clone()
	pool.AppendCertsFromPEM(c.ca)
	t.TLSClientConfig.RootCAs = pool
	return t
}

// byOrigin uses separate connections for the source's own origin.
type byOrigin struct {
	own            origin
	inside, others *http.Transport
}

func (t *byOrigin) RoundTrip(r *http.Request) (*http.Response, error) {
	if at, _ := originOf(r.URL); at == t.own {
		return t.inside.RoundTrip(r)
	}
	return t.others.RoundTrip(r)
}

// CloseIdleConnections implements [http.Client.CloseIdleConnections] for both transports.
func (t *byOrigin) CloseIdleConnections() {
	t.inside.CloseIdleConnections()
	t.others.CloseIdleConnections()
}
