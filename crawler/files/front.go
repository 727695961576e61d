package files

import (
	"bytes"
	"time"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v4"

	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/listing"
)

// front is what stands before the text of a Markdown file, between lines of --- (YAML) or +++ (TOML).
type front map[string]any

// maxFront is the longest front matter, in bytes.
const maxFront = 64 << 10

// frontMatter returns the front matter of a file, or nil.
func frontMatter(format listing.Format, body []byte) front {
	if format != listing.Format(document.Markdown) {
		return nil
	}
	body = bytes.ReplaceAll(bytes.TrimPrefix(body, []byte("\ufeff")), []byte("\r\n"), []byte("\n"))
	for _, way := range []struct {
		fence string
		parse func([]byte, any) error
	}{{"---", yaml.Unmarshal}, {"+++", toml.Unmarshal}} {
		after, ok := bytes.CutPrefix(body, []byte(way.fence+"\n"))
		if !ok {
			continue
		}
		data, _, ok := bytes.Cut(append([]byte("\n"), after[:min(len(after), maxFront)]...), []byte("\n"+way.fence))
		var says front
		if !ok || way.parse(data, &says) != nil {
			return nil
		}
		return says
	}
	return nil
}

// text returns a value that is a text, or "".
func (f front) text(key string) string {
	text, _ := f[key].(string)
	return text
}

// isTrue reports whether a value is true.
func (f front) isTrue(key string) bool {
	is, _ := f[key].(bool)
	return is || f.text(key) == "true"
}

// list returns the texts of a list.
func (f front) list(key string) (texts []string) {
	if all, ok := f[key].([]any); ok {
		for _, one := range all {
			if text, ok := one.(string); ok {
				texts = append(texts, text)
			}
		}
	}
	return texts
}

// time returns a time, or the zero time.
func (f front) time(key string) time.Time {
	switch value := f[key].(type) {
	case time.Time:
		return value
	case toml.LocalDate:
		return value.AsTime(time.UTC)
	case toml.LocalDateTime:
		return value.AsTime(time.UTC)
	case string:
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
			if at, err := time.Parse(layout, value); err == nil {
				return at
			}
		}
	}
	return time.Time{}
}
