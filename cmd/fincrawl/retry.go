package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/state"
)

func (a *app) retry() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "retry [SOURCE…]",
		Short: "Let the next sync send pages again that Intercom refused",
		Long: `retry forgets that Intercom refused pages, so that the next sync sends them again
as they are. A page that changed is sent again anyway.`,
	}
	page := cmd.Flags().String("page", "", "only the page with this URL, with all of its parts")
	cmd.RunE = func(cmd *cobra.Command, names []string) (err error) {
		c, sources, err := a.selected(names)
		if err != nil {
			return err
		}
		store, err := state.Open(c.State, state.Options{Wait: lockWait})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, store.Close()) }()
		total := 0
		for _, s := range sources {
			var cleared []state.Entry
			for e, err := range store.Entries(s.Name) {
				if err != nil {
					return err
				}
				if e.Refused != nil && (*page == "" || *page == e.URL || *page == crawler.Address(e.URL) || *page == e.ExternalID) {
					cleared = append(cleared, e)
				}
			}
			for _, e := range cleared {
				e.Refused = nil
				if err := store.PutEntry(s.Name, e); err != nil {
					return err
				}
				fmt.Fprintf(a.out, "%s: %s\n", s.Name, e.URL)
			}
			total += len(cleared)
		}
		if err := store.Flush(); err != nil {
			return err
		}
		switch {
		case total > 0:
			fmt.Fprintf(a.out, "The next sync sends %s again.\n", plural.Count(total, "page"))
		case *page != "":
			return usageError{fmt.Errorf("%s is not among the refused pages; see fincrawl status", *page)}
		default:
			fmt.Fprintln(a.out, "No page is refused.")
		}
		return nil
	}
	return cmd
}
