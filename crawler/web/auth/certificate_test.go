package auth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/crawler/web/auth"
)

func TestAClientCertificateOpensASiteOfACompanysOwnAuthority(t *testing.T) {
	authority := newAuthority(t)
	site := &recorder{}
	base, trust := serveTLS(t, authority, site)
	trust.TLSClientConfig = nil // the authority is configured, not the system's
	pair := newPair(t, "reader", inAYear)
	pair.CA = authority.cert
	session, client := newClientThrough(t, trust, base, auth.Config{Certificate: pair})
	seen, err := session.Login(t.Context(), client)
	if err != nil || len(seen) != 1 || !strings.HasPrefix(seen[0], "client certificate CN=reader: valid until 2") {
		t.Fatalf("saw %q, %v", seen, err)
	}
	get(t, client, base+"/")
	if got := site.all()[0].TLS.PeerCertificates; len(got) != 1 || got[0].Subject.CommonName != "reader" {
		t.Errorf("the site was presented %d certificates", len(got))
	}
}

func TestAnExpiredClientCertificateIsSaidBeforeAServerRefusesIt(t *testing.T) {
	for want, expires := range map[string]time.Time{"expired on": time.Now().Add(-time.Hour), "this machine's clock": time.Now().Add(100 * 24 * time.Hour)} {
		session, client := newClientThrough(t, &http.Transport{}, "https://wiki.example.com/", auth.Config{Certificate: newPair(t, "reader", expires)})
		_, err := session.Login(t.Context(), client)
		if e := loginError(t, err); e.Step != "present the client certificate" || !strings.Contains(e.Hint, want) {
			t.Errorf("got %v, want a hint with %q", err, want)
		}
	}
}

func TestACertificateNeedsConnectionsOfOurOwn(t *testing.T) {
	session, err := auth.New(mustParse(t, "https://wiki.example.com/"), auth.Config{Certificate: newPair(t, "reader", inAYear)})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := session.Connections(roundTripper{}); err == nil || !strings.Contains(err.Error(), "client certificate") {
		t.Errorf("error is %v", err)
	}
}

type roundTripper struct{}

func (roundTripper) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New("no") }

// inAYear is when certificates expire that are valid now.
var inAYear = time.Now().Add(365 * 24 * time.Hour)

// signer is an authority that exists for one test.
type signer struct {
	pair tls.Certificate
	cert []byte // PEM
}

func newAuthority(t *testing.T) signer {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Company CA"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: inAYear, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	cert, key := signed(t, template, nil)
	return signer{x509Pair(t, cert, key), cert}
}

func (s signer) signs(t *testing.T, host string, expires time.Time) tls.Certificate {
	t.Helper()
	cert, key := signed(t, &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: expires, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}, &s)
	return x509Pair(t, cert, key)
}

// newPair is a client certificate that signs itself. One that does not
// expire in a year is valid for the day before it does.
func newPair(t *testing.T, name string, expires time.Time) *auth.Certificate {
	t.Helper()
	begins := time.Now().Add(-time.Hour)
	if expires != inAYear {
		begins = expires.Add(-24 * time.Hour)
	}
	cert, key := signed(t, &x509.Certificate{SerialNumber: big.NewInt(3), Subject: pkix.Name{CommonName: name},
		NotBefore: begins, NotAfter: expires, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, nil)
	return &auth.Certificate{Cert: cert, Key: key}
}

// signed makes a certificate and its key, signed by itself where by is nil.
func signed(t *testing.T, template *x509.Certificate, by *signer) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	parent, parentKey := template, any(private)
	if by != nil {
		parent, parentKey = by.pair.Leaf, by.pair.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, private.Public(), parentKey)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})
}

func x509Pair(t *testing.T, cert, key []byte) tls.Certificate {
	t.Helper()
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	return pair
}
