package extract

import (
	"net/url"
	"strings"
	"testing"
)

const strictPage = `<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><head><title>Filters &#8212; how to clean them</title>
<style type="text/css"/><script type="text/javascript" src="menu.js"/></head>
<body><div class="rule"/><h1>Filters</h1><p id="first"/><p>Clean the filter each week&nbsp;&mdash; with warm water.<br/><a id="here"/>
Then <a href="dry.xhtml">dry it</a>.</p><pre>
 one
</pre><script type="text/javascript">//<![CDATA[
if (1 < 2 && true) { document.write("<p>never</p>") }
//]]></script><p><![CDATA[4 < 5]]> holds.</p></body></html>`

func TestADocumentOfTheTypeOfXHTMLIsReadAsXML(t *testing.T) {
	at, err := url.Parse("https://help.example.com/guides/filters.xhtml")
	if err != nil {
		t.Fatal(err)
	}
	for _, contentType := range []string{"application/xhtml+xml", "application/XHTML+xml; charset=utf-8"} {
		doc, err := Parse(at, contentType, []byte(strictPage))
		if err != nil {
			t.Fatal(err)
		}
		article, err := doc.Extract(Rules{})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Clean the filter each week — with warm water.", "dry it", "4 &lt; 5", "holds."} {
			if !strings.Contains(strings.ReplaceAll(article.Markdown, "\u00a0", " "), want) {
				t.Errorf("%s: %q is missing in\n%s", contentType, want, article.Markdown)
			}
		}
		if strings.Contains(article.Markdown, "never") {
			t.Errorf("%s: the script is in\n%s", contentType, article.Markdown)
		}
		if links := doc.Links(); len(links) != 1 || links[0].String() != "https://help.example.com/guides/dry.xhtml" {
			t.Errorf("%s: links %v", contentType, links)
		}
		if doc.Language() != "en" {
			t.Errorf("%s: language %q", contentType, doc.Language())
		}
	}
}

func TestADocumentThatIsNoXMLIsReadAsHTML(t *testing.T) {
	at := &url.URL{Scheme: "https", Host: "help.example.com", Path: "/"}
	doc, err := Parse(at, "application/xhtml+xml", []byte(`<html><body><p>One<p>Two & <a href=next>three</a>`))
	if err != nil {
		t.Fatal(err)
	}
	if links := doc.Links(); len(links) != 1 || links[0].Path != "/next" {
		t.Errorf("links %v", links)
	}
}
