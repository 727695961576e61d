package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/fincrawl/fincrawl/internal/config"
)

// Write writes the draft to the file at path. If the file exists, the source is added at the end of its list and
// nothing else is changed. fresh reports whether the file is new.
func (d Draft) Write(path string) (fresh bool, err error) {
	before, err := os.ReadFile(path)
	text, mode := d.File(), fs.FileMode(0o644)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		fresh = true
	case err != nil:
		return false, err
	default:
		if text, err = d.added(before); err != nil {
			return false, fmt.Errorf("add to %s: %w", path, err)
		}
		if info, err := os.Stat(path); err == nil {
			mode = info.Mode().Perm()
		}
	}
	next, err := os.CreateTemp(filepath.Dir(path), ".sources-*.yaml")
	if err != nil {
		return fresh, err
	}
	defer func() { _ = os.Remove(next.Name()) }() // fails if the file has been renamed
	_, err = next.WriteString(text)
	if err = errors.Join(err, next.Chmod(mode), next.Close()); err != nil {
		return fresh, err
	}
	if _, err := config.LoadToLook(next.Name(), os.LookupEnv); err != nil {
		return fresh, fmt.Errorf("what would be written to %s is not right: %w", path, err)
	}
	if fresh {
		// Link fails if somebody has created the file in the meantime.
		if err := os.Link(next.Name(), path); !errors.Is(err, errors.ErrUnsupported) {
			return fresh, err
		}
	}
	return fresh, os.Rename(next.Name(), path)
}

// added returns the file's text with the source at the end of its list.
func (d Draft) added(before []byte) (string, error) {
	byHand := fmt.Errorf("its list of sources is not one of dashes at the beginning of lines; add this by hand:\n%s",
		strings.Join(d.Lines(), "\n"))
	var document yaml.Node
	err := yaml.Unmarshal(before, &document)
	if err != nil || len(document.Content) == 0 || document.Content[0].Kind != yaml.MappingNode {
		return "", byHand
	}
	lines := strings.SplitAfter(string(before), "\n")
	pairs := document.Content[0].Content
	for i := 0; i+1 < len(pairs); i += 2 {
		key, list := pairs[i], pairs[i+1]
		isList := list.Kind == yaml.SequenceNode && list.Style&yaml.FlowStyle == 0 && len(list.Content) > 0
		if key.Value != "sources" || !isList {
			continue
		}
		first := lines[list.Content[0].Line-1]
		indent := len(first) - len(strings.TrimLeft(first, " "))
		if !strings.HasPrefix(first[indent:], "- ") {
			return "", byHand
		}
		end := len(lines)
		if i+2 < len(pairs) {
			end = pairs[i+2].Line - 1
		}
		for end > 0 && (strings.TrimSpace(lines[end-1]) == "" || strings.HasPrefix(lines[end-1], "#")) {
			end-- // comments above the next key belong to that key
		}
		var b strings.Builder
		b.WriteString(strings.Join(lines[:end], ""))
		if !strings.HasSuffix(b.String(), "\n") {
			b.WriteString("\n")
		}
		b.WriteString("\n")
		for _, line := range d.Lines() {
			b.WriteString(strings.Repeat(" ", indent) + line + "\n")
		}
		b.WriteString(strings.Join(lines[end:], ""))
		return b.String(), nil
	}
	return "", byHand
}

// WriteExample adds the variables to the .env.example beside the file at path, and returns the path of .env.example.
// Variables that it already contains are left as they are.
func (d Draft) WriteExample(path string) (example string, err error) {
	example = filepath.Join(filepath.Dir(path), ".env.example")
	before, err := os.ReadFile(example)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return example, err
	}
	text := string(before)
	if text == "" {
		text = "# What sources.yaml refers to. Copy this to .env, fill it in, and keep that file to yourself.\n"
	}
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	token := [2]string{"INTERCOM_ACCESS_TOKEN", "the access token of Intercom"}
	for _, v := range append([][2]string{token}, d.Variables()...) {
		if !strings.Contains("\n"+text, "\n"+v[0]+"=") {
			text += fmt.Sprintf("\n# %s\n%s=\n", v[1], v[0])
		}
	}
	if text == string(before) {
		return example, nil
	}
	return example, os.WriteFile(example, []byte(text), 0o644)
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
