package screen

import (
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/internal/check/screen/keyword"
	"github.com/fincrawl/fincrawl/internal/check/screen/secretform"
)

// The IDs of rules of our own that are named elsewhere.
const (
	privateKey   = "private-key"
	connection   = "connection-string"
	jsonWebToken = "jwt"
	accessCode   = "access-code"
	recoveryCode = "recovery-code"
)

// replaced reports whether a rule of gitleaks gives way to one of ours: prose differs from code, where a rule on every
// "key" would stop at each page.
func replaced(id string) bool {
	return slices.Contains([]string{"generic-api-key", privateKey, jsonWebToken, "curl-auth-header", "curl-auth-user", "aws-access-token", "twilio-api-key", "kubernetes-secret-yaml"}, id)
}

// rule returns a rule whose expression begins with one of the keywords, where before accepts what precedes it.
func rule(id string, entropy float64, before func(string) bool, source string, keywords ...string) credentialRule {
	return credentialRule{Pattern: keyword.Leading(id, before, source, keywords...), entropy: entropy}
}

// that returns the rule for secrets of which is is true.
func (r credentialRule) that(is func(string) bool) credentialRule {
	r.is = is
	return r
}

// whose returns the rule for keywords of which, and of what follows them, after is true.
func (r credentialRule) whose(after func(string) bool) credentialRule {
	r.After = after
	return r
}

// isPassword reports whether a value is what people take for a password where one is expected.
func isPassword(value string) bool { return passwordLabel.holds(value, assigned) }

// ownRules are the rules that gitleaks has none for, or has for code rather than for prose. The forms of keys are those
// that their issuers document; most carry a mark at their beginning, or a signature within.
func ownRules() []credentialRule {
	const b64 = `[A-Za-z0-9+/]`
	return slices.Concat([]credentialRule{
		rule(privateKey, 0, nil, `-----BEGIN[ A-Z0-9_-]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]{40,}?-----END`, "-----begin").whose(hasEnd).that(hasKeyMaterial),
		rule(privateKey, 0, nil, `-----BEGIN[ A-Z0-9_-]{0,40}PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=\s\\]{60,}`, "-----begin").that(hasKeyMaterial),
		rule(privateKey, 0, nil, `-----BEGIN OpenVPN Static key V1-----[\s0-9a-f]{100,}`, "-----begin openvpn"),
		rule(privateKey, 0, nil, `PuTTY-User-Key-File-\d[\s\S]{40,}?Private-Lines:\s*\d+\s+[A-Za-z0-9+/=\s]{40,}`, "putty-user-key-file"),
		rule(privateKey, 0, keyword.EndsWord, `(?i:PrivateKey|PresharedKey)\s?=\s?(`+b64+`{42}[AEIMQUYcgkosw048]=)`, "privatekey", "presharedkey"),
		rule(jsonWebToken, 3, keyword.EndsWord, `eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]{10,})?`, "eyj"),
		rule("aws-access-key", 2.5, keyword.EndsWord, `(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b`, "akia", "asia", "abia", "acca"),
		rule("authorization-header", 3.2, keyword.EndsWord, `(?i)authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:bearer|basic|token|ssws|apikey|geniekey|oauth|key)\s{1,3}([A-Za-z0-9._~+/-]{16,}=*)`, "authorization").that(isNoPhrase),
		rule(connection, 0, nil, `://[^\s:@/?#"'<>]{0,80}:([^\s@/"'<>]{4,})@[A-Za-z0-9\[]`, "://").whose(namesUser).that(isPassword),
		rule("password-hash", 0, nil, `(?:\$(?:apr1|1|5|6|y|7|sha1|md5)\$(?:rounds=\d+\$)?[./A-Za-z0-9$]{2,40}\$[./A-Za-z0-9]{20,90}|\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}|\$argon2(?:id|i|d)\$v=\d+\$[^\s$]{5,40}\$[^\s$]{8,64}\$`+b64+`{20,90}|\{S?SHA\d{0,3}\}`+b64+`{26,}=)`,
			"$apr1$", "$1$", "$5$", "$6$", "$y$", "$7$", "$sha1$", "$md5", "$2a$", "$2b$", "$2x$", "$2y$", "$argon2", "{ssha", "{sha").that(func(s string) bool { return !strings.Contains(s, "...") }),
	}, vendorRules(), commandRules(), callRules(), manifestRules(), codeRules())
}

