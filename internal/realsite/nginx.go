//go:build linux

package realsite

import (
	"fmt"
	"os"
	"testing"
)

// nginxConf is common to all sites. Its paths are relative to the site's folder.
const nginxConf = `daemon off;
worker_processes 1;
pid nginx.pid;
events { worker_connections 256; }
http {
	include /etc/nginx/mime.types;
	default_type application/octet-stream;
	access_log off;
	log_not_found off;
	sendfile on;
	gzip on;
	client_body_temp_path temp/body;
	proxy_temp_path temp/proxy;
	fastcgi_temp_path temp/fastcgi;
	uwsgi_temp_path temp/uwsgi;
	scgi_temp_path temp/scgi;
	server {
		listen %s;
		%s
	}
}
`

// nginx runs nginx with a server block in the site's folder and returns the root URL.
func (h home) nginx(t testing.TB, server string) string {
	t.Helper()
	program := installed(t, "/usr/sbin/nginx")
	address, socket := listen(t)
	defer socket.Close()
	h.mkdir(t, "temp")
	h.write(t, "nginx.conf", fmt.Sprintf(nginxConf, address, server))
	// NGINX lists the sockets that nginx inherits, as in an upgrade from an older nginx.
	h.start(t, []string{"NGINX=3;"}, []*os.File{socket},
		program, "-p", h.dir, "-c", "nginx.conf", "-e", "stderr")
	return "http://" + address + "/"
}
