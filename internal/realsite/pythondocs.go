//go:build linux

package realsite

import (
	"fmt"
	"path/filepath"
	"testing"
)

// PythonDocs is Debian's Python documentation: about 500 pages, served by nginx with a password. Its pages
// have a file: URL as their canonical one and link to their sources as plain text. Two of them are larger
// than Intercom accepts.
type PythonDocs struct {
	Site
	Root string // folder of the files
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
