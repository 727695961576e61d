//go:build linux

package realsite

import (
	"fmt"
	"path/filepath"
	"testing"
)

// PythonDocs is Debian's Python documentation, about 500 pages, served by nginx
// to those who know the password. Its pages name a file: address as their
// canonical one, link to their own sources as plain text, and two of them are
// larger than Intercom takes.
type PythonDocs struct {
	Site
	Root string // folder of the files that are served
}

// StartPythonDocs serves the documentation until the test ends.
func StartPythonDocs(t testing.TB) PythonDocs {
	t.Helper()
	root := filepath.Dir(installed(t, "/usr/share/doc/python3.*[0-9]/html/index.html"))
	h := newHome(t)
	h.write(t, "htpasswd", fmt.Sprintf("%s:{PLAIN}%s\n", username, password))
	url := h.nginx(t, fmt.Sprintf(`
		root %s;
		charset utf-8;
		auth_basic "Engineering handbook";
		auth_basic_user_file %s;`, root, h.path("htpasswd")))
	awaitAnswer(t, url)
	return PythonDocs{Site: Site{URL: url, Username: username, Password: password}, Root: root}
}
