package extract_test

import (
	"fmt"
	"log"
	"net/url"

	"github.com/fincrawl/fincrawl/crawler/extract"
)

func ExampleDocument_Extract() {
	page := []byte(`<!doctype html><title>Refunds - Help</title>
		<nav><a href="/">Home</a> <a href="/billing">Billing</a></nav>
		<main><h1>Refunds</h1>
		<p>We refund an order within <b>14 days</b>. See <a href="/plans">our plans</a>.</p></main>
		<footer>Copyright</footer>`)
	address, err := url.Parse("https://help.example.com/refunds")
	if err != nil {
		log.Fatal(err)
	}
	doc, err := extract.Parse(address, "text/html; charset=utf-8", page)
	if err != nil {
		log.Fatal(err)
	}
	article, err := doc.Extract(extract.Rules{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(article.Title)
	fmt.Println(article.Markdown)
	// Output:
	// Refunds
	// We refund an order within **14 days**. See [our plans](https://help.example.com/plans).
}
