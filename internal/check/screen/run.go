package screen

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/internal/check/screen/secretform"
)

const (
	minRun    = 24      // characters, below which a run has neither a key's form nor a label in base64
	maxRun    = 1 << 16 // of a run that is read
	bitLocker = 55      // characters of a key that has only digits
	maxHidden = 3       // times that text may be in base64
)

// run is a long run of letters, digits and the signs of keys.
type run struct {
	at     span
	inner  *text // what it says when it is decoded; nil for nothing
	base64 bool  // as RFC 4648 has it, rather than in hexadecimal digits
}

// runs returns the long runs of a text. They are looked for, and decoded, once.
func (t *text) runs() []run {
	if t.read != nil {
		return *t.read
	}
	var list []run
	eachRun(t.plain, func(at span) {
		r := run{at: at}
		t.meter.Spend(1 + (at.end-at.start)/4)
		if t.hidden < maxHidden {
			written := t.plain[at.start:at.end]
			if plain := decoded(written); plain != "" {
				r.inner, r.base64 = t.within(plain), true
			} else if plain := fromHex(written); plain != "" {
				r.inner = t.within(plain)
			} else if plain := fromBase32(written); plain != "" {
				r.inner = t.within(plain)
			}
		}
		list = append(list, r)
	})
	t.read = &list
	return list
}

// within returns the text that a part of this one is when it is decoded.
func (t *text) within(plain string) *text {
	return &text{plain: plain, meter: t.meter, hidden: t.hidden + 1}
}

// secretRuns looks at the long runs for those that have the form of a key though no word of it is always the same, and for
// secrets in what is written in base64, such as a file of settings. All of the run is the secret then.
func (t *text) secretRuns(found func(rule string, at span)) {
	for _, r := range t.runs() {
		if rule, in, ok := shapeOf(t.plain[r.at.start:r.at.end]); ok {
			found(rule, span{r.at.start + in.start, r.at.start + in.end})
		} else if r.base64 {
			if secrets := r.inner.around().credentials; len(secrets) > 0 {
				found(secrets[0].rule, r.at)
			}
		}
	}
}

// runClass says of each byte whether it stands in runs, and as what.
//
//nolint:gochecknoglobals // a table that every byte of every page is looked up in
var runClass = func() (class [256]uint8) {
	for b := range class {
		switch b := byte(b); {
		case 'a' <= b && b <= 'z':
			class[b] = runLower
		case 'A' <= b && b <= 'Z':
			class[b] = runUpper
		case '0' <= b && b <= '9':
			class[b] = runDigit
		case strings.IndexByte("+/=_-.:", b) >= 0:
			class[b] = runSign
		}
	}
	return class
}()

const (
	runLower = 1 << iota
	runUpper
	runDigit
	runSign
)

// eachRun calls found for each run that may be a key, or text in base64.
func eachRun(plain string, found func(span)) {
	for i := minRun - 1; i < len(plain); {
		// A run that is long enough has the byte at i, so that what is before it need not be read where it has not.
		if runClass[plain[i]] == 0 {
			i += minRun
			continue
		}
		start, end := i, i
		var in uint8
		for start > 0 && runClass[plain[start-1]] != 0 {
			start--
			in |= runClass[plain[start]]
		}
		for end < len(plain) && runClass[plain[end]] != 0 {
			in |= runClass[plain[end]]
			end++
		}
		if n := end - start; n >= minRun && n <= maxRun && mayBeKey(in, n) {
			found(span{start, end})
		}
		i = end + minRun
	}
}

// mayBeKey reports whether a run of so many bytes of these classes may be a key.
func mayBeKey(in uint8, n int) bool {
	return in&runLower != 0 && in&(runUpper|runDigit) != 0 || in&(runDigit|runUpper) != 0 && n >= bitLocker
}

// shape is the form of a key of which no word is always the same.
type shape struct {
	rule       string
	may        func(run string) bool // what is quick to see, and true of each run with such a key
	expression *regexp.Regexp        // whose first group is the key
	is         func(key string) bool
}

