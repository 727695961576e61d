//go:build linux

package realsite

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// DokuWiki is a private wiki. To visitors without a login it answers 200, with the real title, "Permission
// Denied" and a login form. It also answers 200 for a page that does not exist. Every page has links to
// its editor, its revisions, its backlinks, an index, a media manager and a log-out that acts on GET.
type DokuWiki struct {
	Site
	home home
}

// StartDokuWiki runs a wiki with the given pages until the test ends. Files have DokuWiki's names, such as
// "billing/refunds.txt".
func StartDokuWiki(t testing.TB, pages fs.FS) DokuWiki {
	t.Helper()
	program := installed(t, "/usr/share/dokuwiki/doku.php")
	h := newHome(t)
	for _, dir := range []string{"attic", "cache", "index", "locks", "log", "media", "media_attic", "media_meta", "meta", "tmp"} {
		h.mkdir(t, filepath.Join("data", dir))
	}
	if err := os.CopyFS(h.path("data/pages"), pages); err != nil {
		t.Fatalf("copy the wiki's pages: %v", err)
	}
	// DokuWiki reads its configuration from DOKU_CONF, if that is defined before.
	h.php(t, fmt.Sprintf("define('DOKU_CONF', '%s/');", h.path("conf")))
	root := h.nginx(t, fmt.Sprintf(wikiServer, filepath.Dir(program), h.path("php.sock")))
	h.write(t, "conf/local.php", fmt.Sprintf(wikiConf, root, h.path("data")))
	h.write(t, "conf/acl.auth.php", wikiACL)
	h.write(t, "conf/users.auth.php", fmt.Sprintf("%s:%s:Mara Lind:mara@example.com:user\n", username, passwordHash))
	awaitAnswer(t, root+"doku.php")
	return DokuWiki{Site: Site{URL: root, Username: username, Password: password}, home: h}
}

// wikiConf keeps DokuWiki's defaults of what readers see. One of them asks robots not to index a page for
// five days after an edit. Debian's nginx does not tell PHP the port, so the wiki gets its own URL.
const wikiConf = `<?php
$conf['title'] = 'Tidewater handbook';
$conf['license'] = '';
$conf['useacl'] = 1;
$conf['superuser'] = '@admin';
$conf['disableactions'] = 'register,resendpwd';
$conf['baseurl'] = '%s';
$conf['savedir'] = '%s';
`

// wikiACL lets visitors see nothing, and users edit.
const wikiACL = `# <?php exit()?>
*	@ALL	0
*	@user	8
`

// passwordHash is the bcrypt hash of password, made by PHP's password_hash.
const passwordHash = "$2y$10$C9uuZk8SM3oeXmSM/jRmzuULfRMBYOMK4oQ0DMHgC.kaCgzUKG.9S"

const wikiServer = `
		root %s;
		index doku.php;
		location ~ ^/(bin|conf|data|inc|vendor)/ { deny all; }
		location ~ \.php$ {
			include /etc/nginx/fastcgi_params;
			fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
			fastcgi_pass unix:%s;
		}`

// Pages returns the sorted IDs of the wiki's current pages.
func (w DokuWiki) Pages(t testing.TB) []string {
	t.Helper()
	pages := w.home.path("data/pages")
	var ids []string
	err := filepath.WalkDir(pages, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(pages, path)
		if err != nil {
			return err
		}
		name, err := url.PathUnescape(strings.TrimSuffix(filepath.ToSlash(rel), ".txt"))
		ids = append(ids, strings.ReplaceAll(name, "/", ":"))
		return err
	})
	if err != nil {
		t.Fatalf("list the wiki's pages: %v", err)
	}
	slices.Sort(ids)
	return ids
}

// Write replaces the text of a page.
func (w DokuWiki) Write(t testing.TB, id, text string) {
	t.Helper()
	w.home.write(t, w.file(id), text)
	w.forgetRendered(t)
}

// Remove removes a page.
func (w DokuWiki) Remove(t testing.TB, id string) {
	t.Helper()
	if err := os.Remove(w.home.path(w.file(id))); err != nil {
		t.Fatal(err)
	}
	w.forgetRendered(t)
}

func (w DokuWiki) file(id string) string {
	parts := strings.Split(id, ":")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return filepath.Join("data/pages", filepath.Join(parts...)+".txt")
}

// forgetRendered empties the wiki's cache. Its times are whole seconds, so that it would keep what was
// rendered in the second of a change.
func (w DokuWiki) forgetRendered(t testing.TB) {
	t.Helper()
	if err := os.RemoveAll(w.home.path("data/cache")); err != nil {
		t.Fatal(err)
	}
	w.home.mkdir(t, "data/cache")
}

// AllowRemote switches on the wiki's XML-RPC interface, for all users.
func (w DokuWiki) AllowRemote(t testing.TB) {
	t.Helper()
	conf, err := os.ReadFile(w.home.path("conf/local.php"))
	if err != nil {
		t.Fatal(err)
	}
	w.home.write(t, "conf/local.php", string(conf)+"$conf['remote'] = 1;\n$conf['remoteuser'] = '';\n")
}
