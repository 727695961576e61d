package extract

import "strings"

// classes is what a class attribute says of the elements that have it, as far as cleaning
// asks for it. Most say nothing of that, which is known by a look at one of them: a page has
// few different ones, each on many elements.
type classes uint16

const (
	forReaders   classes = 1 << iota // for screen readers alone
	backLinks                        // lead from footnotes back to the text
	furniture                        // for the site's own use
	gutter                           // may be line numbers beside code
	toolbar                          // may stand around code for those who click
	editor                           // holds lines of code
	playing                          // may become a film
	mathematical                     // may be a formula
	struckOut                        // struck through by a utility's name
	classifier                       // what kind of thing a term is, which Sphinx sets behind a colon
)

func (c classes) say(any classes) bool { return c&any != 0 }

func (c *classes) add(kind classes, is bool) {
	if is {
		*c |= kind
	}
}

// classes reads the class attribute of an element.
func (c *cleaner) classes(class string) classes {
	if class == "" {
		return 0
	}
	if c == nil {
		return readClasses(class)
	}
	said, known := c.said[class]
	if !known {
		if c.said == nil {
			c.said = map[string]classes{}
		}
		said = readClasses(class)
		c.said[class] = said
	}
	return said
}

func readClasses(attribute string) (said classes) {
	for class := range strings.FieldsSeq(attribute) {
		lower := strings.ToLower(class)
		said.add(forReaders, isForReaders(class))
		said.add(backLinks, lower == "mw-cite-backlink" || lower == "backrefs")
		said.add(furniture, isFurniture(class))
		said.add(gutter, isGutterName(lower) || lower == "lntd")
		said.add(toolbar, class == "toolbar" || class == "lang" || copies(class))
		said.add(editor, isEditor(class))
		said.add(playing, strings.HasPrefix(class, "wistia_async_"))
		said.add(struckOut, lower == "line-through" || lower == "text-decoration-line-through" || lower == "strikethrough")
		said.add(classifier, class == "classifier")
		said.add(mathematical, strings.Contains(lower, "math") || strings.Contains(lower, "katex") || strings.Contains(lower, "mjx"))
	}
	return said
}
