package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/ingest/sandbox"
)

func (a *app) sandbox() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Serve an emulated Intercom to try things out on",
		Long: `sandbox serves the calls of Intercom's AI Content API that fincrawl makes, with
their errors and rate limits, and at / a page that shows the library as Fin would
read it. Point intercom.base_url of a sources.yaml at it.`,
		Args: cobra.NoArgs,
	}
	addr := cmd.Flags().String("addr", "127.0.0.1:4010", "address to listen on")
	token := cmd.Flags().String("token", "", "the only access token accepted (default: any)")
	rateLimit := cmd.Flags().Int("rate-limit", 0, "calls a minute, counted in windows of 10 seconds (default: no limit)")
	file := cmd.Flags().String("data", "", "file that keeps the library (default: memory only)")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *rateLimit < 0 {
			return usageError{fmt.Errorf("--rate-limit is a number of calls a minute, not %d", *rateLimit)}
		}
		box, err := sandbox.New(sandbox.Config{Token: *token, RateLimit: *rateLimit, File: *file})
		if err != nil {
			return err
		}
		s, err := serve(*addr, box)
		if err != nil {
			return errors.Join(err, box.Close())
		}
		fmt.Fprintf(a.out, "Library page: %s/\nAPI: intercom.base_url: %s\n", s.URL, s.URL)
		err = s.wait(cmd.Context())
		return errors.Join(err, s.close(), box.Close())
	}
	return cmd
}
