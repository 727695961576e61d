// Package pagestyle has what all HTML pages of fincrawl share: a style sheet and templates.
package pagestyle

import (
	_ "embed" // for the files below
	"html/template"
)

// CSS is the style sheet, for light and dark mode.
//
//go:embed style.css
var CSS string

//go:embed parts.html
var parts string

// Parts returns the templates "mark", the sign beside a page's name, and "flags", which shows who answers from a page.
// "flags" needs the fields AIAgentAvailability and AICopilotAvailability.
func Parts() *template.Template { return template.Must(template.New("").Parse(parts)) }
