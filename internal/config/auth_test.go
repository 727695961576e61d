package config_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/internal/config"
)

func TestWaysInCombine(t *testing.T) {
	folder := t.TempDir()
	cert, key := newPair(t)
	for name, text := range map[string]string{
		"client.crt": cert, "client.key": key, "cookies.txt": "# Netscape HTTP Cookie File\nexample.com\tFALSE\t/\tTRUE\t0\ta\tb\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(folder, "sources.yaml")
	text := `version: 1
intercom: {token: "${T}"}
sources:
  - name: a
    url: https://a.example.com/
    auth:
      client_certificate: {cert: client.crt, key: file:client.key, ca: client.crt}
      headers: {CF-Access-Client-Id: "${A}", CF-Access-Client-Secret: "${B}"}
      cookie_file: ${FOLDER}/cookies.txt
      oauth2: {token_url: "https://login.example.com/token", client_id: "me", client_secret: "${B}", scopes: read, audience: wiki}
      form:
        url: https://a.example.com/login
        steps:
          - fields: {user: sam}
          - fields: {password: "${B}"}
          - {submit: "button.yes", optional: true}
      keep_session: ${KEY}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("k", 32)
	c, err := config.Load(path, environment(map[string]string{"T": "t", "A": "id", "B": "s3cret", "KEY": long, "FOLDER": folder}))
	if err != nil {
		t.Fatal(err)
	}
	a := c.Sources[0].Auth
	got := []string{
		a.Certificate.Cert.Reveal(), a.Certificate.Key.Reveal(), a.Certificate.CA.Reveal(),
		a.Headers["CF-Access-Client-Secret"].Reveal(), a.OAuth2.ClientID.Reveal(), a.OAuth2.ClientSecret.Reveal(),
		strings.Join(a.OAuth2.Scopes, " "), a.OAuth2.Audience,
		a.Form.Steps[0].Fields["user"].Reveal(), a.Form.Steps[1].Fields["password"].Reveal(), a.Form.Steps[2].Submit,
		fmt.Sprint(a.Form.Steps[2].Optional), a.KeepSession.Reveal(),
	}
	want := []string{cert, key, cert, "s3cret", "me", "s3cret", "read", "wiki", "sam", "s3cret", "button.yes", "true", long}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("auth (-want +got):\n%s", diff)
	}
	if !strings.Contains(a.CookieFile.Reveal(), "example.com") {
		t.Errorf("the cookie file was not read")
	}
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		if printed := fmt.Sprintf(verb, a); strings.Contains(printed, "s3cret") || strings.Contains(printed, "BEGIN") || strings.Contains(printed, long) {
			t.Errorf("%s prints %s", verb, printed)
		}
	}
}

func TestACertificateThatCannotBeUsedIsNamed(t *testing.T) {
	cert, key := newPair(t)
	_, otherKey := newPair(t)
	for name, test := range map[string]struct{ cert, key, want string }{
		"a key of another certificate": {cert, otherKey, "do not go together"},
		"an encrypted key":             {cert, "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGy\n-----END ENCRYPTED PRIVATE KEY-----\n", "the key is encrypted"},
		"an old encrypted key": {cert, "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMIGy\n-----END RSA PRIVATE KEY-----\n",
			"the key is encrypted"},
		"the two exchanged":          {key, cert, "cert holds no certificate"},
		"a certificate for a key":    {cert, cert, "key holds no private key"},
		"both in one file":           {cert + key, cert + key, ""},
		"a certificate cut in two":   {cert[:len(cert)/2], key, "cert holds no certificate"},
		"a broken certificate":       {"-----BEGIN CERTIFICATE-----\nMIGy\n-----END CERTIFICATE-----\n", key, "do not go together"},
		"text before the PEM blocks": {"Bag Attributes\n" + cert, "Bag Attributes\n" + key, ""},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for file, text := range map[string]string{"c.pem": test.cert, "k.pem": test.key, "sources.yaml": `version: 1
intercom: {token: "${T}"}
sources: [{name: a, url: "https://a.example.com/", auth: {client_certificate: {cert: c.pem, key: k.pem}}}]
`} {
				if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := config.Load(filepath.Join(folder, "sources.yaml"), environment(map[string]string{"T": "t"}))
			if (test.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// newPair is a certificate that signs itself, with its key, in PEM.
func newPair(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}))
}
