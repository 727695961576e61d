package kinds

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/files"
	"github.com/fincrawl/fincrawl/crawler/listing"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile/settings"
)

// filesOf returns kind: files.
func filesOf() lists {
	return lists{listFiles, func(s config.Source) map[string]string {
		return map[string]string{"kind": s.Kind, "folder": s.Folder, "layout": s.Layout}
	}}
}

// listFiles returns what lists the files of a folder.
func listFiles(s config.Source, _ Place) (listing.Lister, string, error) {
	source, err := filesSource(s)
	return files.New(source), "folder " + s.Folder, err
}

// filesSource returns which files are pages, and where they are read.
func filesSource(s config.Source) (files.Source, error) {
	address, err := url.Parse(s.URL)
	if err != nil {
		return files.Source{}, fmt.Errorf("url: %w", err)
	}
	rules, err := settings.NewSource(s)
	if err != nil {
		return files.Source{}, err
	}
	kinds := rules.Documents
	if len(kinds) == 0 { // plain text and tables are mostly licences and data
		kinds = slices.DeleteFunc(document.Kinds(), func(k document.Kind) bool { return k == document.Text || k == document.CSV })
	}
	return files.Source{
		Folder: s.Folder, URL: address, Layout: files.Layout(s.Layout), Include: rules.Scope.Include, Exclude: rules.Scope.Exclude,
		Documents: kinds, MaxSize: s.Fetch.MaxBody,
	}, nil
}
