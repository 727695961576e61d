package web

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/extract"
	"github.com/fincrawl/fincrawl/crawler/web/fetch"
	"github.com/fincrawl/fincrawl/internal/budget"
)

// file is an answer's body, read as a file of some kind.
type file struct {
	kind document.Kind
	doc  document.Document
	err  error // set instead of doc
}

// fileKind returns the kind of file that an answer has, or "" if the source does not read it as a file.
func (c *crawl) fileKind(a answer) document.Kind {
	if a.err != nil || a.status < 200 || a.status >= 300 || fetch.IsHTML(a.contentType) {
		return ""
	}
	return fetch.WantedKind(c.src.Documents, a.contentType, a.url, a.body)
}

// readFile returns the answer with its file read, if the source reads files of that kind.
func (c *crawl) readFile(ctx context.Context, a answer) answer {
	kind := c.fileKind(a)
	if kind == "" {
		return a
	}
	a.file = &file{kind: kind}
	if kind != document.Markdown && document.LooksLikeHTML(a.body) { // Markdown may begin with HTML
		detail := "is a web page, served as " + fetch.MediaType(a.contentType)
		a.file.err = &document.Problem{Kind: document.Broken, Detail: detail}
		return a
	}
	a.file.doc, a.file.err = c.documents.Read(ctx, kind, a.url, a.contentType, a.body)
	return a
}

// judgeFile says what an answer with a file is. It settles nothing.
func (c *crawl) judgeFile(v visit, a answer, meter *budget.Meter) finding {
	if a.file.err != nil {
		return c.unreadFile(a)
	}
	doc := &extract.Document{URL: a.url, Root: goquery.NewDocumentFromNode(a.file.doc.Root), Meter: meter}
	var found finding
	found.etag, found.lastModified = c.validators(a.header)
	noIndex, noFollow := c.keepOut(a.header, extract.Directives{}, doc)
	if !noFollow {
		found.links = c.normal(doc.Links())
	}
	found.identity = c.identityOf(v.url, doc)
	found.answers, found.answersBy = c.src.Availability.Of(v.url, doc)
	var err error
	found.article, err = doc.Extract(extract.Rules{Title: "title", Body: "article"})
	found.article.How, found.article.TitleFrom = a.file.how(), a.file.doc.TitleFrom
	for _, u := range a.file.doc.Unseen {
		found.unseen = append(found.unseen, crawler.Unseen{Rule: string(u.How), Where: u.Where, Letters: u.Letters})
	}
	switch {
	case c.wall.shows(found.article):
		return asVisitorsSee(found.article)
	case noIndex:
		found.outcome = crawler.NoIndex
	default:
		found.outcome, found.detail = c.asPage(v, a, found, err)
	}
	return found
}

// how describes what the file was read as, for people.
func (f *file) how() string {
	how := string(f.kind)
	if f.doc.Pages > 0 {
		how += fmt.Sprintf(", %d pages", f.doc.Pages)
	}
	if f.doc.Wordless > 0 {
		how += fmt.Sprintf(", %d of them pictures without text", f.doc.Wordless)
	}
	return strings.Replace(how, ", 1 pages", ", 1 page", 1)
}

// unreadFile returns the finding of a file that could not be read. A login form in its place is a wall.
func (c *crawl) unreadFile(a answer) finding {
	if document.LooksLikeHTML(a.body) {
		if doc, err := extract.Parse(a.url, "text/html", a.body); err == nil {
			form := c.formInstead(doc)
			article, err := doc.Extract(c.src.Content)
			if form == "" && err == nil && (c.wall.shows(article) || demandsLogin(article.Title)) {
				form = fmt.Sprintf("a page that says %q", article.Title)
			}
			if form != "" {
				return finding{outcome: crawler.LoginWall, detail: form, form: form}
			}
		}
	}
	var problem *document.Problem
	if !errors.As(a.file.err, &problem) {
		return finding{outcome: crawler.BrokenFile, detail: fmt.Sprintf("%s: %v", a.file.kind, a.file.err)}
	}
	outcome := map[document.ProblemKind]crawler.Outcome{
		document.Encrypted: crawler.Encrypted, document.Scanned: crawler.Scanned, document.Broken: crawler.BrokenFile,
		document.TooLarge: crawler.TooLarge, document.TooCostly: crawler.TooCostly,
	}[problem.Kind]
	return finding{outcome: outcome, detail: string(a.file.kind) + ": " + problem.Detail}
}
