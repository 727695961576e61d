package urlpattern_test

import (
	"fmt"
	"log"
	"net/url"

	"github.com/fincrawl/fincrawl/internal/urlpattern"
)

func ExampleParse() {
	articles, err := urlpattern.Parse("/articles/**")
	if err != nil {
		log.Fatal(err)
	}
	edits, err := urlpattern.Parse("re:[?&]do=edit")
	if err != nil {
		log.Fatal(err)
	}
	for _, address := range []string{"https://help.example.com/articles/billing/refunds", "https://help.example.com/start?do=edit"} {
		u, err := url.Parse(address)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(articles.Match(u), edits.Match(u))
	}
	// Output:
	// true false
	// false true
}
