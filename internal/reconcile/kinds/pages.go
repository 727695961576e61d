package kinds

import (
	"fmt"
	"log/slog"
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/crawler/listing"
	"github.com/fincrawl/fincrawl/crawler/pages"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
)

// pagesOf returns kind: pages.
func pagesOf() lists {
	return lists{listPages, func(s config.Source) map[string]string {
		return map[string]string{
			"kind": s.Kind, "command": strings.Join(s.Command, " "), "file": s.File, "readers": s.Readers,
		}
	}}
}

// listPages returns what lists the pages of a source.
func listPages(s config.Source, p Place) (listing.Lister, string, error) {
	source := pages.Source{MaxAge: s.MaxAge, Idle: s.Idle, Timeout: s.Timeout}
	log := p.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	switch {
	case len(s.Command) > 0:
		command := &pages.Command{
			Args: s.Command, Folder: s.Base, Env: make(map[string]string), Inherited: []string{"PATH", "HOME", "TZ"},
			Say: func(line string) { log.Info("the command says", "line", line) },
		}
		for name, value := range s.Env {
			command.Env[name] = value.Reveal()
		}
		if p.Secrets != nil {
			command.Mask = p.Secrets.Mask
		}
		source.Command = command
	case s.File != "":
		source.File = s.File
	default:
		address, err := url.Parse(s.URL)
		if err != nil {
			return nil, "", fmt.Errorf("url: %w", err)
		}
		source.URL = &pages.Feed{
			Address: address, Auth: settings.NewAuth(s.Auth), Secrets: p.Secrets,
			Client: fetch.ClientConfig{
				Limits: settings.NewFetch(s.Fetch, s.TLS), Locale: s.Locale, Transport: p.Transport, Wait: p.Wait, Log: log,
			},
		}
	}
	return pages.New(source), source.Address(), nil
}
