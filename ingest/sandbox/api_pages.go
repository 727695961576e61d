package sandbox

import (
	"net/http"
	"strconv"
)

func (s *Sandbox) listPages(r *http.Request) (any, *apiError) {
	p, err := s.readPager(r)
	if err != nil {
		return nil, err
	}
	if err := s.withinLimit(p); err != nil {
		return nil, err
	}
	if query := r.URL.Query(); query.Get("source_id") != "" && query.Get("external_id") != "" && !s.config.NoLookUp {
		return s.lookUp(query.Get("source_id"), query.Get("external_id"), p, r)
	}
	pages, alive := s.library.listPages(p.first(), p.PerPage)
	return listing{"list", pages, p.of(alive, r), alive}, nil
}

// lastListPage is the last list page that the API serves, however small list pages are.
const lastListPage = 5001

func (s *Sandbox) withinLimit(p pager) *apiError {
	switch limit := s.config.ListingLimit; {
	case p.Page > lastListPage:
		return fail(http.StatusBadRequest, "parameter_invalid", "page is too large").at("page")
	case limit > 0 && p.Page*p.PerPage > limit:
		return fail(http.StatusBadRequest, "bad_request", "page limit reached, please use scroll API")
	}
	return nil
}

// lookUp lists the pages of one import source with one external ID.
func (s *Sandbox) lookUp(sourceID, externalID string, p pager, r *http.Request) (any, *apiError) {
	id, err := strconv.ParseInt(sourceID, 10, 64)
	if err != nil {
		return nil, fail(http.StatusBadRequest, "parameter_invalid", "source_id must be a number").at("source_id")
	}
	pages := s.library.find(id, externalID)
	count := len(pages)
	first := min(p.first(), count)
	pages = pages[first:min(first+p.PerPage, count)]
	return listing{"list", pages, p.of(count, r), count}, nil
}

// pageFields are the fields of a request besides its keys.
type pageFields struct {
	title, html, locale, url   string
	hasURL                     bool
	agent, copilot, sales, fin *bool // nil where absent; fin is the deprecated flag for agent and copilot
}

func (b *body) pageFields(r *http.Request) pageFields {
	f := pageFields{
		title: b.text("title"), html: b.text("html"), locale: b.locale(),
		url: b.pageURL(), hasURL: b.has("url"),
		agent: b.flag("ai_agent_availability"), copilot: b.flag("ai_copilot_availability"),
	}
	if unstable(r) {
		f.sales = b.flag("ai_sales_agent_availability")
	}
	return f
}

// set changes a page. An absent flag keeps its value, which is false for a new page.
func (f pageFields) set(p *page) {
	p.Title, p.HTML, p.Locale = f.title, f.html, f.locale
	for _, flag := range []struct {
		now   *bool
		given *bool
	}{
		{&p.AIAgentAvailability, f.fin}, {&p.AICopilotAvailability, f.fin},
		{&p.AIAgentAvailability, f.agent}, {&p.AICopilotAvailability, f.copilot}, {&p.SalesAgent, f.sales},
	} {
		if flag.given != nil {
			*flag.now = *flag.given
		}
	}
}

// upsertPage creates a page, or updates the page with the same import source and external ID. An
// update without a URL keeps the URL.
func (s *Sandbox) upsertPage(r *http.Request) (any, *apiError) {
	b, err := readBody(r)
	if err != nil {
		return nil, err
	}
	fields, source, external := b.pageFields(r), b.integer("source_id"), b.text("external_id")
	if err := b.wrong(); err != nil {
		return nil, err
	}
	made, err := s.library.upsertPage(source, external, func(p *page) {
		fields.set(p)
		if fields.hasURL {
			p.URL = fields.url
		}
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

func (s *Sandbox) getPage(r *http.Request) (any, *apiError) {
	found, ok := s.library.page(r.PathValue("id"))
	if !ok {
		return nil, notFound("External Page")
	}
	return found, nil
}

// updatePage updates a page by its ID. A request without a URL removes the URL in the version
// Unstable, and is refused in earlier versions.
func (s *Sandbox) updatePage(r *http.Request) (any, *apiError) {
	id := r.PathValue("id")
	if _, ok := s.library.page(id); !ok {
		return nil, notFound("External Page")
	}
	b, err := readBody(r)
	if err != nil {
		return nil, err
	}
	fields, source := b.pageFields(r), b.integer("source_id")
	fields.fin = b.flag("fin_availability")
	external := ""
	if b.has("external_id") {
		external = b.text("external_id")
	}
	if !unstable(r) {
		b.require("url")
	}
	if err := b.wrong(); err != nil {
		return nil, err
	}
	updated, err := s.library.updatePage(id, source, external, func(p *page) {
		fields.set(p)
		p.URL = fields.url
	})
	if err != nil {
		return nil, err
	}
	return updated, nil
}

// deletePage answers with the deleted page without its HTML.
func (s *Sandbox) deletePage(r *http.Request) (any, *apiError) {
	deleted, err := s.library.deletePage(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return deleted, nil
}

func unstable(r *http.Request) bool {
	version := r.Header.Get("Intercom-Version")
	return version == "Unstable" || version == "Preview"
}
