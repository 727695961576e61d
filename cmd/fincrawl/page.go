package main

import (
	"net/url"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile"
)

// This file is about runs that look at single pages.

func pagesFlag(cmd *cobra.Command, pages *[]string) {
	cmd.Flags().StringArrayVar(pages, "page", nil, "look at the page with this `URL` alone, without a crawl; may be given several times")
}

// onlyPages returns the pages that are to be looked at alone, by their source, and these
// sources; nil, and all of sources, where none was named.
func onlyPages(c *config.Config, names, pages []string, sources []config.Source) (map[string][]*url.URL, []config.Source, error) {
	var addresses []*url.URL
	for _, page := range pages {
		address, err := webAddress(page)
		if err != nil {
			return nil, nil, err
		}
		addresses = append(addresses, address)
	}
	return reconcile.OnlyPages(c, names, addresses, sources)
}
