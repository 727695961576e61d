package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/internal/reconcile/decide"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) retry() *cobra.Command {
	cmd := &cobra.Command{
		Use: "retry [SOURCE…]",
	}
	page := cmd.Flags().String("page", "", "only the page with this `URL`, with all of its parts")
	cmd.RunE = func(_ *cobra.Command, names []string) error {
		c, sources, err := a.selected(names, a.loadToLook)
		if err != nil {
			return err
		}
		return a.withState(c, func(store *state.Store) error {
			total := 0
			for _, s := range sources {
				urls, err := decide.Retry(store, s.Name, *page)
				if err != nil {
					return err
				}
				for _, url := range urls {
					fmt.Fprintf(a.out, "%s: %s\n", s.Name, url)
				}
				total += len(urls)
			}
			switch {
			case total > 0:
				fmt.Fprintf(a.out, "The next sync sends %s again.\n", plural.Count(total, "page"))
			case *page != "":
				return usageError{fmt.Errorf("%s is not among the refused pages; see `fincrawl status`", *page)}
			default:
				fmt.Fprintln(a.out, "No page is refused.")
			}
			return nil
		})
	}
	return cmd
}
