//go:build linux

package realsite

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// MediaWiki is a private wiki, set up as its manual says: visitors may not read. It answers them 200 with
// "Login required" and no form. Every page has links to its editor, its history, its backlinks and the
// special pages.
type MediaWiki struct {
	Site
	Articles []string // titles, sorted
	home     home
}

// mediaWikiFolder is the folder of Debian's package.
const mediaWikiFolder = "/usr/share/mediawiki"

// StartMediaWiki runs a wiki until the test ends. It has the given articles, by title, and a main page with
// links to all of them.
func StartMediaWiki(t testing.TB, articles map[string]string) MediaWiki {
	t.Helper()
	installed(t, mediaWikiFolder+"/index.php")
	h := newHome(t)
	h.mkdir(t, "data", "texts")
	w := MediaWiki{Articles: []string{"Main Page"}, home: h}
	w.maintain(t, "install", "--dbtype=sqlite", "--dbname=wiki", "--dbpath="+h.path("data"), "--confpath="+h.dir,
		"--scriptpath=", "--server=http://127.0.0.1", "--lang=en", "--pass="+password, "Tidewater handbook", username)

	var index strings.Builder
	for title := range articles {
		fmt.Fprintf(&index, "* [[%s]]\n", title)
		w.Articles = append(w.Articles, title)
	}
	slices.Sort(w.Articles)
	w.write(t, map[string]string{"Main Page": "The handbook of the support team.\n" + index.String()})
	w.write(t, articles)

	h.php(t, "")
	root := h.nginx(t, fmt.Sprintf(mediaWikiServer, mediaWikiFolder, h.path("LocalSettings.php"), h.path("php.sock")))
	settings, err := os.ReadFile(h.path("LocalSettings.php"))
	if err != nil {
		t.Fatal(err)
	}
	h.write(t, "LocalSettings.php", string(settings)+fmt.Sprintf(mediaWikiSettings, strings.TrimSuffix(root, "/")))
	awaitAnswer(t, root)
	w.Site = Site{URL: root, Username: username, Password: password}
	return w
}

// Write replaces the text of an article.
func (w MediaWiki) Write(t testing.TB, title, text string) {
	t.Helper()
	w.write(t, map[string]string{title: text})
}

// Remove deletes an article.
func (w MediaWiki) Remove(t testing.TB, title string) {
	t.Helper()
	w.home.write(t, "delete.txt", title+"\n")
	w.maintain(t, "deleteBatch", w.home.path("delete.txt"))
}

func (w MediaWiki) write(t testing.TB, articles map[string]string) {
	t.Helper()
	args := []string{"--user", "Maintenance script", "--overwrite"}
	for title, text := range articles {
		name := filepath.Join("texts", title+".txt")
		w.home.write(t, name, text)
		args = append(args, w.home.path(name))
	}
	w.maintain(t, "importTextFiles", args...)
}

// maintain runs one of the wiki's maintenance scripts.
func (w MediaWiki) maintain(t testing.TB, script string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), installed(t, "/usr/bin/php"),
		append([]string{filepath.Join(mediaWikiFolder, "maintenance", script+".php")}, args...)...)
	cmd.Dir = w.home.dir
	cmd.Env = os.Environ()
	if script != "install" {
		cmd.Env = append(cmd.Env, "MW_CONFIG_FILE="+w.home.path("LocalSettings.php"))
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: w.home.as}
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("MediaWiki's %s: %v\n%s", script, err, said)
	}
}

// mediaWikiSettings make the wiki private and set its own URL.
const mediaWikiSettings = `
$wgServer = '%s';
$wgGroupPermissions['*']['read'] = false;
$wgGroupPermissions['*']['edit'] = false;
$wgGroupPermissions['*']['createaccount'] = false;
$wgEnableEmail = false;
`

const mediaWikiServer = `
		root %[1]s;
		index index.php;
		location ~ ^/(cache|includes|maintenance|languages|vendor)/ { deny all; }
		location ~ ^(/[a-z]+\.php)(/|$) {
			include /etc/nginx/fastcgi_params;
			fastcgi_split_path_info ^(/[a-z]+\.php)(/.*)$;
			fastcgi_param PATH_INFO $fastcgi_path_info;
			fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
			fastcgi_param MW_CONFIG_FILE %[2]s;
			fastcgi_pass unix:%[3]s;
		}`
