// Package git gives the files of one commit of a repository as a file system. It runs the git program, which fetches
// the commit into a bare repository of its own and reads it there.
//
// A repository is not trusted. Nothing is checked out, so no filter, hook, submodule or LFS program of it runs, and
// its configuration and attributes are not read. Transports that run programs (ext::) are not allowed. Credentials
// are in the environment of git, for the repository's own host, and redirects are not followed.
package git

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Repository says which commit is read.
type Repository struct {
	URL    string // https, http, ssh or file, git@host:path, or the path of a folder
	Branch string // or a tag; "" is what the repository begins with
	Folder string // within the repository; "" is all of it
	// Username and Password are for https. A token is a password.
	Username, Password string
	// Mask hides secrets in what git says. It may be nil.
	Mask func(string) string
}

// Open fetches the commit. The error says what git said. The file system is of use until it is closed.
func (r Repository) Open(ctx context.Context) (*Tree, error) {
	if why := r.wrong(); why != "" {
		return nil, errors.New(why)
	}
	dir, err := os.MkdirTemp("", "fincrawl-git-*")
	if err != nil {
		return nil, err
	}
	t := &Tree{dir: dir, repository: r, files: make(map[string]blob), folders: map[string][]fs.DirEntry{".": nil}}
	if err := t.fetch(ctx); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

var reference = regexp.MustCompile(`^[A-Za-z0-9._/@+][A-Za-z0-9._/@+-]*$`)

// scp matches git@host:path, the short form of an ssh address.
var scp = regexp.MustCompile(`^[A-Za-z0-9._-]+@[A-Za-z0-9._-]+:[^-].*$`)

// wrong returns what is wrong with the settings, or "".
func (r Repository) wrong() string {
	u, err := url.Parse(r.URL)
	isURL := err == nil && (u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "ssh" || u.Scheme == "file")
	switch {
	case !isURL && !scp.MatchString(r.URL) && !filepath.IsAbs(r.URL):
		return fmt.Sprintf("%q is no repository: write https://…, ssh://…, git@host:path or a folder", r.URL)
	case isURL && u.Scheme != "file" && (u.Host == "" || strings.HasPrefix(u.Host, "-")):
		return "the address of the repository has no host"
	case r.Branch != "" && (!reference.MatchString(r.Branch) || strings.Contains(r.Branch, "..")):
		return fmt.Sprintf("%q is no name of a branch", r.Branch)
	case r.Folder != "" && !fs.ValidPath(r.Folder):
		return fmt.Sprintf("%q is no folder within a repository", r.Folder)
	case r.Password != "" && (!isURL || u.Scheme != "https" && !loopback(u)):
		return "a password is sent by https alone"
	}
	return ""
}

func loopback(u *url.URL) bool { return u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost" }

// command returns a call of git in the bare repository.
func (t *Tree) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{"--git-dir", t.dir}, args...)...)
	cmd.Dir = t.dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "SSH_AUTH_SOCK=" + os.Getenv("SSH_AUTH_SOCK"), "LC_ALL=C",
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "GIT_LFS_SKIP_SMUDGE=1",
		"GIT_ALLOW_PROTOCOL=https:http:ssh:file", "GIT_SSH_COMMAND=ssh -oBatchMode=yes", "GIT_ATTR_NOSYSTEM=1",
	}
	settings := [][2]string{
		{"core.hooksPath", os.DevNull}, {"core.fsmonitor", "false"}, {"http.followRedirects", "false"}, {"gc.auto", "0"},
		{"fetch.recurseSubmodules", "false"}, {"submodule.recurse", "false"}, {"credential.helper", ""}, {"transfer.fsckObjects", "false"},
	}
	if r := t.repository; r.Password != "" {
		u, _ := url.Parse(r.URL) // which wrong has checked
		login := base64.StdEncoding.EncodeToString([]byte(r.Username + ":" + r.Password))
		settings = append(settings, [2]string{"http." + u.Scheme + "://" + u.Host + "/.extraHeader", "Authorization: Basic " + login})
	}
	cmd.Env = append(cmd.Env, "GIT_CONFIG_COUNT="+strconv.Itoa(len(settings)))
	for i, s := range settings {
		cmd.Env = append(cmd.Env, fmt.Sprintf("GIT_CONFIG_KEY_%d=%s", i, s[0]), fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", i, s[1]))
	}
	return cmd
}

// run runs git and returns what it wrote.
func (t *Tree) run(ctx context.Context, args ...string) ([]byte, error) {
	cmd := t.command(ctx, args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, t.shown(said.String()))
	}
	return out.Bytes(), nil
}

// shown returns the end of what git said, in one line and without secrets.
func (t *Tree) shown(said string) string {
	const most = 500
	said = strings.Join(strings.Fields(strings.ToValidUTF8(said, "�")), " ")
	if len(said) > most {
		said = "…" + said[len(said)-most:]
	}
	if t.repository.Mask != nil {
		said = t.repository.Mask(said)
	}
	return said
}

// fetch gets the commit and lists its files.
func (t *Tree) fetch(ctx context.Context) error {
	r := t.repository
	if _, err := t.run(ctx, "init", "--quiet", "--bare", "--template=", t.dir); err != nil {
		return err
	}
	what := "HEAD"
	if r.Branch != "" {
		what = r.Branch
	}
	if _, err := t.run(ctx, "fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head",
		"--end-of-options", r.URL, "+"+what+":refs/fincrawl/commit"); err != nil {
		return err
	}
	where := "refs/fincrawl/commit"
	if r.Folder != "" {
		where += ":" + r.Folder
	}
	list, err := t.run(ctx, "ls-tree", "-r", "-l", "-z", "--full-tree", "--end-of-options", where)
	if err != nil {
		return err
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		if line == "" {
			continue
		}
		if err := t.add(line); err != nil {
			return err
		}
	}
	return t.startReading(ctx)
}

// add notes a file, by its line of ls-tree. Submodules are passed over.
func (t *Tree) add(line string) error {
	about, name, _ := strings.Cut(line, "\t")
	words := strings.Fields(about)
	if len(words) != 4 || !fs.ValidPath(name) {
		return fmt.Errorf("git ls-tree: %q is no file", line)
	}
	if words[1] != "blob" {
		return nil
	}
	size, err := strconv.ParseInt(words[3], 10, 64)
	if err != nil {
		return fmt.Errorf("git ls-tree: %q has no size", line)
	}
	b := blob{name: path.Base(name), hash: words[2], size: size, link: words[0] == "120000"}
	t.files[name] = b
	t.enter(path.Dir(name), b)
	return nil
}

// enter puts an entry into a folder, and the folder into that above it.
func (t *Tree) enter(folder string, e fs.DirEntry) {
	_, known := t.folders[folder]
	t.folders[folder] = append(t.folders[folder], e)
	if !known {
		t.enter(path.Dir(folder), subfolder(path.Base(folder)))
	}
}
