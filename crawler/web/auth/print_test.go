package auth_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler/web/auth"
)

func TestNothingPrintsASecret(t *testing.T) {
	const secret = "s3cret"
	start := &url.URL{Scheme: "https", Host: "help.example.com"}
	configs := map[string]auth.Config{
		"basic (hidden)":           {Basic: &auth.Basic{Username: secret, Password: secret}},
		"bearer (hidden)":          {Bearer: secret},
		"headers X-Key (hidden)":   {Headers: map[string]string{"X-Key": secret}},
		"cookies session (hidden)": {Cookies: map[string]string{"session": secret}},
		"form https://sso.example.com/login?token=••• with password, username (hidden)": {Form: &auth.Form{
			URL:    "https://u:" + secret + "@sso.example.com/login?token=" + secret,
			Fields: map[string]string{"username": secret, "password": secret},
		}},
		"form https://sso.example.com/login with user, then password (hidden), keep_session (hidden)": {KeepSession: secret, Form: &auth.Form{
			URL:   "https://sso.example.com/login",
			Steps: []auth.Step{{Fields: map[string]string{"user": secret}}, {Fields: map[string]string{"password": secret}}},
		}},
		"digest (hidden), headers X-Key (hidden), cookie_file (hidden)": {Digest: &auth.Basic{Username: secret, Password: secret},
			Headers: map[string]string{"X-Key": secret}, CookieFile: "help.example.com\tFALSE\t/\tTRUE\t0\tsession\t" + secret},
		"oauth2 https://sso.example.com/token (hidden)": {OAuth2: &auth.OAuth2{
			TokenURL: "https://u:" + secret + "@sso.example.com/token", ClientID: "id", ClientSecret: secret}},
		"none": {},
	}
	for want, config := range configs {
		t.Run(want, func(t *testing.T) {
			if got := config.String(); got != want {
				t.Errorf("String() = %q, want %q", got, want)
			}
			session, err := auth.New(start, config)
			if err != nil {
				t.Fatal(err)
			}
			values := []any{config, &config, session, []auth.Config{config}, struct{ Auth auth.Config }{config}, config.Basic, config.Form}
			if config.Basic != nil {
				values = append(values, *config.Basic)
			}
			if config.Form != nil {
				values = append(values, *config.Form, config.Form.Steps)
			}
			if config.OAuth2 != nil {
				values = append(values, *config.OAuth2, config.OAuth2)
			}
			for _, value := range values {
				for _, printed := range everyPrint(t, value) {
					if strings.Contains(printed, secret) || strings.Contains(printed, fmt.Sprintf("%x", secret)) ||
						strings.Contains(printed, "115 51 99") {
						t.Errorf("%T prints as %s", value, printed)
					}
				}
			}
		})
	}
}

func everyPrint(t *testing.T, value any) (printed []string) {
	t.Helper()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X"} {
		printed = append(printed, fmt.Sprintf(verb, value))
	}
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("m", "value", value)
	slog.New(slog.NewTextHandler(&logged, nil)).Info("m", "value", value)
	encoded, err := json.Marshal(value)
	if err != nil {
		t.Errorf("marshal %T: %v", value, err)
	}
	return append(printed, logged.String(), string(encoded))
}

func TestACertificatePrintsWithoutItsKey(t *testing.T) {
	pair := newPair(t, "reader", inAYear)
	config := auth.Config{Certificate: pair}
	for _, value := range []any{config, &config, *pair, pair} {
		for _, printed := range everyPrint(t, value) {
			if strings.Contains(printed, "BEGIN") || strings.Contains(printed, "LS0tLS1CRUdJTi") || strings.Contains(printed, "45 45 45 45 45") {
				t.Errorf("%T prints as %s", value, printed)
			}
		}
	}
	if got := config.String(); got != "client_certificate (hidden)" {
		t.Errorf("String() = %q", got)
	}
}
