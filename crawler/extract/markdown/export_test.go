package markdown

import (
	"github.com/fincrawl/fincrawl/crawler/extract/cleanhtml"
)

// What the tests compare with the converter alone.
var (
	Canonical = canonical
	WriteTree = Write
	ParseTree = cleanhtml.Parse
)
