package main

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest/sandbox"
	"github.com/fincrawl/fincrawl/internal/localserver"
)

func (a *app) sandbox() *cobra.Command {
	cmd := &cobra.Command{
		Use:  "sandbox",
		Args: cobra.NoArgs,
	}
	addr := cmd.Flags().String("addr", "127.0.0.1:4010", "the `HOST:PORT` to listen on")
	token := cmd.Flags().String("token", "", "the only access `TOKEN` accepted (default: any)")
	rateLimit := cmd.Flags().Uint("rate-limit", 0, "`N` calls a minute, counted in windows of 10 seconds (default: no limit)")
	limit := cmd.Flags().Uint("listing-limit", 0, "end the listing of pages after `N`, as Intercom does after 10,000 (default: list all)")
	noLookUp := cmd.Flags().Bool("no-lookup", false, "look no page up by its external ID, as older versions of the API")
	audiences := cmd.Flags().Int64Slice("audiences", nil, "`IDS` of the only audiences that there are (default: any)")
	file := cmd.Flags().String("data", "", "`FILE` that keeps the library (default: memory only)")
	hosts := cmd.Flags().StringArray("host", nil, "a further `NAME` that it is asked by, such as that of a container; may be repeated")
	faults := cmd.Flags().StringArray("fault", nil, "let calls go wrong: `KIND[,method=…,path=…,text=…,chance=…,seed=…,skip=…,next=…,wait=…]`; may be repeated")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if _, _, err := net.SplitHostPort(*addr); err != nil {
			return usageError{fmt.Errorf("--addr wants a host and a port, such as 127.0.0.1:4010, not %q; for a port of this machine alone write 127.0.0.1:PORT", *addr)}
		}
		c := sandbox.Config{Token: *token, RateLimit: int(*rateLimit), ListingLimit: int(*limit), NoLookUp: *noLookUp, Audiences: *audiences, File: *file}
		for _, host := range *hosts {
			c.Hosts = append(c.Hosts, strings.ToLower(host))
		}
		for _, text := range *faults {
			f, err := sandbox.ParseFault(text)
			if err != nil {
				return usageError{err}
			}
			c.Faults = append(c.Faults, f)
		}
		box, err := sandbox.New(c)
		if err != nil {
			return err
		}
		s, err := localserver.Serve(*addr, box)
		if err != nil {
			return errors.Join(err, box.Close())
		}
		if !s.OnlyHere() {
			fmt.Fprintf(a.errOut, "Warning: it listens beyond this machine, at %s: whoever reaches it can read the library and change it. "+
				"Leave --addr out, or let a firewall in front of it decide.\n", *addr)
		}
		fmt.Fprintf(a.out, "Library page: %s/\nAPI: intercom.base_url: %s\n", s.URL, s.URL)
		err = s.Wait(cmd.Context())
		return errors.Join(err, s.Close(), box.Close())
	}
	return cmd
}
