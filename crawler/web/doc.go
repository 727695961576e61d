// Package web reads one private website and yields its articles as pages, together with the
// coverage that says how much of the site was seen.
//
// A crawl has one way through it. An address is discovered: it is a start address, a seed,
// in a sitemap, linked, or known from earlier runs. The scope decides what it is worth. The
// frontier remembers it. The transport fetches it gently. Walls are noticed. crawler/extract
// turns the document into clean HTML and Markdown. Then the address is settled with exactly
// one [crawler.Outcome]. The coverage is the sum of the outcomes.
package web
