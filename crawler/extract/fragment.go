package extract

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Markdown writes the HTML of an [Article] as canonical Markdown, as Extract does:
// for those who change the HTML afterwards.
func Markdown(clean string) (string, error) {
	body := element(atom.Body)
	nodes, err := html.ParseFragment(strings.NewReader(clean), body)
	if err != nil {
		return "", fmt.Errorf("parse the clean HTML: %w", err)
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	return markdown(body)
}
