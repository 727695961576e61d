//go:build linux

package realsite

import (
	"fmt"
	"os"
	"testing"
)

// php runs PHP for a wiki at the socket php.sock. It executes the code before each of the wiki's scripts.
func (h home) php(t testing.TB, before string) {
	t.Helper()
	program := installed(t, "/usr/sbin/php-fpm*")
	h.mkdir(t, "sessions")
	h.write(t, "prepend.php", "<?php "+before+"\n")
	h.write(t, "php-fpm.conf", fmt.Sprintf(`[global]
error_log = /dev/stderr
daemonize = no
[wiki]
listen = %[1]s/php.sock
pm = static
pm.max_children = 4
php_admin_value[auto_prepend_file] = %[1]s/prepend.php
php_admin_value[session.save_path] = %[1]s/sessions
`, h.dir))
	h.start(t, nil, nil, program, "--nodaemonize", "--fpm-config", h.path("php-fpm.conf"))
	await(t, "PHP's socket", func() bool {
		_, err := os.Stat(h.path("php.sock"))
		return err == nil
	})
}
