package config

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
)

// OpenFiles names the files with secrets that other users of this machine may read or
// change, and how to mend that.
func (c *Config) OpenFiles() (list []string) {
	if runtime.GOOS == "windows" { // where a mode says nothing
		return nil
	}
	files := slices.Concat(c.Files, []SecretFile{{Key: "state", Path: c.State}})
	for _, f := range files {
		info, err := os.Stat(f.Path)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if may := othersMay(info.Mode()); may != "" {
			list = append(list, fmt.Sprintf("other users of this machine may %s %s (%s, mode %04o): chmod 600 %[2]s", may, f.Path, f.Key, info.Mode().Perm()))
		}
	}
	return list
}

// othersMay says what users may do with a file who are neither its owner nor in its
// group; "" for nothing.
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
