package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest/sandbox"
	"github.com/fincrawl/fincrawl/internal/localserver"
)

func (a *app) sandbox() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Serve an emulated Intercom to try things out on",
		Long: `sandbox serves the calls of Intercom's AI Content API that fincrawl makes, with
their errors and rate limits, and at / a page that shows the library as Fin would
read it. Point intercom.base_url of a sources.yaml at it.

--fault KIND makes calls go wrong. KIND is one of

` + sandbox.FaultKinds + `

and may be followed by what it strikes and how often:

  --fault 503,chance=0.1,seed=7                            each tenth call or so
  --fault reset-after,method=POST,path=/ai/external_pages  what is sent arrives, its answer doesn't
  --fault revoked,skip=20                                  all calls after the twentieth
  --fault 422,text=Refunds,next=3                          the next 3 that say Refunds in their body
  --fault 429,wait=7,next=1                                one, with Retry-After: 7

While it runs, faults are switched at ` + sandbox.FaultsPath + `: GET shows them, DELETE clears
them, and POST adds one, such as {"kind": "slow", "wait": 90, "next": 1}.`,
		Args: cobra.NoArgs,
	}
	addr := cmd.Flags().String("addr", "127.0.0.1:4010", "address to listen on")
	token := cmd.Flags().String("token", "", "the only access token accepted (default: any)")
	rateLimit := cmd.Flags().Int("rate-limit", 0, "calls a minute, counted in windows of 10 seconds (default: no limit)")
	limit := cmd.Flags().Int("listing-limit", 0, "end the listing of pages after so many, as Intercom does after 10,000 (default: list all)")
	noLookUp := cmd.Flags().Bool("no-lookup", false, "look no page up by its external ID, as older versions of the API")
	audiences := cmd.Flags().Int64Slice("audiences", nil, "IDs of the only audiences that there are (default: any)")
	file := cmd.Flags().String("data", "", "file that keeps the library (default: memory only)")
	hosts := cmd.Flags().StringArray("host", nil, "a further name that it is asked by, such as that of a container; may be repeated")
	faults := cmd.Flags().StringArray("fault", nil, "let calls go wrong: `KIND[,method=…,path=…,text=…,chance=…,seed=…,skip=…,next=…,wait=…]`; may be repeated")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *rateLimit < 0 {
			return usageError{fmt.Errorf("--rate-limit is a number of calls a minute, not %d", *rateLimit)}
		}
		if *limit < 0 {
			return usageError{fmt.Errorf("--listing-limit is a number of pages, not %d", *limit)}
		}
		c := sandbox.Config{Token: *token, RateLimit: *rateLimit, ListingLimit: *limit, NoLookUp: *noLookUp, Audiences: *audiences, File: *file}
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
