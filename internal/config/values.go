package config

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/andybalholm/cascadia"
	"github.com/bmatcuk/doublestar/v4"
	"go.yaml.in/yaml/v4"

	"github.com/fincrawl/fincrawl/internal/nearest"
)

// The values that keys have. Each method returns a value that stores what it reads in the place that it is
// given. Messages quote what is in the file, and never what a reference in it stands for.

// word reads a scalar of harmless text and replaces its references. want describes the value in messages.
func (d *decoder) word(e entry, want string) (text string, ok bool) {
	n := target(e.node)
	if n.Kind != yaml.ScalarNode {
		d.mistake(e.node, "%s must be %s, not %s", e.key, want, kind(n))
		return "", false
	}
	d.lines.show(n)
	got, ok := d.expand(n, n.Value, false)
	if ok && strings.TrimSpace(got.text) == "" {
		d.mistake(e.node, "%s is empty; it must be %s", e.key, want)
		return "", false
	}
	return got.text, ok
}

// wrong reports a scalar that is not what is wanted.
func (d *decoder) wrong(e entry, want string) {
	n := target(e.node)
	got := brief(n.Value)
	if n.Style != 0 || strings.ContainsAny(got, " \n") {
		got = strconv.Quote(got)
	}
	d.mistake(e.node, "%s must be %s, not %s", e.key, want, got)
}

// text is any text. A number is taken as it is written. true and false are more likely a mistake.
func (d *decoder) text(to *string) value {
	return d.checked(to, "text", func(string) string { return "" })
}

// checked is text that check has no complaint about.
func (d *decoder) checked(to *string, want string, check func(string) (complaint string)) value {
	return value{shape: texts(), read: func(e entry) {
		got, ok := d.word(e, want)
		if !ok {
			return
		}
		if target(e.node).ShortTag() == "!!bool" {
			d.mistake(e.node, "%s must be %s; put quotes around it: %q", e.key, want, got)
			return
		}
		if strings.ContainsFunc(got, unicode.IsControl) {
			d.mistake(e.node, "%s must be one line of text", e.key)
			return
		}
		if complaint := check(got); complaint != "" {
			if strings.Contains(target(e.node).Value, "${") {
				complaint = "must be " + want + ", which it is not with what its references stand for"
			}
			d.mistake(e.node, "%s %s", e.key, complaint)
			return
		}
		*to = got
	}}
}

// oneOf is one of a few words.
func (d *decoder) oneOf(to *string, choices ...string) value {
	return value{shape: oneOfWords(choices), read: func(e entry) {
		got, ok := d.word(e, nearest.Either(choices))
		if !ok {
			return
		}
		for _, choice := range choices {
			if got == choice {
				*to = got
				return
			}
		}
		d.wrong(e, nearest.Either(choices))
	}}
}

// whole is a whole number from least to most.
func (d *decoder) whole(to *int, least, most int) value {
	want := fmt.Sprintf("a whole number from %d to %d", least, most)
	return value{shape: numbers("integer", float64(least), float64(most)), read: func(e entry) {
		if got, ok := d.integer(e, want); ok {
			if got < int64(least) || got > int64(most) {
				d.wrong(e, want)
				return
			}
			*to = int(got)
		}
	}}
}

// integer reads a whole number. In quotes it is text, unless it has a reference.
func (d *decoder) integer(e entry, want string) (got int64, ok bool) {
	text, ok := d.number(e, want, "!!int")
	if !ok {
		return 0, false
	}
	got, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 10, 64)
	if err != nil {
		d.wrong(e, want)
		return 0, false
	}
	return got, true
}

// number returns the text of a scalar that has one of the tags, or that contains a reference and so may be
// anything.
func (d *decoder) number(e entry, want string, tags ...string) (text string, ok bool) {
	text, ok = d.word(e, want)
	if !ok {
		return "", false
	}
	n := target(e.node)
	for _, tag := range tags {
		if n.ShortTag() == tag {
			return text, true
		}
	}
	if strings.Contains(n.Value, "${") {
		return text, true
	}
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		d.mistake(e.node, "%s must be %s, without quotes", e.key, want)
		return "", false
	}
	d.wrong(e, want)
	return "", false
}

