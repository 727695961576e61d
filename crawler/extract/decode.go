package extract

import "fmt"

// Decode returns a text that is no HTML as UTF-8, by the rules of [Parse]: for files
// that are read otherwise.
func Decode(contentType string, body []byte) (string, error) {
	text, err := decode(contentType, body)
	if err != nil {
		return "", fmt.Errorf("decode: %w", err)
	}
	return string(text), nil
}
