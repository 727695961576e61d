package web

import (
	"fmt"
	"time"
)

// restoreSession gives the login the session of an earlier run to try first. What
// cannot be restored only costs a login.
func (c *crawl) restoreSession() {
	if c.keeper == nil || !c.session.Keeps() {
		return
	}
	sealed, err := c.keeper.Session()
	if err == nil {
		err = c.session.Restore(c.Files.Jar, sealed)
	}
	if err != nil {
		c.log.Info("logging in anew", "reason", err)
	}
}

// keepSession keeps the session for the next run, where that is wanted.
func (c *crawl) keepSession() {
	if c.keeper == nil || !c.session.Keeps() {
		return
	}
	sealed, err := c.session.Seal(c.Files.Jar)
	if err == nil && sealed != nil {
		err = c.keeper.KeepSession(sealed)
	}
	if err != nil {
		c.log.Warn("the session could not be kept for the next run", "error", err)
	}
}

// certificateOf tells of the site's certificate; "" where there is none.
func certificateOf(a answer) string {
	if a.tls == nil || len(a.tls.PeerCertificates) == 0 {
		return ""
	}
	leaf := a.tls.PeerCertificates[0]
	left := int(time.Until(leaf.NotAfter).Hours() / 24)
	return fmt.Sprintf("the site's certificate: valid until %s, %d days from now", leaf.NotAfter.UTC().Format("2006-01-02"), left)
}