// fraction is a number from 0 to 1. 0 is allowed only where zero is set.
func (d *decoder) fraction(to *float64, zero bool) value {
	want := "a number above 0 and up to 1, such as 0.5"
	if zero {
		want = "a number from 0 to 1, such as 0.1"
	}
	return value{shape: numbers("number", 0, 1), read: func(e entry) {
		text, ok := d.number(e, want, "!!float", "!!int")
		if !ok {
			return
		}
		got, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(got) || got < 0 || got > 1 || got == 0 && !zero {
			d.wrong(e, want)
			return
		}
		*to = got
	}}
}

// truth is true or false.
func (d *decoder) truth(set func(bool)) value {
	return value{shape: shape{"anyOf": []shape{{"type": "boolean"}, referring()}}, read: func(e entry) {
		text, ok := d.number(e, "true or false", "!!bool")
		if !ok {
			return
		}
		switch strings.ToLower(text) {
		case "true":
			set(true)
		case "false":
			set(false)
		default:
			d.wrong(e, "true or false")
		}
	}}
}

func (d *decoder) flag(to *bool) value { return d.truth(func(b bool) { *to = b }) }

// duration is a time in Go's notation, such as "30s" or "1m30s".
func (d *decoder) duration(to *time.Duration, most time.Duration) value {
	longest := strings.TrimSuffix(most.String(), "0m0s")
	want := fmt.Sprintf("a time such as 30s, 500ms or 1m30s, at most %s", longest)
	return value{shape: matching(`^([0-9.]+(h|m|s|ms|us|µs|ns))+$`), read: func(e entry) {
		text, ok := d.word(e, want)
		if !ok {
			return
		}
		got, err := time.ParseDuration(text)
		if err != nil || got <= 0 || got > most {
			d.wrong(e, want)
			return
		}
		*to = got
	}}
}

// days is a time in days, or in Go's notation.
func (d *decoder) days(to *time.Duration, most int) value {
	want := fmt.Sprintf("a time such as 7d or 36h, at most %dd", most)
	return value{shape: matching(`^([0-9]+d|([0-9.]+(h|m|s|ms))+)$`), read: func(e entry) {
		text, ok := d.word(e, want)
		if !ok {
			return
		}
		got, err := time.ParseDuration(text)
		if number, isDays := strings.CutSuffix(text, "d"); isDays {
			var n int
			n, err = strconv.Atoi(number)
			got = time.Duration(min(n, most+1)) * 24 * time.Hour
		}
		if err != nil || got <= 0 || got > time.Duration(most)*24*time.Hour {
			d.wrong(e, want)
			return
		}
		*to = got
	}}
}

var sizePattern = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?(B|kB|KB|KiB|MB|MiB|GB|GiB)$`)

// size is a number of bytes with its unit.
func (d *decoder) size(to *int64) value {
	const want = "a size such as 10MB or 512KiB"
	units := map[string]float64{
		"B": 1, "kB": 1e3, "KB": 1e3, "KiB": 1 << 10, "MB": 1e6, "MiB": 1 << 20, "GB": 1e9, "GiB": 1 << 30,
	}
	return value{shape: matching(sizePattern.String()), read: func(e entry) {
		text, ok := d.word(e, want)
		if !ok {
			return
		}
		m := sizePattern.FindStringSubmatch(text)
		if m == nil {
			d.wrong(e, want)
			return
		}
		number, err := strconv.ParseFloat(m[1], 64)
		bytes := number * units[m[2]]
		if err != nil || bytes < 1 || bytes > 1<<40 {
			d.wrong(e, want)
			return
		}
		*to = int64(bytes)
	}}
}

var ratePattern = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)/(s|m|h)$`)

// rate is a number of requests per second, minute or hour.
func (d *decoder) rate(to *float64) value {
	const want = "requests in a time, such as 10/s, 300/m or 1000/h, or unlimited"
	seconds := map[string]float64{"s": 1, "m": 60, "h": 3600}
	return value{shape: matching(ratePattern.String() + "|^unlimited$"), read: func(e entry) {
		text, ok := d.word(e, want)
		if !ok {
			return
		}
		if text == "unlimited" {
			*to = 0
			return
		}
		m := ratePattern.FindStringSubmatch(text)
		if m == nil {
			d.wrong(e, want)
			return
		}
		number, err := strconv.ParseFloat(m[1], 64)
		if err != nil || number <= 0 {
			d.wrong(e, want)
			return
		}
		*to = number / seconds[m[2]]
	}}
}

