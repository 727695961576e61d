package render_test

import (
	"testing"

	"github.com/fincrawl/fincrawl/crawler/web/render"
)

func TestBare(t *testing.T) {
	for _, test := range []struct {
		name, html string
		want       bool
	}{
		{"React, Vite", `<!doctype html><html><head><title>Help</title><script type=module src=/assets/i.js></script></head><body><div id="root"></div></body></html>`, true},
		{"Create React App", `<body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div><script src=/m.js></script></body>`, true},
		{"Angular", `<body><app-root></app-root><script src=main.js type=module></script></body>`, true},
		{"Vue with a splash", `<body><div id=app><p>Loading…</p></div><script src=/a.js></script></body>`, true},
		{"Nuxt with its data", `<body><div id=__nuxt></div><script>window.__NUXT__={a:1}</script></body>`, true},
		{"an unknown tool", `<body><div class=x></div><script src=/a.js></script></body>`, true},
		{"a menu around an empty place", `<body><header><a href=/>Acme Help</a> <a href=/c>Contact us</a></header><div id=app></div><script src=/a.js></script></body>`, true},

		{"an article", `<body><main><h1>Refunds</h1><p>Refunds take five to seven days after we have received the parcel and checked what is in it, or longer before holidays.</p></main><script src=/a.js></script></body>`, false},
		{"rendered by a server", `<body><div id=root><h1>Refunds</h1><p>Refunds take five to seven days.</p></div><script src=/a.js></script></body>`, false},
		{"a short page with analytics", `<body><h1>Moved</h1><p>This page has moved to the wiki.</p><script src=https://www.googletagmanager.com/gtag/js></script></body>`, false},
		{"nothing and no script", `<body><div id=app></div></body>`, false},
		{"data and no script", `<body><div id=app></div><script type="application/ld+json">{}</script></body>`, false},
		{"a login form", `<body><form><input name=user><input type=password name=p></form><script src=/a.js></script></body>`, false},
		{"nothing", ``, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := render.Bare([]byte(test.html)); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}
