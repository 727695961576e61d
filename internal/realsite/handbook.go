package realsite

import (
	"embed"
	"io/fs"
)

//go:embed handbook
var handbookFiles embed.FS

// Handbook returns the pages of a small support team's wiki, with six namespaces, tables, lists, code, a
// name that is not ASCII, and a link to a page that does not exist.
func Handbook() (fs.FS, error) { return fs.Sub(handbookFiles, "handbook") }