// address is a URL. check may report further mistakes; it may be nil.
func (d *decoder) address(to *string, check func(e entry, address string)) value {
	return value{shape: matching(`^https?://[^/\s#]+[^\s#]*$`), read: func(e entry) {
		text, ok := d.word(e, "a web address such as https://help.example.com/")
		if !ok {
			return
		}
		if _, err := parseAddress(text); err != nil {
			if strings.Contains(text, "@") {
				d.lines.hide(target(e.node)) // it may contain a password
			}
			d.mistake(e.node, "%s %v", e.key, err)
			return
		}
		*to = text
		if check != nil {
			check(e, text)
		}
	}}
}

// selector is a CSS selector.
func (d *decoder) selector(to *string) value {
	return d.checked(to, "a CSS selector", func(text string) string {
		if _, err := cascadia.Compile(text); err != nil {
			return fmt.Sprintf("is not a CSS selector that is understood: %v", err)
		}
		return ""
	})
}

// pattern is a pattern of the path of a URL.
func (d *decoder) pattern(to *string) value {
	v := d.checked(to, `a pattern such as "/articles/**"`, func(text string) string {
		expression, isExpression := strings.CutPrefix(text, "re:")
		switch {
		case isExpression && expression == "":
			return "has nothing after re:"
		case isExpression:
			if _, err := regexp.Compile(expression); err != nil {
				return notRegexp(err)
			}
		case strings.Contains(text, "://"):
			return `must be a pattern on the path alone, such as "/articles/**", without the host`
		case !strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "*"):
			return `must begin with / or *, or with "re:" for a regular expression`
		case !doublestar.ValidatePattern(text):
			return "is not a glob that is understood; check its brackets, braces and backslashes"
		}
		return ""
	})
	v.shape = matching(`^[/*]|^re:.`)
	return v
}

// list is a list of values of one kind. A single scalar counts as a list of one.
func list[T any](d *decoder, to *[]T, each func(*T) value) value {
	one := each(new(T))
	inside := one.inside
	return value{inside: inside, shape: one.shape, besides: one.besides, listed: true, read: func(e entry) {
		items, ok := d.items(e)
		if !ok && (inside != nil || target(e.node).Kind != yaml.ScalarNode) {
			d.mistake(e.node, "%s must be a list, each item after a dash, not %s", e.key, kind(e.node))
			return
		}
		if !ok {
			items = []entry{e}
		}
		got := make([]T, len(items))
		for i, item := range items {
			if d.patience <= 0 {
				return
			}
			if empty(item.node) {
				d.mistake(item.node, "%s must say something; remove the empty item", item.key)
				continue
			}
			each(&got[i]).read(item)
		}
		*to = got
	}}
}

// named are credentials under names that the user chooses, such as headers. check returns a complaint about
// a name, and a form that is equal for names that mean the same, or "" where it cannot be a name at all.
func (d *decoder) named(
	to *map[string]Secret, allow allowance,
	check func(name string) (same, complaint string), read func(entry, *Secret),
) value {
	object := shape{"type": "object", "minProperties": 1, "additionalProperties": credentials(allow)}
	return value{private: true, shape: object, read: func(e entry) {
		pairs, ok := d.pairs(e)
		if !ok {
			return
		}
		if len(pairs) == 0 {
			d.mistake(e.node, "%s has nothing in it; leave it out, or write {name: \"${VALUE}\"}", e.key)
		}
		got := map[string]Secret{}
		first := map[string]int{}
		for _, p := range pairs {
			name := p.key.Value
			same, complaint := check(name)
			if same != "" { // otherwise it may be a value in the wrong place
				d.lines.show(p.key)
			}
			if complaint != "" {
				d.mistake(p.key, "%s", complaint)
				continue
			}
			if line, twice := first[same]; twice {
				d.mistake(p.key, "%q stands here twice (first on line %d); keep one", brief(name), line)
				continue
			}
			first[same] = p.key.Line
			if empty(p.value) {
				d.mistake(p.key, "%q has no value; write %s", brief(name), reference(name))
				continue
			}
			var secret Secret
			read(entry{brief(name), p.key, p.value}, &secret)
			got[name] = secret
		}
		*to = got
	}}
}

// notRegexp returns the complaint about a text that is not a regular expression.
func notRegexp(err error) string {
	return strings.Replace(err.Error(), "error parsing regexp:",
		"is not a regular expression (RE2) that is understood:", 1)
}
