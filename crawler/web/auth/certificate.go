package auth

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Certificate is a client certificate (mutual TLS), in PEM. It prints without
// its secrets.
type Certificate struct {
	Cert []byte // the certificate, and the intermediate ones after it
	Key  []byte // its private key, not encrypted
	CA   []byte // authorities that the servers' certificates may be signed by, besides the system's; may be empty
}

const stepCertificate = "present the client certificate"

// clientCertificate is a Certificate that was read.
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

// login tells of the certificate; one that is not valid now is an error, since
// servers say no more than that they do not like it.
func (c *clientCertificate) login(s *Session) (seen string, err error) {
	leaf := c.pair.Leaf
	seen = fmt.Sprintf("client certificate %s: valid %s", leaf.Subject, until(leaf.NotAfter))
	refused := &LoginError{Step: stepCertificate, URL: s.secrets.url(s.start)}
	switch now := time.Now(); {
	case now.After(leaf.NotAfter):
		refused.Hint = fmt.Sprintf("the client certificate expired on %s: have it renewed", date(leaf.NotAfter))
	case now.Before(leaf.NotBefore):
		refused.Hint = fmt.Sprintf("the client certificate is valid from %s only: check this machine's clock", date(leaf.NotBefore))
	default:
		return seen, nil
	}
	refused.Err = errors.New("it is not valid today")
	return seen, refused
}

// Connections makes of base, which makes connections, the one to be given to
// [Session.Transport], and one for visitors without credentials. Without a client
// certificate both are base. With one, base must be a *[http.Transport]: the
// certificate is presented to the source's own origin alone, and the configured
// authorities are trusted by both.
//
// Requests for OAuth2 tokens go through inside from then on.
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

// trusting is base that trusts the configured authorities, too.
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

// byOrigin keeps the connections to the source's own origin apart.
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

// CloseIdleConnections passes on what [http.Client.CloseIdleConnections] asks.
func (t *byOrigin) CloseIdleConnections() {
	t.inside.CloseIdleConnections()
	t.others.CloseIdleConnections()
}
