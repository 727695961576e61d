package secrets

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
)

// ways are what a site may do to a value before it shows it.
func ways() map[string]func(string) string {
	return map[string]func(string) string{
		"as it is":                 func(s string) string { return s },
		"in an address":            url.QueryEscape,
		"in a path":                url.PathEscape,
		"in an address, twice":     func(s string) string { return url.QueryEscape(url.QueryEscape(s)) },
		"in an address, small":     func(s string) string { return strings.ToLower(url.QueryEscape(s)) },
		"every byte of an address": everyByte,
		"in HTML":                  html.EscapeString,
		"in HTML, twice":           func(s string) string { return html.EscapeString(html.EscapeString(s)) },
		"by numbers in HTML":       byNumbers,
		"an address in HTML":       func(s string) string { return html.EscapeString(url.QueryEscape(s)) },
		"in JSON":                  inJSON,
		"in base64":                func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"in base64 after a name":   func(s string) string { return base64.StdEncoding.EncodeToString([]byte("mara:" + s)) },
		"in base64 after two":      func(s string) string { return base64.StdEncoding.EncodeToString([]byte("ab" + s + "c")) },
		"in base64 for addresses":  func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte("x" + s + "yz")) },
		"base64 in an address":     func(s string) string { return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(s))) },
		"base64 in lines":          func(s string) string { return inLines(base64.StdEncoding.EncodeToString([]byte("user:" + s))) },
		"in hexadecimal":           func(s string) string { return hex.EncodeToString([]byte(s)) },
		"in capitals":              strings.ToUpper,
		"with breaks":              inLines,
		"with soft hyphens":        func(s string) string { return s[:5] + "\u00ad" + s[5:9] + "\u200b" + s[9:] },
		"escaped for Markdown":     func(s string) string { return strings.ReplaceAll(s, "_", `\_`) },
	}
}

func everyByte(s string) string {
	var out strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&out, "%%%02X", s[i])
	}
	return out.String()
}

func byNumbers(s string) string {
	var out strings.Builder
	for i, r := range s {
		if i%2 == 0 {
			fmt.Fprintf(&out, "&#%d;", r)
		} else {
			fmt.Fprintf(&out, "&#x%x;", r)
		}
	}
	return out.String()
}

func inJSON(s string) string {
	text, _ := json.Marshal(s)
	return string(text)
}

func inLines(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i += 7 {
		out.WriteString(s[i:min(len(s), i+7)] + "\n ")
	}
	return out.String()
}

func values() []string {
	return []string{
		"pa55-of-mara-2026", `tr1cky&"<val>'ue+/=?`, "a_value_with_lines_1", "with blanks and 1 number", "7f0c9a4e-31b2-4d5f-9e77-0a1b2c3d4e5f",
		"x7#Kq9!z", "correct horse battery staple", strings.Repeat("Kj3_x9Q-", 40) + "the end of it",
		"-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n", 4) + "q81jFhPz02kLmnBvCxZaSdFgHjKlQwEr\n-----END PRIVATE KEY-----\n",
	}
}

func TestEveryWayToWriteASecretIsFound(t *testing.T) {
	t.Parallel()
	for _, value := range values() {
		var s Set
		s.Add(value)
		for name, write := range ways() {
			if name == "with soft hyphens" && len(value) < 10 {
				continue
			}
			text := "Before it, " + write(value) + " and after it."
			if !s.In(text) {
				t.Errorf("%q is not found %s: %q", value, name, text)
			}
			masked := s.Mask(text)
			if s.In(masked) || !strings.Contains(masked, Hidden) {
				t.Errorf("%q %s is masked as %q", value, name, masked)
			}
		}
	}
}

func TestSecretsAmongOthersAreFound(t *testing.T) {
	t.Parallel()
	var s Set
	r := rand.New(rand.NewPCG(1, 2))
	var all []string
	for range 200 {
		value := make([]byte, 9+r.IntN(60))
		for i := range value {
			value[i] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_.~!$&=/+"[r.IntN(66)]
		}
		if text := string(value); Suits(text) {
			all = append(all, text)
		}
	}
	s.AddPassing(all...)
	for _, value := range all {
		for name, write := range ways() {
			if text := write(value); len(value) > 10 && !s.In(text) {
				t.Errorf("%q is not found %s: %q", value, name, text)
			}
		}
	}
}

func TestOrdinaryTextHasNoSecret(t *testing.T) {
	t.Parallel()
	var s Set
	s.Add(values()...)
	for _, text := range []string{
		"", "a", "Log in with your password.", "The correct battery.", "%zz &; \\u00 \\x", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
		"-----BEGIN PRIVATE KEY-----", "pa55", "+++++++++++++++++", strings.Repeat("abc ", 500),
	} {
		if s.In(text) || s.Mask(text) != text {
			t.Errorf("a secret was found in %q", text)
		}
	}
	if (*Set)(nil).In("anything at all") || new(Set).In("anything at all") {
		t.Error("a set of none has found one")
	}
}