// vendorRules are the forms of keys of those who issue them.
func vendorRules() []credentialRule {
	const (
		b64    = `[A-Za-z0-9+/]`
		uuid   = `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`
		anyKey = `[A-Za-z0-9_-]`
	)
	return []credentialRule{
		rule("intercom-access-token", 3, keyword.EndsWord, `dG9rO`+b64+`{20,}={0,2}`, "dg9ro"),
		rule("twilio-api-key", 3, keyword.EndsWord, `SK[0-9a-f]{32}\b`, "sk"),
		rule("azure-account-key", 4, keyword.EndsWord, `(?i:AccountKey)\s?=\s?(`+b64+`{60,}={0,2})`, "accountkey"),
		rule("azure-shared-access-key", 3.5, keyword.EndsWord, `(?i:SharedAccessKey)\s?=\s?(`+b64+`{40,}={0,2})`, "sharedaccesskey"),
		rule("azure-shared-access-signature", 3.5, nil, `(?i:[?&;]sig=)([A-Za-z0-9%+/]{40,}={0,2})`, "?sig=", "&sig=", ";sig="),
		newRule("azure-key", 3.5, b64+`{76}(?:APIM|ACDb|\+(?:ABa|AMC|ASt))`+b64+`{5}[AQgw]==|`+b64+`{33}(?:AIoT|\+(?:ASb|AEh|ARm))[A-P]`+b64+`{5}=|`+b64+`{42}\+ACR[A-D]`+b64+`{5}\b|[A-Za-z0-9_-]{44}AzFu`+anyKey+`{5}[AQgw]==|\b[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}\b`,
			"apim", "acdb", "+aba", "+amc", "+ast", "aiot", "+asb", "+aeh", "+arm", "+acr", "azfu", "azse"),
		rule("discord-webhook", 3, nil, `discord(?:app)?\.com/api/webhooks/\d{15,22}/([A-Za-z0-9_-]{50,90})`, "discord.com/api/webhooks", "discordapp.com/api/webhooks"),
		rule("docker-access-token", 3, keyword.EndsWord, `dckr_[op]at_[A-Za-z0-9_-]{20,40}`, "dckr_"),
		rule("mailgun-key", 3, keyword.EndsWord, `key-[0-9a-f]{32}\b`, "key-"),
		rule("new-relic-key", 3, keyword.EndsWord, `(?:NRAK-[A-Z0-9]{27}|NR(?:JS|BR|IQ|II|RA|AA)[A-Za-z]{0,3}-[A-Za-z0-9]{19,40})\b`, "nrak-", "nrjs-", "nrbr-", "nriq-", "nrii-", "nrra-", "nraa-"),
		newRule("new-relic-key", 3, `\b[0-9a-f]{36}NRAL\b`, "nral"),
		rule("sentry-token", 3, keyword.EndsWord, `sntry[su]_[A-Za-z0-9+/=_-]{40,}`, "sntry"),
		rule("hubspot-token", 2.5, keyword.EndsWord, `pat-[a-z]{2}\d?-`+uuid, "pat-na", "pat-eu", "pat-ap"),
		rule("figma-token", 3, keyword.EndsWord, `fig[a-z]{1,3}_[A-Za-z0-9_-]{36,60}`, "figd_", "figo_", "figu_", "figoh_", "figor_"),
		rule("supabase-key", 3, keyword.EndsWord, `(?:sbp_(?:v0_)?[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{20,60})`, "sbp_", "sb_secret"),
		rule("tailscale-key", 3, keyword.EndsWord, `tskey-(?:auth|api|client|scim|webhook|[a-z]{2,10})-[A-Za-z0-9]{6,20}(?:CNTRL)?-[A-Za-z0-9]{16,60}`, "tskey-"),
		rule("okta-token", 3.5, keyword.EndsWord, `(?i:ssws)\s{1,3}(00[A-Za-z0-9_-]{40})`, "ssws"),
		newRule("okta-token", 3.8, `\b00[A-Za-z0-9_-]{40}\b`, "okta"),
		rule("launchdarkly-key", 2.5, keyword.EndsWord, `(?:sdk|mob|api)-`+uuid, "sdk-", "mob-", "api-"),
		rule("google-oauth", 3, keyword.EndsWord, `(?:GOCSPX-[A-Za-z0-9_-]{24,40}|ya29\.[A-Za-z0-9_-]{40,}|1//0[A-Za-z0-9_-]{40,})`, "gocspx-", "ya29.", "1//0"),
		rule("atlassian-token", 3, keyword.EndsWord, `(?:ATBB[A-Za-z0-9]{32}|ATCTT3xFfG[A-Za-z0-9_=-]{80,}|ATATT3xFfG[A-Za-z0-9_=-]{80,}|ATSTT3xFfG[A-Za-z0-9_=-]{80,})`, "atbb", "atctt3xff", "atatt3xff", "atstt3xff"),
	}
}

// newRule returns a rule whose keyword stands anywhere in what its expression matches.
func newRule(id string, entropy float64, source string, keywords ...string) credentialRule {
	return credentialRule{Pattern: keyword.New(id, source, keywords...), entropy: entropy}
}

// isNoPhrase reports whether a value is no name, nor several.
func isNoPhrase(value string) bool { return !secretform.IsPhrase(value) }

// hasEnd reports whether a key ends that begins here. Looking for its end is far cheaper than the expression.
func hasEnd(key string) bool {
	return strings.Contains(key[:min(len(key), 2*keyword.MaxReach)], "-----END")
}

// namesUser reports whether an address, from its "://" on, names who asks for it: few do.
func namesUser(address string) bool {
	rest := address[len("://"):]
	end := strings.IndexAny(rest, "@/\"'<> \t\n\f\r")
	return end >= 0 && rest[end] == '@'
}
