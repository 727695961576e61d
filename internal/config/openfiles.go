package config

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
)

// OpenFiles lists the files with secrets that other users of this machine may read or change, and how to
// mend that.
func (c *Config) OpenFiles() (list []string) {
	if runtime.GOOS == "windows" { // which has no such modes
		return nil
	}
	files := slices.Concat(c.Files, []SecretFile{{Key: "state", Path: c.State}})
	for _, f := range files {
		info, err := os.Stat(f.Path)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if may := othersMay(info.Mode()); may != "" {
			list = append(list, fmt.Sprintf("other users of this machine may %s %s (%s, mode %04o): chmod 600 %[2]s",
				may, f.Path, f.Key, info.Mode().Perm()))
		}
	}
	return list
}

// othersMay says what users outside the owner's group may do with a file, or returns "".
func othersMay(mode fs.FileMode) string {
	var may []string
	if mode&0o004 != 0 {
		may = append(may, "read")
	}
	if mode&0o002 != 0 {
		may = append(may, "change")
	}
	return strings.Join(may, " and ")
}
