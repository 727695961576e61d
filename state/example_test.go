package state_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/fincrawl/fincrawl/state"
)

func ExampleOpen() {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	store, err := state.Open(filepath.Join(folder, "fincrawl.db"), state.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	entry := state.Entry{ExternalID: "refunds", RemoteID: "12", URL: "https://help.example.com/refunds", Title: "Refunds", Hash: "1"}
	if err := store.PutEntry("help-center", entry); err != nil {
		fmt.Println(err)
		return
	}
	if err := store.Flush(); err != nil { // now it outlives a kill
		fmt.Println(err)
		return
	}
	for e, err := range store.Entries("help-center") {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(e.ExternalID, "is", e.RemoteID, "at Intercom")
	}
	if err := store.Close(); err != nil {
		fmt.Println(err)
		return
	}
	// Output: refunds is 12 at Intercom
}
