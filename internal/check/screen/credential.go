package screen

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode/utf8"
)

// credentials finds what gets somebody in.
type credentials struct{ action Action }

func (c credentials) scan(t *text, found func(match)) {
	for _, m := range t.around().credentials {
		m.action = c.action
		found(m)
	}
}

// secret returns which part of a match is the secret itself.
func (r *credentialRule) secret(groups []int) span {
	if g := r.group; g > 0 && 2*g+1 < len(groups) && groups[2*g] >= 0 {
		return span{groups[2*g], groups[2*g+1]}
	}
	for i := 2; i+1 < len(groups); i += 2 {
		if groups[i] >= 0 && groups[i+1] > groups[i] {
			return span{groups[i], groups[i+1]}
		}
	}
	return span{groups[0], groups[1]}
}

// counts tells a secret from what only looks like one.
func (s *credentialRules) counts(r *credentialRule, match, secret string) bool {
	if r.entropy > 0 && entropy(secret) <= r.entropy {
		return false
	}
	if isPlaceholder(secret) || s.global.passes(match, secret) {
		return false
	}
	for _, a := range r.allowed {
		if a.passes(match, secret) {
			return false
		}
	}
	switch r.id {
	case privateKey:
		return hasKeyMaterial(secret)
	case connection, assigned:
		return isRandom(secret)
	case jsonWebToken:
		return !isSampleToken(secret)
	}
	return true
}

// The rules of our own: those that gitleaks has none for, or has for code rather
// than for prose, where a rule on every "key" would stop at each page.
const (
	privateKey   = "private-key"
	connection   = "connection-string"
	assigned     = "password"
	jsonWebToken = "jwt"
	bearer       = "authorization-header"
	awsKey       = "aws-access-key"
	azureKey     = "azure-account-key"
)

func replaced(id string) bool {
	switch id {
	case "generic-api-key", privateKey, jsonWebToken, "curl-auth-header", "curl-auth-user", "aws-access-token", "twilio-api-key":
		return true
	}
	return false
}

func ownRules() []credentialRule {
	rule := func(id string, entropy float64, before func(string) bool, source string, keywords ...string) credentialRule {
		return credentialRule{pattern: leading(id, before, source, keywords...), entropy: entropy}
	}
	const is = `["'\x60\])]{0,2}\s{0,3}(?::=|=>|[:=]|(?i:\bis\b|\blautet\b|\best\b|\bes\b))\s{0,3}["'\x60“”„«]?([^\s"'\x60“”«»<>]{8,200})`
	return []credentialRule{
		whose(rule(privateKey, 0, nil, `-----BEGIN[ A-Z0-9_-]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]{40,}?-----END`, "-----begin"), hasEnd),
		rule(jsonWebToken, 3, endsWord, `eyJ[A-Za-z0-9_-]{10,1000}\.eyJ[A-Za-z0-9_-]{10,1000}(?:\.[A-Za-z0-9_-]{10,700})?`, "eyj"),
		rule(awsKey, 2.5, endsWord, `(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b`, "akia", "asia", "abia", "acca"),
		rule("twilio-api-key", 3, endsWord, `SK[0-9a-f]{32}\b`, "sk"),
		rule(azureKey, 4, endsWord, `(?i:AccountKey)\s?=\s?([A-Za-z0-9+/]{60,100}={0,2})`, "accountkey"),
		rule(bearer, 3.2, endsWord, `(?i)authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:bearer|basic|token)\s{1,3}([A-Za-z0-9._~+/-]{16,500}=*)`, "authorization"),
		whose(rule(connection, 0, nil, `://[^\s:@/?#"'<>]{1,80}:([^\s@/"'<>]{4,120})@[A-Za-z0-9\[]`, "://"), namesUser),
		rule(connection, 0, nil, `(?i)(?:pwd|password)\s?=\s?([^\s;"']{6,100});`, "pwd", "password"),
		whose(rule(assigned, 0, nil, `(?i:pass(?:word|wd|phrase|wort|code)?|pwd|kennwort|mot de passe|contraseña|secret|token|credentials?)`+is,
			"pass", "pwd", "kennwort", "mot de passe", "contrase", "secret", "token", "credential"), isGiven),
		rule(assigned, 0, namesKey, `(?i:key)`+is, "key"),
	}
}

// whose returns the rule for what follows is true of.
func whose(r credentialRule, follows func(string) bool) credentialRule {
	r.after = follows
	return r
}

// hasEnd reports whether a key ends that begins here. Looking for its end is far cheaper than the expression.
func hasEnd(key string) bool { return strings.Contains(key[:min(len(key), 2*maxReach)], "-----END") }

// namesUser reports whether an address, from its "://" on, names who asks for it: few do.
func namesUser(address string) bool {
	rest := address[len("://"):]
	end := strings.IndexAny(rest, "@/\"'<> \t\n\f\r")
	return end >= 0 && rest[end] == '@'
}

// isGiven reports whether what begins with the name of a secret may go on with the
// secret itself: few do, and the expression takes a hundred times as long.
func isGiven(name string) bool {
	const farthest = 24 // of the sign between them; "mot de passe" has 12 letters
	name = name[:min(len(name), farthest)]
	word := 0
	for i := range len(name) {
		switch b := name[i]; {
		case b == ':' || b == '=' || b >= utf8.RuneSelf:
			return true
		case isWord(b) || b == '_':
			continue
		}
		if isGiving(name[word:i]) {
			return true
		}
		word = i + 1
	}
	return isGiving(name[word:])
}

// isGiving tells of the words that stand between the name of a secret and it.
func isGiving(word string) bool {
	return strings.EqualFold(word, "is") || strings.EqualFold(word, "lautet") || strings.EqualFold(word, "est") || strings.EqualFold(word, "es")
}

// namesKey reports whether text that is followed by "key" makes it one that opens
// something, rather than one of a keyboard or a table.
func namesKey(preceding string) bool {
	name := strings.TrimRight(lowerASCII(preceding[max(0, len(preceding)-16):]), " _-")
	for _, sort := range []string{"api", "access", "auth", "private", "secret", "encryption", "signing", "license", "account", "master", "admin", "service"} {
		if strings.HasSuffix(name, sort) {
			return true
		}
	}
	return false
}

var base64Run = regexp.MustCompile(`[A-Za-z0-9+/=]{20,}`)

// hasKeyMaterial tells a private key from its two dashed lines with a remark
// between them.
func hasKeyMaterial(block string) bool {
	n := 0
	for _, run := range base64Run.FindAllString(block, -1) {
		if entropy(run) > 3 {
			n += len(run)
		}
	}
	return n >= 60
}

// isSampleToken tells of the token that documentation shows.
func isSampleToken(token string) bool {
	parts := strings.Split(token, ".")
	claims, err := base64.RawURLEncoding.DecodeString(parts[1])
	return err == nil && strings.Contains(string(claims), "1234567890")
}
