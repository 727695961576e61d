package reconcile

import (
	"fmt"
	"strings"

	"github.com/fincrawl/fincrawl/state"
)

// CheckWorkspace returns an error for a token of another workspace than that of the recorded pages, since
// all recorded IDs would mean something else there. A state file without sources belongs to no
// workspace.
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

// bindWorkspace records the workspace of the state file, or returns the error of [CheckWorkspace]. A run
// that does not send only checks.
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
