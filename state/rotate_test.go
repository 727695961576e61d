package state_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/state"
)

func TestTheNewestBackupsStay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	furnish(t, open(t, path)) // which holds the file
	folder := filepath.Join(t.TempDir(), "new", "backups")
	at := time.Date(2026, 12, 1, 3, 0, 0, 0, time.UTC)
	others := []string{"state-20260101T000000Z.db.zst", "state-of-the-art.db", "state.db"}
	for day := range 4 {
		written, err := state.BackupInto(path, folder, 2, at.AddDate(0, 0, day))
		check(t, err)
		_, err = state.Check(written)
		check(t, err)
		info, err := os.Stat(written)
		check(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %s", written, info.Mode())
		}
		for _, name := range others {
			check(t, os.WriteFile(filepath.Join(folder, name), nil, 0o600))
		}
	}
	var names []string
	files, err := os.ReadDir(folder)
	check(t, err)
	for _, f := range files {
		names = append(names, f.Name())
	}
	want := []string{others[0], "state-20261203T030000Z.db", "state-20261204T030000Z.db", others[1], others[2]}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if _, err := state.BackupInto(path, folder, 2, at.AddDate(0, 0, 3)); err == nil {
		t.Error("a backup was overwritten")
	}
}
