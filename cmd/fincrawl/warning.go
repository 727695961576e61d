package main

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/reconcile"
	"github.com/fincrawl/fincrawl/internal/secrets"
)

// This file is about what is right in sources.yaml, and yet worth a word.

// warnings are what check says beside the mistakes.
func (a *app) warnings(c *config.Config) []string {
	list := openFiles(c)
	for _, s := range reconcile.OwnSecrets(c, a.lookupEnv) {
		if !secrets.Suits(s.Value) {
			list = append(list, fmt.Sprintf("%s is too short or too simple to be told from ordinary text. Where a page shows it, that is not noticed: "+
				"choose one of %d characters at least", s.Key, secrets.MinLength))
		}
	}
	return list
}

// openFiles names the files with secrets that other users of this machine may read or
// change, and how to mend that.
func openFiles(c *config.Config) (list []string) {
	if runtime.GOOS == "windows" { // where a mode says nothing
		return nil
	}
	files := slices.Concat(c.Files, []config.SecretFile{{Key: "state", Path: c.State}})
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
