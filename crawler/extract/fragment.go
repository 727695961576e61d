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
	body, err := parseClean(clean)
	if err != nil {
		return "", err
	}
	return markdown(body)
}

// parseClean returns the clean tree of what [render] wrote.
func parseClean(clean string) (*html.Node, error) {
	body := element(atom.Body)
	nodes, err := html.ParseFragment(strings.NewReader(clean), body)
	if err != nil {
		return nil, fmt.Errorf("parse the clean HTML: %w", err)
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	return body, nil
}
