// Package pagestyle has what the pages that people open in a browser have in common: their style
// sheet, and pieces of templates.
package pagestyle

import (
	_ "embed" // for the files below
	"html/template"
)

// CSS is the style sheet, in light and dark.
//
//go:embed style.css
var CSS string

//go:embed parts.html
var parts string

// Parts returns a set with the templates "mark", the sign beside a page's name, and "flags", which
// says who answers from a page that has the fields AIAgentAvailability and AICopilotAvailability.
func Parts() *template.Template { return template.Must(template.New("").Parse(parts)) }
