package sandbox_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
)

const api = "http://api.example.com"

// contract stands between a client and the sandbox and holds both to Intercom's own
// description of its API.
type contract struct {
	t       *testing.T
	routes  routers.Router
	next    http.Handler
	checked int
}

// descriptions are what Intercom publishes, by the Intercom-Version that it describes.
var descriptions = map[string]string{"2.15": "ai-content-2.15.yaml", "2.16": "ai-content-2.16.yaml", "Unstable": "ai-content-unstable.yaml"}

// ticketDescription is of tickets.
const ticketDescription = "content-unstable.yaml"

func newContract(t *testing.T, version string, next http.Handler) *contract {
	t.Helper()
	return newContractBy(t, version, descriptions[version], next)
}

func newContractBy(t *testing.T, version, description string, next http.Handler) *contract {
	t.Helper()
	file := filepath.Join("..", "..", "..", "shared", "openapi", description)
	if _, err := os.Stat(file); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	doc, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = openapi3.Servers{{URL: api}}
	if version == "Unstable" { // which the description calls Preview only
		schema := doc.Components.Schemas["intercom_version"].Value
		schema.Enum = append(schema.Enum, "Unstable")
	}
	routes, err := legacy.NewRouter(doc, openapi3.DisableExamplesValidation())
	if err != nil {
		t.Fatal(err)
	}
	return &contract{t: t, routes: routes, next: next}
}

func (c *contract) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	fresh := func() io.ReadCloser { return io.NopCloser(bytes.NewReader(body)) }
	input := &openapi3filter.RequestValidationInput{
		Request: r, Options: &openapi3filter.Options{
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, SkipSettingDefaults: true, MultiError: true,
			RejectWhenRequestBodyNotSpecified: true,
		},
	}
	r.Body = fresh()
	described := r.URL.Path != "/me" // which the subset leaves out
	if described {
		var err error
		if input.Route, input.PathParams, err = c.routes.FindRoute(r); err != nil {
			c.t.Errorf("%s %s: %v", r.Method, r.URL, err)
			described = false
		} else if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
			c.t.Errorf("request %s %s %s: %v", r.Method, r.URL, body, err)
		}
	}
	r.Body = fresh()
	if len(body) == 0 {
		r.ContentLength = 0
	}
	w := httptest.NewRecorder()
	c.next.ServeHTTP(w, r)
	resp := w.Result()
	if described {
		answer := &openapi3filter.ResponseValidationInput{
			RequestValidationInput: input, Status: resp.StatusCode, Header: resp.Header,
			Options: &openapi3filter.Options{IncludeResponseStatus: resp.StatusCode < 400, MultiError: true},
		}
		answer.SetBodyBytes(w.Body.Bytes())
		if err := openapi3filter.ValidateResponse(r.Context(), answer); err != nil {
			c.t.Errorf("answer to %s %s: %d %s: %v", r.Method, r.URL, resp.StatusCode, w.Body, err)
		}
		c.checked++
	}
	return resp, nil
}

