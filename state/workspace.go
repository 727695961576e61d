package state

import (
	"fmt"
)

const workspaceKey = "id"

// Workspace returns Intercom's ID of the workspace whose pages are recorded, or "" where it
// was never recorded.
func (s *Store) Workspace() (string, error) {
	id, _, err := s.readRaw(workspaces(), workspaceKey)
	return string(id), err
}

// SetWorkspace records the workspace that the pages are in.
func (s *Store) SetWorkspace(id string) error {
	if err := s.update(write{workspaces(), workspaceKey, []byte(id)}.do); err != nil {
		return fmt.Errorf("record the workspace: %w", err)
	}
	return nil
}
