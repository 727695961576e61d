package screen

import (
	"encoding/base64"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/internal/check/screen/keyword"
	"github.com/fincrawl/fincrawl/internal/check/screen/secretform"
)

// manifestRules are the rules on files of settings in which no label stands beside the secret, or only one that means
// something else elsewhere.
func manifestRules() []credentialRule {
	return []credentialRule{
		rule("registry-login", 0, nil, `"auth"\s*:\s*"([A-Za-z0-9+/=]{12,})"`, `"auth"`).that(hasLogin),
		rule("registry-login", 0, keyword.EndsWord, `_auth(?:Token)?\s?=\s?"?([A-Za-z0-9+/=_-]{16,})`, "_auth").that(func(s string) bool { return hasLogin(s) || secretform.IsRandom(s) || secretform.IsUUID(s) }),
		rule("netrc", 0, nil, `machine\s+\S+\s+login\s+\S+\s+password\s+(\S{4,})`, "machine ").that(isPassword),
		rule("router-password", 0, nil, `(?i)(?:secret|password|key)\s(?:7\s[0-9A-F]{8,}|[4589]\s(\S{20,}))`, "secret", "password", "key").whose(isTyped),
		rule("vpn-password", 0, nil, `<auth-user-pass>\s{0,8}\S{1,80}\s{1,8}([^\s<]{6,})`, "<auth-user-pass>").that(isPassword),
		rule("session-cookie", 3, nil, `(?i)(?:cookie["']?\s?[:=]\s?|-b\s|--cookie[ =])["']?(?:[\w.-]{1,40}=[^;\n]{0,120};\s?){0,6}[\w.-]{0,30}(?:sess|sid|auth|token|jwt|remember)[\w.-]{0,20}=([^\s;"'<]{16,})`, "cookie:", "cookie =", "cookie=", "cookie\":", "-b ", "--cookie").that(isShuffled),
		rule("router-password", 0, nil, `(?i)(?:enable|username \S{1,60}(?: privilege \d{1,2})?)\s(?:secret|password)\s(?:0\s)?(\S{6,})`, "enable", "username").that(isPassword),
		rule("snmp-community", 0, nil, `(?i)(?:snmp-server community|r[ow]community6?|set snmp community)\s(\S{6,})`, "snmp-server", "rocommunity", "rwcommunity", "set snmp").that(isPassword),
		rule("snmp-community", 0, nil, `(?i)(?:snmp-server user|createuser)\s[^\n]{1,80}?\s(?:md5|sha\d{0,3}|aes|des|priv|auth)\s(?:\d+\s)?["']?([^\s"']{8,})`, "snmp-server user", "createuser").that(isPassword),
		rule("ppp-secret", 0, nil, `(?i)(?:crypto isakmp key|pre-shared-key|(?:tacacs|radius)-server (?:host \S{1,60} )?key|set psksecret|key-string|neighbor \S+ password)\s(?:\d\s|ascii-text\s|address\s)?["']?([^\s"']{8,})`,
			"crypto isakmp", "pre-shared-key", "tacacs-server", "radius-server", "set psksecret", "key-string", "neighbor").that(isPassword),
	}
}

// isTyped reports whether text has a digit on its own behind its first word, as routers write what a secret is encrypted by.
func isTyped(text string) bool {
	at := strings.IndexByte(text[:min(len(text), 10)], ' ')
	return at >= 0 && at+2 < len(text) && '4' <= text[at+1] && text[at+1] <= '9' && text[at+2] == ' '
}

// hasLogin reports whether a text in base64 is a user's name and a password.
func hasLogin(encoded string) bool {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil || !utf8.Valid(raw) {
		return false
	}
	_, password, found := strings.Cut(string(raw), ":")
	return found && isPassword(password)
}

// kubernetesSecret returns the words that make a manifest that of a Secret.
func kubernetesSecret() []string {
	return []string{"kind: secret", `kind: "secret"`, `"kind":"secret"`, `"kind": "secret"`}
}

var (
	secretData = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?m)^([ \t]*)(data|stringData):[ \t]*$`)
	})
	// inlineData are the same in JSON, and on one line.
	inlineData = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`"(data|stringData)"\s*:\s*\{([^{}]*)\}`)
	})
	secretItem = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?m)(?:^[ \t]*|[{,]\s*|\A\s*)"?[\w.-]{1,80}"?\s*:\s*["']?([^\s"',}]{4,})`)
	})
)

// manifestReach is how far around its kind the rest of a manifest is looked for, in bytes.
const manifestReach = 4000

// inSecret calls found for each value of the manifest of a Kubernetes Secret, whose kind stands at a place. Values under
// data are in base64 (the API's reference, Secret v1).
func (t *text) inSecret(at int, found func(rule string, at span)) {
	from, to := max(0, at-manifestReach), min(len(t.plain), at+manifestReach)
	if i := strings.LastIndex(t.plain[from:at], "\n---"); i >= 0 {
		from += i + 1
	}
	if i := strings.Index(t.plain[at:to], "\n---"); i >= 0 {
		to = at + i
	}
	t.meter.Spend(to - from)
	for _, in := range inlineData().FindAllStringSubmatchIndex(t.plain[from:to], -1) {
		t.secretItems(span{from + in[4], from + in[5]}, t.plain[from+in[2]:from+in[3]] == "data", found)
	}
	for _, in := range secretData().FindAllStringSubmatchIndex(t.plain[from:to], -1) {
		block := span{from + in[1], from + in[1]}
		for block.end < to {
			line := t.lineAt(block.end)
			text := t.plain[block.end:min(line.end, to)]
			if deep := len(text) - len(strings.TrimLeft(text, " \t")); strings.TrimSpace(text) != "" && block.end > block.start && deep <= in[3]-in[2] {
				break
			}
			block.end = line.end + 1
		}
		block.end = min(block.end, to)
		t.secretItems(block, t.plain[from+in[4]:from+in[5]] == "data", found)
	}
}

// secretItems calls found for each value in the data of a Secret that is one.
func (t *text) secretItems(in span, encoded bool, found func(rule string, at span)) {
	for _, item := range secretItem().FindAllStringSubmatchIndex(t.plain[in.start:in.end], -1) {
		at := span{in.start + item[2], in.start + item[3]}
		value := t.plain[at.start:at.end]
		if encoded {
			raw, err := base64.StdEncoding.DecodeString(value)
			if err == nil && utf8.Valid(raw) {
				value = strings.TrimSpace(string(raw))
			}
		}
		if isPassword(value) || len(value) > maxValue && encoded {
			found("kubernetes-secret", at)
		}
	}
}
