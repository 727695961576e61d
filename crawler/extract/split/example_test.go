package split_test

import (
	"fmt"
	"log"

	"github.com/fincrawl/fincrawl/crawler/extract/split"
)

func ExampleParts() {
	article := `<p>All that customers ask about billing.</p>
		<h2 id="refunds">Refunds</h2><p>We refund an order within 14 days.</p>
		<h2>Invoices</h2><p>We send an invoice on the first of the month.</p>`
	parts, err := split.Parts(article, split.Rules{At: 2}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range parts {
		fmt.Printf("%q %q\n", p.Anchor, p.Path)
	}
	// Output:
	// "" []
	// "refunds" ["Refunds"]
	// "invoices" ["Invoices"]
}
