package config

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"strings"
)

// certificate is a client certificate in PEM files. They are read here, so that a mismatch is reported
// before a server does.
func (d *decoder) certificate(to **Certificate) value {
	c := new(Certificate)
	keys := fields{
		{"cert", required(d.secretText(&c.Cert, "client.crt"), "cert: /run/secrets/client.crt")},
		{"key", required(d.secretText(&c.Key, "client.key"), "key: /run/secrets/client.key")},
		{"ca", d.secretText(&c.CA, "ca.crt")},
	}
	return value{inside: keys, read: func(e entry) {
		*to = c
		given := d.mapping(e, keys)
		if ca, ok := given["ca"]; ok && c.CA.Reveal() != "" && !x509.NewCertPool().AppendCertsFromPEM([]byte(c.CA.Reveal())) {
			d.mistake(ca.node, "the file of ca holds no certificate in PEM")
		}
		if cert, key := c.Cert.Reveal(), c.Key.Reveal(); cert != "" && key != "" {
			d.pair(given["cert"], given["key"], cert, key)
		}
	}}
}

// trust has the authorities that are trusted at the source besides those of the system.
func (d *decoder) trust(t *TLS) value {
	keys := fields{{"ca", required(d.secretText(&t.CA, "ca.crt"), "ca: /run/secrets/ca.crt")}}
	return value{inside: keys, read: func(e entry) {
		given := d.mapping(e, keys)
		if ca, ok := given["ca"]; ok && t.CA.Reveal() != "" && !x509.NewCertPool().AppendCertsFromPEM([]byte(t.CA.Reveal())) {
			d.mistake(ca.node, "the file of ca holds no certificate in PEM")
		}
	}}
}

// pair checks that a certificate and a key can be read and match.
func (d *decoder) pair(at, keyAt entry, cert, key string) {
	switch {
	case !hasBlock(cert, "CERTIFICATE"):
		d.mistake(at.node, "the file of cert holds no certificate in PEM; "+
			"convert a .p12 by: openssl pkcs12 -in FILE -nokeys")
	case hasBlock(key, "ENCRYPTED PRIVATE KEY"), strings.Contains(key, "Proc-Type: 4,ENCRYPTED"):
		d.mistake(keyAt.node, "the key is encrypted, and nobody is there to type its password: "+
			"decrypt it by openssl pkey -in FILE -out NEW, and keep the new file as you keep a password")
	case !hasBlock(key, "PRIVATE KEY"):
		d.mistake(keyAt.node, "the file of key holds no private key in PEM")
	default:
		if _, err := tls.X509KeyPair([]byte(cert), []byte(key)); err != nil {
			why := strings.TrimPrefix(err.Error(), "tls: ")
			d.mistake(keyAt.node, "the key and the certificate do not go together: %s", why)
		}
	}
}

// hasBlock reports whether text has a PEM block whose type ends in kind.
func hasBlock(text, kind string) bool {
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return false
		}
		if strings.HasSuffix(block.Type, kind) {
			return true
		}
	}
}
