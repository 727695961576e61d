package document

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/internal/testsite"
)

// A table that is set across the page, which is shown turned, is read as on the screen.
func TestAPageThatIsSetSidewaysIsReadAsItIsShown(t *testing.T) {
	rows := [][]string{{"Cabin", "Beds", "Rent a week"}, {"Wren", "2", "310 crowns"}, {"Magpie", "4", "520 crowns"}, {"Moorhen", "6", "740 crowns"}}
	var page strings.Builder
	for r, row := range rows {
		for c, said := range row {
			x, y := 90+140*c, 500-24*r
			fmt.Fprintf(&page, "BT /F1 11 Tf 0 1 -1 0 %d %d Tm (%s) Tj ET\n", 595-y, x, said)
		}
	}
	body := bytes.ReplaceAll(testsite.PDF("Cabins", page.String()), []byte("/Type /Page "), []byte("/Type /Page /Rotate 90 "))
	if !bytes.Contains(body, []byte("/Rotate 90")) {
		t.Fatal("the page is not turned")
	}
	var r Reader
	defer r.Close()
	u := &url.URL{Scheme: "https", Host: "files.example", Path: "/cabins.pdf"}
	doc, err := r.Read(t.Context(), PDF, u, "", body)
	if err != nil {
		t.Fatal(err)
	}
	if got := extracted(t, doc, u).Markdown; !strings.Contains(got, "| Moorhen | 6 | 740 crowns |") {
		t.Errorf("is read as\n%s", got)
	}
}
