// Package realsite starts real, private web sites for tests: Debian's nginx
// with the Python documentation behind basic authentication, and Debian's
// DokuWiki and MediaWiki behind their own login forms. Nothing in them was written to be
// crawled by fincrawl.
//
// Each site runs from a folder of its own under the system's folder for
// temporary files, on a loopback port that the kernel chose, as an
// unprivileged user, and ends with its test. Nothing that the packages
// installed is changed. The packages are nginx, python3-doc, dokuwiki,
// mediawiki, php-fpm, php-xml, php-mbstring, php-intl and php-sqlite3; where one is missing the test is skipped, or, with CI set, fails.
package realsite

// Site is a running site and the account that opens it.
type Site struct {
	URL      string // address of its root, with a slash at the end
	Username string
	Password string
}

// The password has what careless encoding breaks: a space, signs that mean
// something in forms and in URLs, and a letter beyond ASCII.
const (
	username = "mara"
	password = "über & unter = 100%"
)
