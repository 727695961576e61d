package state

import (
	"encoding/json"
	"fmt"
)

func styleSheets() table { return table{tree: "stylesheets"} }

// StyleSheets returns the texts of the style sheets of a source's last reading, by URL.
func (s *Store) StyleSheets(source string) (sheets map[string]string, err error) {
	text, ok, err := s.readText(styleSheets(), source)
	if err != nil || !ok {
		return nil, err
	}
	if err := json.Unmarshal([]byte(text), &sheets); err != nil {
		return nil, damaged(s.path, err)
	}
	return sheets, nil
}

// SetStyleSheets replaces the style sheets of a source.
func (s *Store) SetStyleSheets(source string, sheets map[string]string) error {
	value, err := json.Marshal(sheets)
	if err != nil {
		return fmt.Errorf("record the style sheets: %w", err)
	}
	return s.update(write{styleSheets(), source, s.compress(string(value))}.do)
}
