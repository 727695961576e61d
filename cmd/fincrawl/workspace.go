package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/state"
)

// checkWorkspace refuses a token whose workspace is not the one that the pages of a state
// file are in: every ID that is recorded would mean something else there. A state file
// that remembers no source belongs to no workspace.
func checkWorkspace(store *state.Store, path, workspace string) error {
	known, err := store.Workspace()
	if err != nil || known == "" || workspace == "" || known == workspace {
		return err
	}
	names, err := store.Sources()
	if err != nil || len(names) == 0 {
		return err
	}
	var forgets []string
	for _, name := range names {
		forgets = append(forgets, fmt.Sprintf("fincrawl forget %q", name))
	}
	return fmt.Errorf("the token is for the Intercom workspace %q, and the pages in state file %s are in workspace %q: "+
		"name another file as state in sources.yaml for this workspace, or set the token of workspace %q again; "+
		"to give that one up, run with its token: %s", workspace, path, known, known, strings.Join(forgets, "; "))
}

// bindWorkspace notes which workspace the pages of the state file are in, or refuses as
// checkWorkspace does. A run that writes nothing only checks.
func (r *runner) bindWorkspace() error {
	if err := checkWorkspace(r.ledger, r.config.State, r.workspace); err != nil {
		return err
	}
	if !r.mode.sends() || r.workspace == "" {
		return nil
	}
	if known, err := r.ledger.Workspace(); err != nil || known == r.workspace {
		return err
	}
	return r.ledger.SetWorkspace(r.workspace)
}

// clientFor returns a client for the workspace that the pages of a state file are in.
func (a *app) clientFor(ctx context.Context, c *config.Config, store *state.Store) (*intercom.Client, error) {
	api := a.newClient(c.Intercom, a.logger())
	me, err := api.Me(ctx)
	if err != nil {
		return nil, fmt.Errorf("check the token with Intercom: %w", err)
	}
	return api, checkWorkspace(store, c.State, me.App.IDCode)
}
