package state

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestAFolderForTemporaryFilesThatIsNoneIsNamed(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	if _, err := OpenTemporary(); err == nil || !strings.Contains(err.Error(), "set TMPDIR") {
		t.Errorf("the error is %v", err)
	}
}