func TestClientAndSandboxKeepTheContract(t *testing.T) {
	for version := range descriptions {
		t.Run(version, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSandbox(t, sandbox.Config{Token: "secret", PerPage: 2})
				between := newContract(t, version, s)
				c := intercom.New(intercom.Config{BaseURL: api, Token: "secret", Version: version, Transport: between})
				ctx := t.Context()
				must := func(err error) {
					t.Helper()
					if err != nil {
						t.Error(err)
					}
				}
				_, err := c.Me(ctx)
				must(err)
				source, err := c.CreateImportSource(ctx, "https://help.example.com", []int64{1, 2})
				must(err)
				plain, err := c.CreateImportSource(ctx, "https://wiki.example.com", nil)
				must(err)
				_, err = c.UpdateImportSource(ctx, source.ID, "https://help.example.com/", []int64{3})
				must(err)
				_, err = c.UpdateImportSource(ctx, plain.ID, "https://wiki.example.com", nil)
				must(err)
				var last intercom.ExternalPage
				for i := range 5 {
					last, err = c.UpsertPage(ctx, intercom.PageRequest{
						Title: fmt.Sprint("Page ", i), HTML: "<p>Hé</p>", URL: "https://help.example.com/a", Locale: "en",
						SourceID: source.ID, ExternalID: fmt.Sprint(i), AICopilotAvailability: true,
					})
					must(err)
				}
				_, err = c.UpsertPage(ctx, intercom.PageRequest{Title: "T", HTML: "x", Locale: "en", SourceID: plain.ID, ExternalID: "without a URL"})
				must(err)
				must(c.DeletePage(ctx, last.ID))
				must(c.DeletePage(ctx, last.ID))
				pages, sources := 0, 0
				for _, err := range c.ExternalPages(ctx) {
					must(err)
					pages++
				}
				for _, err := range c.ImportSources(ctx) {
					must(err)
					sources++
				}
				if pages != 5 || sources != 2 {
					t.Errorf("listed %d pages and %d sources, want 5 and 2", pages, sources)
				}
				must(c.DeleteImportSource(ctx, source.ID))
				must(c.DeleteImportSource(ctx, source.ID))
				wrong := intercom.New(intercom.Config{BaseURL: api, Token: "other", Version: version, Transport: between})
				if _, err := wrong.UpdateImportSource(ctx, plain.ID, "https://wiki.example.com", nil); intercom.KindOf(err) != intercom.Fatal {
					t.Errorf("a wrong token: %v", err)
				}
				if between.checked < 15 {
					t.Errorf("only %d calls were checked", between.checked)
				}
			})
		})
	}
}

func TestTicketsKeepTheContract(t *testing.T) {
	s := newSandbox(t, sandbox.Config{})
	between := newContractBy(t, "Unstable", ticketDescription, s)
	c := intercom.New(intercom.Config{BaseURL: api, Token: "secret", Version: "Unstable", Transport: between})
	ctx := t.Context()
	types, err := c.TicketTypes(ctx)
	if err != nil || len(types) != 1 || types[0].Resolved == "" {
		t.Fatalf("%+v, %v", types, err)
	}
	made, err := c.CreateTicket(ctx, intercom.TicketRequest{TypeID: types[0].ID, Contact: intercom.Contact{Email: "a@example.com"}, Title: "One", Description: "<text>",
		AdminAssigneeID: "12", TeamAssigneeID: "45", SkipNotifications: true})
	if err != nil {
		t.Fatal(err)
	}
	if open, err := c.OpenTickets(ctx, types[0].ID); err != nil || len(open) != 1 || open[0] != made || made.Title != "One" || !made.Open {
		t.Errorf("%+v, %+v, %v", open, made, err)
	}
	if err := c.NoteTicket(ctx, made.ID, "12", "<p>news</p>", true); err != nil {
		t.Error(err)
	}
	if err := c.ResolveTicket(ctx, made.ID, "9", true); err == nil {
		t.Error("a state of another type was taken")
	}
	if err := c.ResolveTicket(ctx, made.ID, types[0].Resolved, true); err != nil {
		t.Error(err)
	}
	if again, err := c.Ticket(ctx, made.ID); err != nil || again.Open {
		t.Errorf("%+v, %v", again, err)
	}
	if open, err := c.OpenTickets(ctx, types[0].ID); err != nil || len(open) != 0 {
		t.Errorf("%+v, %v", open, err)
	}
	if kept := s.Tickets()[0]; kept.State != "resolved" || len(kept.Notes) != 1 || kept.Admin != "12" || kept.Team != "45" {
		t.Errorf("%+v", kept)
	}
	if _, err := c.Ticket(ctx, "404"); intercom.KindOf(err) != intercom.NotFound {
		t.Error(err)
	}
	if _, err := c.Ticket(ctx, ""); err == nil {
		t.Error("a ticket without an ID was asked for")
	}
	if between.checked < 8 {
		t.Errorf("%d calls were compared with the description", between.checked)
	}
}
