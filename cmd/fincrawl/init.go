package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/setup"
)

// lookTime is how long one answer of a site may take while it is looked at.
const lookTime = 30 * time.Second

func (a *app) init() *cobra.Command {
	cmd := &cobra.Command{
		Use:        "init [URL]",
		SuggestFor: []string{"setup", "new", "create", "add"},
		Args:       cobra.MaximumNArgs(1),
	}
	var w setup.Wish
	cmd.Flags().StringVar(&w.Name, "name", "", "the `NAME` of the source (default: made of its host)")
	cmd.Flags().StringVar(&w.LibraryURL, "library-url", "", "the `URL` that Intercom names the library by, where the site has no public one")
	cmd.Flags().StringVar(&w.Login, "login", "", "the `URL` of the page with the login, where the start page does not lead there")
	cmd.Flags().StringVar(&w.UserEnv, "user-env", "", "the `VARIABLE` with the user's name (default: made of the name)")
	cmd.Flags().StringVar(&w.PasswordEnv, "password-env", "", "the `VARIABLE` with the password or token (default: made of the name)")
	cmd.Flags().StringVar(&w.BaseURL, "base-url", "", "the `URL` of Intercom's API in a new file, such as that of fincrawl sandbox")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		w.URL = strings.Join(args, "")
		path, _ := a.file()
		jar, err := cookiejar.New(nil)
		if err != nil {
			return err
		}
		quiet := *a
		quiet.quiet = !a.verbose
		sampler := quiet.sampler()
		s := setup.Setup{
			Path: path, Out: a.out, LookupEnv: a.lookupEnv,
			Client: &http.Client{Transport: a.transport, Jar: jar, Timeout: lookTime},
			Try: func(ctx context.Context, s config.Source) (t setup.Trial, err error) {
				if t.Seen, err = sampler.Look(ctx, s); err == nil {
					t.Pages, t.Coverage, err = sampler.Pages(ctx, s, 3)
				}
				return t, err
			},
		}
		if a.in != nil {
			answers := bufio.NewReader(a.in)
			s.Ask = func(question string) (string, error) {
				fmt.Fprint(a.out, question)
				answer, err := answers.ReadString('\n')
				return strings.TrimSpace(answer), err
			}
		}
		err = s.Add(cmd.Context(), w)
		if mistake := (setup.Mistake{}); errors.As(err, &mistake) {
			return usageError{err}
		}
		return err
	}
	return cmd
}
