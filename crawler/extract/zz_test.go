package extract

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestZZHidden(t *testing.T) {
	for _, id := range strings.Fields(os.Getenv("IDS")) {
		d := parseBytes(t, "text/html; charset=utf-8", unpacked(t, "../../../shared/extraction/html/"+id+".html.gz"))
		had := map[*html.Node]bool{}
		for n := range d.node().Descendants() {
			if n.Type == html.ElementNode && isUnseen(n) {
				had[n] = true
			}
		}
		ruled := sheetsOf(d.node(), nil).hidden(d.node())
		d.present()
		for n := range d.node().Descendants() {
			if n.Type == html.ElementNode && (hasAttr(n, "hidden") && (!had[n] || os.Getenv("ALL") != "") || had[n] && !isUnseen(n)) && wordsUpTo(n, 3) == 3 {
				fmt.Printf("%s hidden=%v ruled=%v before=%v %s words=%d\n   %.150s\n", id, hasAttr(n, "hidden"), ruled[n], had[n], openTag(n), wordsUpTo(n, 5000), rawText(n, 150))
			}
		}
	}
}

func openTag(n *html.Node) string {
	s := n.Data
	for _, a := range n.Attr {
		s += fmt.Sprintf(" %s=%q", a.Key, a.Val)
	}
	return s
}
