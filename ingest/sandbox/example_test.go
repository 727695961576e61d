package sandbox_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
)

// The sandbox is a handler, so a client of the API can be tried against it within one program.
func Example() {
	box, err := sandbox.New(sandbox.Config{Token: "secret"})
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(box)
	defer server.Close()

	ctx := context.Background()
	client := intercom.New(intercom.Config{BaseURL: server.URL, Token: "secret"})
	source, err := client.CreateImportSource(ctx, "https://help.example.com", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	page, err := client.UpsertPage(ctx, intercom.PageRequest{
		SourceID: source.ID, ExternalID: "refunds", URL: "https://help.example.com/refunds", Title: "Refunds",
		HTML: "<p>We refund an order within 14 days.</p>", Locale: "en", AIAgentAvailability: true,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(page.ExternalID, page.Title)
	fmt.Println(len(box.Pages(source.ID)), "page in the library")
	// Output:
	// refunds Refunds
	// 1 page in the library
}
