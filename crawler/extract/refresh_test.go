package extract

import (
	"net/url"
	"testing"
)

func TestWhereARefreshLeads(t *testing.T) {
	const here = "https://example.com/docs/a"
	tests := []struct{ name, head, atOnce, link string }{
		{"at once", `<meta http-equiv="refresh" content="0; url=b">`, "https://example.com/docs/b", "https://example.com/docs/b"},
		{"in any case, quoted", `<META HTTP-EQUIV=Refresh CONTENT="0;URL='/b?x=1;y'">`, "https://example.com/b?x=1;y", "https://example.com/b?x=1;y"},
		{"without url=", `<meta http-equiv="refresh" content="0 /b">`, "https://example.com/b", "https://example.com/b"},
		{"with a comma", `<meta http-equiv="refresh" content="0.5, url = /b">`, "https://example.com/b", "https://example.com/b"},
		{"after a while it is a link", `<meta http-equiv="refresh" content="30; url=/b">`, "", "https://example.com/b"},
		{"from the base", `<base href="https://example.com/en/"><meta http-equiv="refresh" content="0;url=b">`, "https://example.com/en/b", "https://example.com/en/b"},
		{"loading itself again", `<meta http-equiv="refresh" content="60">`, "", ""},
		{"without scripts only", `<noscript><meta http-equiv="refresh" content="0;url=/enable"></noscript>`, "", ""},
		{"of no number", `<meta http-equiv="refresh" content="url=/b">`, "", ""},
		{"to a script", `<meta http-equiv="refresh" content="0;url=javascript:x()">`, "", ""},
		{"in the body", `</head><body><meta http-equiv="refresh" content="0;url=/b">`, "https://example.com/b", "https://example.com/b"},
		{"in a template", `<template><meta http-equiv="refresh" content="0;url=/b"></template>`, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u, err := url.Parse(here)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := Parse(u, "text/html", []byte("<!doctype html><html><head>"+test.head+"</html>"))
			if err != nil {
				t.Fatal(err)
			}
			atOnce, link := "", ""
			if to := doc.Directives().Refresh; to != nil {
				atOnce = to.String()
			}
			if links := doc.Links(); len(links) > 0 {
				link = links[0].String()
			}
			if atOnce != test.atOnce || link != test.link {
				t.Errorf("got %q, %q; want %q, %q", atOnce, link, test.atOnce, test.link)
			}
		})
	}
}
