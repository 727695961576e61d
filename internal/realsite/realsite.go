// Package realsite starts real private sites for tests: Debian's nginx with the Python documentation behind
// basic authentication, and Debian's DokuWiki and MediaWiki behind their login forms. None of them was made
// for fincrawl.
//
// Each site runs in a temporary folder of its own, on a loopback port that the kernel chooses, as an
// unprivileged user, and ends with its test. It changes nothing that packages installed. The packages are
// nginx, python3-doc, dokuwiki, mediawiki, php-fpm, php-xml, php-mbstring, php-intl and php-sqlite3. Without
// them a test is skipped, or fails where CI is set.
package realsite

// Site is a running site with an account.
type Site struct {
	URL      string // of its root, with a trailing slash
	Username string
	Password string
}

// The password has what careless encoding breaks: a space, characters that mean something in forms and in
// URLs, and a letter that is not ASCII.
const (
	username = "mara"
	password = "über & unter = 100%"
)
