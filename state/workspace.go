package state

import (
	"fmt"
)

const workspaceKey = "id"

// Workspace returns Intercom's ID of the workspace whose pages are recorded; "" where that
// was never noted.
func (s *Store) Workspace() (string, error) {
	id, _, err := readOne(s, workspaces(), workspaceKey, func(_ string, value []byte) (string, error) { return string(value), nil })
	return id, err
}

// SetWorkspace notes which workspace the pages are in.
func (s *Store) SetWorkspace(id string) error {
	if err := s.update(write{workspaces(), workspaceKey, []byte(id)}.do); err != nil {
		return fmt.Errorf("record the workspace: %w", err)
	}
	return nil
}
