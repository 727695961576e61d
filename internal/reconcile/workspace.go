package reconcile

import (
	"fmt"
	"strings"

	"github.com/fincrawl/fincrawl/state"
)

// CheckWorkspace refuses a token whose workspace is not the one that the pages of a state
// file are in: every ID that is recorded would mean something else there. A state file
// that remembers no source belongs to no workspace.
func CheckWorkspace(store *state.Store, path, workspace string) error {
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
func (r *Runner) bindWorkspace() error {
	if err := CheckWorkspace(r.Ledger, r.Config.State, r.workspace); err != nil {
		return err
	}
	if !r.Mode.sends() || r.workspace == "" {
		return nil
	}
	if known, err := r.Ledger.Workspace(); err != nil || known == r.workspace {
		return err
	}
	return r.Ledger.SetWorkspace(r.workspace)
}
