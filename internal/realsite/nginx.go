//go:build linux

package realsite

import (
	"fmt"
	"os"
	"testing"
)

// nginxConf is what every site's nginx has in common. Its paths are relative to
// the site's folder.
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

// nginx serves what a server block says, from the site's folder, and returns
// the address of its root.
func (h home) nginx(t testing.TB, server string) string {
	t.Helper()
	program := installed(t, "/usr/sbin/nginx")
	address, socket := listen(t)
	defer socket.Close()
	h.mkdir(t, "temp")
	h.write(t, "nginx.conf", fmt.Sprintf(nginxConf, address, server))
	// NGINX names the sockets that an upgraded nginx inherits from the old one.
	h.start(t, []string{"NGINX=3;"}, []*os.File{socket},
		program, "-p", h.dir, "-c", "nginx.conf", "-e", "stderr")
	return "http://" + address + "/"
}
