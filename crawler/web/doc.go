// Package web reads one private website and yields its articles as pages, with the coverage that says how
// much of the site was seen.
//
// Every address takes the same way through a crawl. It is discovered: as a start address, as a seed, in a
// sitemap, by a link, or from earlier runs. The scope decides whether it may be fetched. The frontier
// records it. Package fetch requests it at the configured pace. A login that is shown instead of the page is
// recognised. Package extract turns the document into clean HTML and Markdown. Then the address is settled
// with exactly one [crawler.Outcome]. The coverage is the sum of the outcomes.
package web