func TestMaskKeepsTheRest(t *testing.T) {
	t.Parallel()
	var s Set
	s.Add("pa55-of-mara-2026", "another&secret-1")
	for text, want := range map[string]string{
		"GET /?t=pa55-of-mara-2026&x=1 → 200":               "GET /?t=•••&x=1 → 200",
		"pa55-of-mara-2026pa55-of-mara-2026":                "•••",
		`{"a": "another\u0026secret-1", "b": "c"}`:          `{"a": "•••", "b": "c"}`,
		"see /x?a=another%26secret-1 and PA55-OF-MARA-2026": "see ••• and •••",
	} {
		if got := s.Mask(text); got != want {
			t.Errorf("Mask(%q)\n\t%q\nwant\n\t%q", text, got, want)
		}
	}
}

func TestWhatSuits(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{
		"": false, "secret": false, "password": false, "s3cret": false, "20240115": false, "Summer24": false, "              ": false,
		"x7#Kq9!z": true, "administrator": true, "pa55-of-mara": true, "0123456789ab": true,
	} {
		if got := Suits(value); got != want {
			t.Errorf("Suits(%q) = %v", value, got)
		}
	}
}

func TestWhatASiteGivesLooksLikeASession(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{
		"7f0c9a4e31b24d5f9e770a1b2c3d4e5f": true, "abc123def456ghi": true, "session-of-mara-00001": true, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln": true,
		"s%3AKj3x9Q.abcdef%2Fghi1": true, "1234567890123456789": true,
		"de-DE": false, "dark": false, "accepted-necessary": false, "Europe/Berlin": false, "America/New_York": false, "/articles/how-to-install-2": false,
		"%2Farticles%2Fhow-to-install-2": false, "https://site.example/articles/1": false, "mara-2024@example.com": false, "Mara%20Example%202": false,
		"2024-11-30T12:00:00": true, "2024.11.30.12": false, "1700000000000": false,
	} {
		if got := LooksLikeSession(value, false); got != want {
			t.Errorf("LooksLikeSession(%q) = %v", value, got)
		}
	}
	if !LooksLikeSession("the-session-of-mara", true) {
		t.Error("a value that scripts may not read is none")
	}
}

func TestSessionsThatPassedAreForgotten(t *testing.T) {
	t.Parallel()
	var s Set
	s.Add("the-configured-one")
	for i := range 3 * maxPassing {
		s.AddPassing(fmt.Sprintf("session-number-%06d-x", i))
	}
	if len(s.passing) > maxPassing || len(s.known) > maxPassing+1 {
		t.Errorf("%d values are kept", len(s.passing))
	}
	if !s.In("the-configured-one") || !s.In(fmt.Sprintf("session-number-%06d-x", 3*maxPassing-1)) || s.In("session-number-000000-x") {
		t.Error("the wrong ones were forgotten")
	}
}

// A site that gives other values with each answer does not make the one be forgotten that gets somebody in.
func TestASessionInUseIsNotForgotten(t *testing.T) {
	t.Parallel()
	var s Set
	s.Hold("the-session-that-is-in-use")
	s.Hold("the-session-before")
	for i := range 3 * maxPassing {
		if i == maxPassing/2 {
			s.Release("the-session-before")
		}
		s.AddPassing(fmt.Sprintf("session-number-%06d-x", i))
	}
	if !s.In("the-session-that-is-in-use") || s.In("the-session-before") || len(s.passing) > maxPassing+1 {
		t.Errorf("the wrong ones were forgotten, of %d", len(s.passing))
	}
}

// FuzzMask: what is masked has no secret, and nothing panics.
func FuzzMask(f *testing.F) {
	for _, value := range values() {
		for _, write := range ways() {
			if len(value) > 10 {
				f.Add(value, "x"+write(value)+"y")
			}
		}
	}
	f.Fuzz(func(t *testing.T, value, text string) {
		var s Set
		s.Add(value)
		masked := s.Mask(text)
		if s.In(text) == (masked == text) {
			t.Errorf("%q of %q became %q", value, text, masked)
		}
	})
}

func BenchmarkIn(b *testing.B) {
	var s Set
	s.Add(values()...)
	for i := range 20 {
		s.AddPassing(fmt.Sprintf("session-number-%06d-x", i))
	}
	text := strings.Repeat("<p>A paragraph of “ordinary” prose, as pages have it &amp; show it, with a <a href=\"/link\">link</a>.</p>\n", 300)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if s.In(text) {
			b.Fatal("found")
		}
	}
}
