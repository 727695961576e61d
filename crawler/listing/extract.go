package listing

import (
	"cmp"
	"context"
	"errors"
	"net/url"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/extract/decode"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/htmltree"
)

// extract returns the page of an item, or the outcome by which it is none. The error is that of ctx.
func (r *reading) extract(ctx context.Context, u *url.URL, i Item) (page crawler.Page, o crawler.Outcome, detail string, err error) {
	page, detail, err = r.readWithin(budget.Allow(ctx, budget.Page), u, i)
	var costly *budget.Exceeded
	var problem *document.Problem
	switch {
	case err == nil && (page.HTML == "" || page.Markdown == ""):
		return page, crawler.Empty, "its body says nothing", nil
	case err == nil && decode.IsGarbled(page.Title+"\n"+page.Markdown):
		return page, crawler.BrokenFile, "is in an encoding that is not known: its letters are not those of any language", nil
	case err == nil:
		return page, crawler.Paged, detail, nil
	case errors.As(err, &costly):
		return page, crawler.TooCostly, costly.Detail, nil
	case errors.As(err, &problem):
		return page, outcomeOf(problem), string(i.Format) + ": " + problem.Detail, nil
	case ctx.Err() != nil:
		return page, "", "", context.Cause(ctx)
	}
	return page, crawler.Empty, "cannot be extracted: " + err.Error(), nil
}

func outcomeOf(p *document.Problem) crawler.Outcome {
	return map[document.ProblemKind]crawler.Outcome{
		document.Encrypted: crawler.Encrypted, document.Scanned: crawler.Scanned, document.Broken: crawler.BrokenFile,
		document.TooLarge: crawler.TooLarge, document.TooCostly: crawler.TooCostly,
	}[p.Kind]
}

// readWithin reads one page within the budget in ctx.
func (r *reading) readWithin(ctx context.Context, u *url.URL, i Item) (page crawler.Page, how string, err error) {
	page = crawler.Page{
		Source: r.Name, ExternalID: i.ID, Identity: i.ID, URL: u.String(), Locale: cmp.Or(i.Locale, r.Locale),
	}
	var file document.Document
	weight := budget.ForHTML(i.Body)
	if i.Format != HTML {
		if file, err = r.Documents.Read(ctx, document.Kind(i.Format), u, "", i.Body); err != nil {
			return page, "", err
		}
		weight = budget.ForTree(file.Root)
	}
	free, err := r.Room.Reserve(ctx, weight)
	if err != nil {
		return page, "", err
	}
	var article extract.Article
	var answers crawler.Availability
	err = budget.Run(ctx, budget.Page, func(ctx context.Context) (err error) {
		defer free()
		meter := budget.From(ctx)
		var doc *extract.Document
		rules := extract.Rules{Title: "title", Body: "article"}
		if i.Format == HTML {
			if doc, err = extract.Parse(u, "text/html; charset=utf-8", i.Body); err != nil {
				return err
			}
			rules = r.Content
			if !i.Whole {
				rules.Body = cmp.Or(rules.Body, "body")
			}
		} else {
			doc = &extract.Document{URL: u, Root: goquery.NewDocumentFromNode(file.Root)}
		}
		doc.Meter, rules.Remove = meter, r.Content.Remove
		head(doc, i)
		if i.Resolve != nil {
			resolve(doc, i.Resolve)
		}
		if i.Title != "" {
			rules.Title = "head > title"
		}
		answers, _ = r.Availability.Of(u, doc)
		article, err = doc.Extract(rules)
		return err
	})
	if err != nil {
		return page, "", err
	}
	page.Title, page.HTML, page.Markdown = article.Title, article.HTML, article.Markdown
	page.Availability, page.Dialogue = answers, article.Dialogue
	for _, u := range file.Unseen {
		page.Unseen = append(page.Unseen, crawler.Unseen{Rule: string(u.How), Where: u.Where, Letters: u.Letters})
	}
	return page, string(i.Format), nil
}

// resolve rewrites the links that a source writes in its own way.
func resolve(doc *extract.Document, to func(string) string) {
	for _, n := range doc.Root.Find("a[href], img[src]").Nodes {
		for i, a := range n.Attr {
			if a.Key != "href" && a.Key != "src" {
				continue
			}
			if address := to(a.Val); address != "" {
				n.Attr[i].Val = address
			}
		}
	}
}

// head writes what the source says of a page into the head of its document: the title, and the labels and the
// path as meta tags, for the rules of availability.
func head(doc *extract.Document, i Item) {
	found := doc.Root.Find("head")
	if len(found.Nodes) == 0 {
		return
	}
	n := found.Nodes[0]
	if i.Title != "" {
		doc.Root.Find("head > title").Remove()
		title := &html.Node{Type: html.ElementNode, Data: "title", DataAtom: atom.Title}
		title.AppendChild(htmltree.Text(i.Title))
		n.AppendChild(title)
	}
	meta := func(name string, values []string) {
		for _, v := range values {
			n.AppendChild(&html.Node{Type: html.ElementNode, Data: "meta", DataAtom: atom.Meta, Attr: []html.Attribute{
				{Key: "name", Val: name}, {Key: "content", Val: v},
			}})
		}
	}
	meta("label", i.Labels)
	meta("path", i.Path)
}
