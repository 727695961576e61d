package render

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/fincrawl/fincrawl/internal/htmltree"
	"github.com/fincrawl/fincrawl/internal/weburl"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// servedDocument is what a document's HTML says about its files before any script runs.
type servedDocument struct {
	base    *url.URL
	based   bool // a <base> was read; the first one counts
	named   []namedFile
	modules []string // texts of its inline module scripts
	styles  []string // texts of its inline style sheets
	imports importMap
}

type namedFile struct {
	address string
	kind    kind
}

func (d *servedDocument) read(n *html.Node) {
	if n.Type == html.ElementNode {
		switch n.DataAtom {
		case atom.Template, atom.Noscript:
			return // neither is part of the page
		case atom.Base:
			d.rebase(htmltree.Attr(n, "href"))
		case atom.Script:
			d.script(n)
		case atom.Style:
			d.styles = append(d.styles, literally(n))
		case atom.Link:
			d.link(n)
		}
	}
	for child := range n.ChildNodes() {
		d.read(child)
	}
}

func (d *servedDocument) rebase(href string) {
	if d.based || href == "" {
		return
	}
	if base, err := weburl.Resolve(d.base, href); err == nil && originOf(base) != (origin{}) {
		d.base, d.based = base, true
	}
}

func (d *servedDocument) script(n *html.Node) {
	kindOf, src := strings.ToLower(strings.TrimSpace(htmltree.Attr(n, "type"))), htmltree.Attr(n, "src")
	switch {
	case kindOf == "importmap":
		d.imports.add(literally(n))
		for _, address := range d.imports.addresses() {
			d.named = append(d.named, namedFile{address, module})
		}
	case kindOf == "module" && src != "":
		d.named = append(d.named, namedFile{src, module})
	case kindOf == "module":
		d.modules = append(d.modules, literally(n))
	case src != "" && runs(n):
		d.named = append(d.named, namedFile{src, data})
	}
}

func (d *servedDocument) link(n *html.Node) {
	rel, href := strings.Fields(strings.ToLower(htmltree.Attr(n, "rel"))), htmltree.Attr(n, "href")
	if href == "" {
		return
	}
	switch as := strings.ToLower(htmltree.Attr(n, "as")); {
	case slices.Contains(rel, "stylesheet"), slices.Contains(rel, "preload") && as == "style":
		d.named = append(d.named, namedFile{href, sheet})
	case slices.Contains(rel, "modulepreload"):
		d.named = append(d.named, namedFile{href, module})
	case slices.Contains(rel, "preload") && (as == "script" || as == "fetch"):
		d.named = append(d.named, namedFile{href, data})
	}
}

// literally returns the text of a script or style element.
func literally(n *html.Node) string {
	var b strings.Builder
	for child := range n.ChildNodes() {
		b.WriteString(child.Data)
	}
	return b.String()
}

// namedIn returns the addresses that a file names, as it writes them. In a script, a string that looks like
// an import counts too. That is harmless, since the site served it like that.
func namedIn(k kind, text []byte) (addresses []string) {
	pattern := importsOfScripts()
	if k == sheet {
		pattern = importsOfStyles()
	}
	for _, found := range pattern.FindAllSubmatch(text, maxNamed) {
		for _, address := range found[1:] {
			if len(address) > 0 {
				addresses = append(addresses, string(address))
			}
		}
	}
	return addresses
}

var (
	importsOfScripts = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:^|[^\w$.])(?:import|export)\s*(?:[\w$\s{},*]+from\s*)?(?:"([^"\\\n]+)"|'([^'\\\n]+)')`)
	})
	importsOfStyles = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)@import\s*(?:url\(\s*)?(?:"([^"\\\n]+)"|'([^'\\\n]+)'|([^\s"'()\\;]+))`)
	})
)

// importMap maps the names in import to addresses (HTML, section 8.1.6.2).
type importMap struct{ names map[string]string }

func (m *importMap) add(text string) {
	var written struct {
		Imports map[string]any            `json:"imports"`
		Scopes  map[string]map[string]any `json:"scopes"`
	}
	if json.Unmarshal([]byte(text), &written) != nil {
		return
	}
	if m.names == nil {
		m.names = make(map[string]string)
	}
	for _, names := range written.Scopes {
		m.addAll(names)
	}
	m.addAll(written.Imports)
}

func (m *importMap) addAll(names map[string]any) {
	for name, address := range names {
		if text, ok := address.(string); ok {
			m.names[name] = text
		}
	}
}

// addresses returns the complete addresses of the map, in order.
func (m *importMap) addresses() (list []string) {
	for _, address := range m.names {
		if !strings.HasSuffix(address, "/") {
			list = append(list, address)
		}
	}
	slices.Sort(list)
	return list
}

// resolve returns the address that a name in import stands for.
func (m *importMap) resolve(name string) (address string, ok bool) {
	if address, ok := m.names[name]; ok {
		return address, true
	}
	longest := ""
	for prefix := range m.names {
		if strings.HasSuffix(prefix, "/") && strings.HasPrefix(name, prefix) && len(prefix) > len(longest) {
			longest = prefix
		}
	}
	if longest != "" {
		return m.names[longest] + strings.TrimPrefix(name, longest), true
	}
	isAddress := strings.HasPrefix(name, "/") || strings.HasPrefix(name, ".") || strings.Contains(name, "://")
	return name, isAddress
}