var shapes = sync.OnceValue(func() []shape {
	return []shape{
		{"discord-bot-token", marked("."), regexp.MustCompile(`(?:\A|[^\w-])([MNO][A-Za-z0-9]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40})\z`), isMixed},
		{"telegram-bot-token", marked(":AA"), regexp.MustCompile(`(?:\A|[^\d])(\d{8,10}:AA[A-Za-z0-9_-]{32,34})\b`), isMixed},
		{"mailgun-key", marked("-"), regexp.MustCompile(`(?:\A|[^\w-])([0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})\z`), secretform.IsHex},
		{"airtable-token", marked("pat"), regexp.MustCompile(`(?:\A|[^\w-])(pat[A-Za-z0-9]{14}\.[0-9a-f]{64})\b`), isMixed},
		{"azure-key", marked("AZDO"), regexp.MustCompile(`(?:\A|[^\w-])([A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4})\b`), isMixed},
		{"prefixed-token", hasMixedStretch, regexp.MustCompile(`(?:\A|[=:/])(?:(?:[a-z][a-z0-9]{1,11}(?:[_-][A-Za-z0-9]{1,10}){0,4}|[A-Z][A-Z0-9]{1,9})[_-]|(?:[a-z]{2,4}\.){2,4})([A-Za-z0-9]{24,120})(?:\z|=)`), isMixed},
		{"prefixed-token", hasNamedStretch, regexp.MustCompile(`(?:\A|[=:/])(?:sk|rk|pk|key|api[_-]?key|tok|token|live|prod)(?:[._-][A-Za-z0-9]{1,10}){0,3}[._-]([0-9a-f]{32,128}|[A-Z0-9]{28,128})(?:\z|=)`), isShuffled},
		{"bitlocker-key", marked("-"), regexp.MustCompile(`(?:\A|[:=])(\d{6}(?:-\d{6}){7})\z`), isBitLockerKey},
	}
})

func marked(mark string) func(run string) bool {
	return func(run string) bool { return strings.Contains(run, mark) }
}

// hasMixedStretch reports whether letters of both cases and digits stand together in no order, without a sign, at a run's end or before "=".
func hasMixedStretch(run string) bool {
	in, from := uint8(0), 0
	for i := range len(run) + 1 {
		if i < len(run) && run[i] != '=' {
			if class := runClass[run[i]]; class != runSign {
				in |= class
				continue
			}
		} else if in == runLower|runUpper|runDigit && i-from >= minRun && isMixed(run[from:i]) {
			return true
		}
		in, from = 0, i+1
	}
	return false
}

// hasNamedStretch reports whether so many letters and digits stand together behind what names a key.
func hasNamedStretch(run string) bool {
	const least = 28
	if !strings.Contains(run, "k") && !strings.Contains(run, "live") && !strings.Contains(run, "prod") {
		return false
	}
	end := strings.TrimRight(run, "=")
	at := strings.LastIndexAny(end, "_-.")
	return at >= 0 && len(end)-at > least && isShuffled(end[at+1:])
}

// isMixed reports whether a key has letters of both cases and digits in no order.
func isMixed(key string) bool {
	c := secretform.ClassesOf(key)
	return c.Lower >= 2 && c.Upper >= 2 && c.Digits >= 2 && 4*c.Changes >= len(key) && secretform.Entropy(key) > 3.6
}

// isShuffled reports whether letters, maybe of one case, and digits stand in no order.
func isShuffled(key string) bool {
	return secretform.Entropy(key) > 3.2 && secretform.ClassesOf(key).Changes > 6
}

// shapeOf returns the rule that a run has the form for, and where in the run the key stands.
func shapeOf(run string) (rule string, at span, ok bool) {
	for _, s := range shapes() {
		if !s.may(run) {
			continue
		}
		in := s.expression.FindStringSubmatchIndex(run)
		if in == nil || !s.is(run[in[2]:in[3]]) {
			continue
		}
		if whole := run[in[0]:in[1]]; strings.Contains(whole, "pk_test_") || strings.Contains(whole, "pk_live_") || isPlaceholder(whole) || isPublished(whole) || isDigest(run[:in[2]]) {
			continue
		}
		return s.rule, span{in[2], in[3]}, true
	}
	return "", span{}, false
}

// isDigest reports whether what stands before a value makes it the check sum of a file, as in "sha256-…".
func isDigest(preceding string) bool {
	name := strings.TrimRight(preceding, "-_:=")
	return slices.ContainsFunc([]string{"sha1", "sha256", "sha384", "sha512", "md5", "h1"}, func(sum string) bool { return strings.HasSuffix(strings.ToLower(name), sum) })
}

// decoded returns the text that a run, or what stands in it behind a name, is in base64; "" where it is none.
func decoded(run string) string {
	if at := strings.LastIndexAny(strings.TrimRight(run, "="), ":=."); at >= 0 {
		run = run[at+1:]
	}
	run = strings.TrimRight(run, "=")
	if len(run) < minRun-4 {
		return ""
	}
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(run, "-_") {
		encoding = base64.RawURLEncoding
	}
	raw, err := encoding.DecodeString(run)
	if err != nil {
		return ""
	}
	if wide := wideText(raw); wide != "" {
		raw = []byte(wide)
	}
	if !utf8.Valid(raw) {
		return ""
	}
	for _, r := range string(raw) {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return ""
		}
	}
	return string(raw)
}

// wideText returns the text that bytes are in UTF-16, as commands for PowerShell are; "" where they are none.
func wideText(raw []byte) string {
	if len(raw) < 8 || len(raw)%2 != 0 || raw[1] != 0 || raw[3] != 0 {
		return ""
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i]) | uint16(raw[2*i+1])<<8
	}
	return string(utf16.Decode(units))
}
