package markdown

import (
	"github.com/fincrawl/fincrawl/crawler/extract/cleanhtml"
)

// What the tests compare with the converter alone.
var (
	Canonical    = canonical
	NewConverter = newConverter
)

var WriteTree, ParseTree = Write, cleanhtml.Parse
