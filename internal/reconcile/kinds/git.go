package kinds

import (
	"context"
	"io/fs"

	"github.com/fincrawl/fincrawl/crawler/files"
	"github.com/fincrawl/fincrawl/crawler/git"
	"github.com/fincrawl/fincrawl/crawler/listing"
	"github.com/fincrawl/fincrawl/internal/config"
)

// gitOf returns kind: git.
func gitOf() lists {
	return lists{listCommit, func(s config.Source) map[string]string {
		return map[string]string{
			"kind": s.Kind, "repository": s.Repo, "branch": s.Branch, "subfolder": s.Subdir, "layout": s.Layout,
		}
	}}
}

// listCommit returns what lists the files of one commit.
func listCommit(s config.Source, p Place) (listing.Lister, string, error) {
	source, err := filesSource(s)
	if err != nil {
		return nil, "", err
	}
	repository := git.Repository{URL: s.Repo, Branch: s.Branch, Folder: s.Subdir}
	if b := s.Auth.Basic; b != nil {
		repository.Username, repository.Password = b.Username.Reveal(), b.Password.Reveal()
	}
	if p.Secrets != nil {
		repository.Mask = p.Secrets.Mask
	}
	source.Open = func(ctx context.Context) (fs.FS, func() error, error) {
		tree, err := repository.Open(ctx)
		if err != nil {
			return nil, nil, err
		}
		return tree, tree.Close, nil
	}
	return files.New(source), "repository " + s.Repo, nil
}
