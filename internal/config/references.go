package config

import (
	"errors"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"
)

// referencePattern matches "$$", and everything that begins like "${NAME}".
var (
	referencePattern = regexp.MustCompile(`\$\$|\$\{([^{}]*\})?`)
	variablePattern  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,127}$`)
)

// expansion is a text with its references replaced.
type expansion struct {
	text    string
	refs    int  // number of ${NAME}
	literal bool // there was other text as well
}

// expand replaces ${NAME} by the environment variable and $$ by a dollar sign. With mustHold, an empty
// variable is a mistake.
func (d *decoder) expand(n *yaml.Node, raw string, mustHold bool) (e expansion, ok bool) {
	var b strings.Builder
	ok = true
	last := 0
	for _, m := range referencePattern.FindAllStringIndex(raw, -1) {
		e.literal = e.literal || m[0] > last
		b.WriteString(raw[last:m[0]])
		last = m[1]
		reference := raw[m[0]:m[1]]
		if reference == "$$" {
			e.literal = true
			b.WriteByte('$')
			continue
		}
		e.refs++
		name := strings.TrimSuffix(strings.TrimPrefix(reference, "${"), "}")
		if !variablePattern.MatchString(name) || !strings.HasSuffix(reference, "}") {
			d.mistake(n, "a reference is written ${NAME}, the name of letters, digits and _ only; "+
				"a dollar sign itself is $$")
			ok = false
			continue
		}
		got, set := d.lookup(name)
		switch {
		case !set:
			d.mistakeAt(n.Line, d.lines.find(n, reference),
				"the environment variable %s is not set; set it, or put another name here", name)
			ok = false
		case mustHold && got == "":
			d.mistakeAt(n.Line, d.lines.find(n, reference),
				"the environment variable %s is set, but empty; give it its value", name)
			ok = false
		}
		b.WriteString(got)
	}
	e.literal = e.literal || last < len(raw)
	b.WriteString(raw[last:])
	e.text = b.String()
	return e, ok
}

// credential reads a value that may come from the environment or from a file. allow says what else it may
// be.
func (d *decoder) credential(e entry, to *Secret, allow allowance) {
	n := target(e.node)
	if n.Kind != yaml.ScalarNode {
		d.mistake(e.node, "%s must be a reference such as %s, not %s", e.key, reference(e.key), kind(n))
		return
	}
	if d.lenient {
		before := len(d.mistakes)
		defer func() { d.mistakes = d.mistakes[:before] }()
	}
	if path, ok := strings.CutPrefix(n.Value, "file:"); ok {
		d.lines.show(n)
		d.secretFile(e, path, to)
		return
	}
	got, ok := d.expand(n, n.Value, true)
	switch {
	case allow == nothingElse && got.refs > 0 && got.literal:
		d.mistake(e.node, "%s must be one reference and nothing else, such as %s", e.key, reference(e.key))
	case allow != literals && got.refs == 0 && n.Value == "":
		d.mistake(e.node, "%s is empty; write %s", e.key, reference(e.key))
	case allow != literals && got.refs == 0:
		d.mistake(e.node, "%s is written out here, and this file gets copied and committed: "+
			"put it into an environment variable and write %s, or into a file and write file:/run/secrets/name",
			e.key, reference(e.key))
	case ok:
		d.keep(e, got.text, to)
	}
}

// allowance says what a credential may be besides one reference.
type allowance int

const (
	nothingElse allowance = iota // for a token or a password
	textAround                   // text around references, such as "Bearer ${T}"
	literals                     // any text, such as a user name
)

// secretFile reads a secret from a file. A relative path starts from the folder of sources.yaml.
func (d *decoder) secretFile(e entry, path string, to *Secret) {
	expanded, ok := d.expand(target(e.node), path, true)
	if !ok {
		return
	}
	if expanded.text == "" {
		d.mistake(e.node, "file: needs a path, such as file:/run/secrets/name")
		return
	}
	if text, ok := d.contents(e, expanded.text, path, maxSecret, "64 KiB"); ok {
		d.keep(e, text, to)
	}
}

// textFile reads a secret of several lines.
func (d *decoder) textFile(e entry, path string, to *Secret) {
	if d.lenient {
		return
	}
	if text, ok := d.contents(e, path, path, maxFile, "1 MB"); ok {
		*to = Secret{text}
	}
}

// contents reads the file at path. Messages call it shown.
func (d *decoder) contents(e entry, path, shown string, limit int64, most string) (text string, ok bool) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(d.folder, path)
	}
	data, err := readFile(path, limit)
	var cause *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.mistake(e.node, "the file %s does not exist", brief(shown))
	case errors.As(err, &cause):
		d.mistake(e.node, "the file %s can't be read: %v", brief(shown), cause.Err)
	case err != nil:
		d.mistake(e.node, "the file %s can't be read", brief(shown))
	case int64(len(data)) > limit:
		d.mistake(e.node, "the file %s is larger than %s; is it the right one?", brief(shown), most)
	case strings.TrimSpace(string(data)) == "":
		d.mistake(e.node, "the file %s is empty", brief(shown))
	default:
		if found := (SecretFile{e.key, path}); !slices.Contains(d.files, found) {
			d.files = append(d.files, found)
		}
		return string(data), true
	}
	return "", false
}

// keep checks and stores a secret. It removes the line break that files and pasted variables often end
// with.
func (d *decoder) keep(e entry, secret string, to *Secret) {
	secret = strings.TrimRight(secret, "\r\n")
	if strings.ContainsFunc(secret, unicode.IsControl) {
		d.mistake(e.node, "the value of %s has a line break or another control character in it; it must be one line",
			e.key)
		return
	}
	*to = Secret{secret}
}

// reference returns an example of a reference for the value of key.
func reference(key string) string {
	key = key[strings.LastIndexAny(key, ".: ")+1:]
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, key)
	if key == "token" {
		name = "INTERCOM_ACCESS_TOKEN"
	}
	if !variablePattern.MatchString(name) {
		name = "NAME"
	}
	return "${" + name + "}"
}
