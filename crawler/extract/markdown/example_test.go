package markdown_test

import (
	"fmt"
	"log"

	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
)

func ExampleFromHTML() {
	text, err := markdown.FromHTML(`<h2>Steps</h2><ol><li>Open <em>Settings</em>.</li><li>Choose <code>Billing</code>.</li></ol>`, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(text)
	// Output:
	// ## Steps
	//
	// 1. Open *Settings*.
	// 2. Choose `Billing`.
}
