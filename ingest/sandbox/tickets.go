package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// desk has the tickets of the workspace, and the one type that they are of. It is kept in memory only.
type desk struct {
	mu      sync.Mutex
	tickets []*Ticket
	made    int // tickets ever
}

// Ticket is a ticket, with what people see of it.
type Ticket struct {
	ID                 string
	Title, Description string
	Contact            map[string]string
	Admin, Team        string
	Open               bool
	State              string // its category
	Notes              []string
	Silent             bool // it was made with skip_notifications
	CreatedAt          int64
}

const (
	ticketType      = "1"
	submittedState  = "1"
	resolvedState   = "3"
	ticketTypeLabel = "Fincrawl"
)

// Tickets returns the tickets, the oldest first.
func (s *Sandbox) Tickets() []Ticket {
	s.desk.mu.Lock()
	defer s.desk.mu.Unlock()
	all := make([]Ticket, len(s.desk.tickets))
	for i, t := range s.desk.tickets {
		all[i] = *t
		all[i].Notes = slices.Clone(t.Notes)
	}
	return all
}

// CloseTicket closes a ticket as a person does; DropTicket deletes it.
func (s *Sandbox) CloseTicket(id string) {
	s.desk.mu.Lock()
	defer s.desk.mu.Unlock()
	if t := s.desk.find(id); t != nil {
		t.Open, t.State = false, "resolved"
	}
}

// DropTicket deletes a ticket.
func (s *Sandbox) DropTicket(id string) {
	s.desk.mu.Lock()
	defer s.desk.mu.Unlock()
	s.desk.tickets = slices.DeleteFunc(s.desk.tickets, func(t *Ticket) bool { return t.ID == id })
}

func (d *desk) find(id string) *Ticket {
	for _, t := range d.tickets {
		if t.ID == id {
			return t
		}
	}
	return nil
}

func ticketStates() []any {
	var list []any
	for i, category := range []string{"submitted", "in_progress", "resolved"} {
		label := strings.ReplaceAll(category, "_", " ")
		list = append(list, map[string]any{"type": "ticket_state", "id": strconv.Itoa(i + 1), "category": category, "internal_label": label, "external_label": label})
	}
	return list
}

func ticketTypes() map[string]any {
	return map[string]any{
		"type": "ticket_type", "id": ticketType, "name": ticketTypeLabel, "description": "what fincrawl needs a person for", "category": "Back-office",
		"icon": "🎟️", "workspace_id": "sandbox", "archived": false, "created_at": 1672531200, "updated_at": 1672531200,
		"ticket_states": map[string]any{"type": "list", "data": ticketStates()},
	}
}

func (t *Ticket) answer() any {
	state := ticketStates()[0]
	if t.State == "resolved" {
		state = ticketStates()[2]
	}
	contact := map[string]any{"type": "contact", "id": "6762f2d81bb69f9f2193bc54"}
	if id := t.Contact["external_id"]; id != "" {
		contact["external_id"] = id
	}
	admin, _ := strconv.Atoi(t.Admin)
	team, _ := strconv.Atoi(t.Team)
	kind := ticketTypes()
	delete(kind, "ticket_states")
	return map[string]any{
		"type": "ticket", "id": t.ID, "ticket_id": t.ID, "category": "Back-office", "open": t.Open, "is_shared": false,
		"ticket_attributes": map[string]string{"_default_title_": t.Title, "_default_description_": t.Description},
		"ticket_state":      state, "ticket_type": kind, "admin_assignee_id": admin, "team_assignee_id": team,
		"contacts": map[string]any{"type": "contact.list", "contacts": []any{contact}}, "created_at": t.CreatedAt, "updated_at": time.Now().Unix(),
	}
}

func (s *Sandbox) listTicketTypes(*http.Request) (any, *apiError) {
	return map[string]any{"type": "list", "data": []any{ticketTypes()}}, nil
}

func (s *Sandbox) createTicket(r *http.Request) (any, *apiError) {
	b, err := readBody(r)
	if err != nil {
		return nil, err
	}
	kind := b.text("ticket_type_id")
	contacts := read[[]map[string]string](b, "contacts", "a list of contacts")
	attributes := read[map[string]string](b, "ticket_attributes", "an object of texts")
	assignment := read[map[string]string](b, "assignment", "an object of IDs")
	silent := b.flag("skip_notifications")
	if err := b.wrong(); err != nil {
		return nil, err
	}
	switch {
	case kind != ticketType:
		return nil, fail(http.StatusNotFound, "ticket_type_not_found", "Ticket type not found")
	case len(contacts) != 1 || len(contacts[0]) != 1:
		return nil, fail(http.StatusBadRequest, "parameter_invalid", "exactly one contact is required").at("contacts")
	}
	s.desk.mu.Lock()
	defer s.desk.mu.Unlock()
	s.desk.made++
	t := &Ticket{
		ID: strconv.Itoa(1000 + s.desk.made), Title: attributes["_default_title_"], Description: attributes["_default_description_"], Contact: contacts[0],
		Admin: assignment["admin_assignee_id"], Team: assignment["team_assignee_id"], Open: true, State: "submitted", Silent: silent != nil && *silent, CreatedAt: time.Now().Unix(),
	}
	s.desk.tickets = append(s.desk.tickets, t)
	return t.answer(), nil
}

// ticket does something with the ticket that a call names.
func (s *Sandbox) ticket(r *http.Request, do func(*Ticket) (any, *apiError)) (any, *apiError) {
	s.desk.mu.Lock()
	defer s.desk.mu.Unlock()
	t := s.desk.find(r.PathValue("id"))
	if t == nil {
		return nil, fail(http.StatusNotFound, "ticket_not_found", "Ticket not found")
	}
	return do(t)
}

func (s *Sandbox) getTicket(r *http.Request) (any, *apiError) {
	return s.ticket(r, func(t *Ticket) (any, *apiError) { return t.answer(), nil })
}

func (s *Sandbox) updateTicket(r *http.Request) (any, *apiError) {
	b, err := readBody(r)
	if err != nil {
		return nil, err
	}
	open := b.flag("open")
	state := read[string](b, "ticket_state_id", "a string")
	if err := b.wrong(); err != nil {
		return nil, err
	}
	return s.ticket(r, func(t *Ticket) (any, *apiError) {
		switch state {
		case "":
		case submittedState, "2", resolvedState:
			t.State = []string{"submitted", "in_progress", "resolved"}[state[0]-'1']
		default:
			return nil, fail(http.StatusBadRequest, "ticket_state_id_invalid", "the state is not one of the ticket's type").at("ticket_state_id")
		}
		if open != nil {
			t.Open = *open
		}
		return t.answer(), nil
	})
}

func (s *Sandbox) replyTicket(r *http.Request) (any, *apiError) {
	b, err := readBody(r)
	if err != nil {
		return nil, err
	}
	kind, admin, text := b.oneOf("message_type", "note", "comment"), b.text("admin_id"), b.text("body")
	b.oneOf("type", "admin")
	if err := b.wrong(); err != nil {
		return nil, err
	}
	return s.ticket(r, func(t *Ticket) (any, *apiError) {
		t.Notes = append(t.Notes, text)
		now := time.Now().Unix()
		return map[string]any{
			"type": "ticket_part", "id": strconv.Itoa(len(t.Notes)), "part_type": kind, "body": text, "created_at": now, "updated_at": now,
			"author": map[string]any{"type": "admin", "id": admin, "name": "Sandbox", "email": "sandbox@example.com"}, "attachments": []any{}, "redacted": false,
		}, nil
	})
}

// searchTickets takes the search that fincrawl makes: tickets of a type that are open.
func (s *Sandbox) searchTickets(r *http.Request) (any, *apiError) {
	if r.PathValue("id") != "search" {
		return nil, fail(http.StatusMethodNotAllowed, "method_not_allowed", "this call has no such method")
	}
	b, err := readBody(r)
	if err != nil {
		return nil, err
	}
	type filter struct {
		Field    string `json:"field"`
		Operator string `json:"operator"`
		Value    any    `json:"value"`
	}
	query := read[struct {
		Operator string   `json:"operator"`
		Value    []filter `json:"value"`
	}](b, "query", "an object")
	if err := b.wrong(); err != nil {
		return nil, err
	}
	s.desk.mu.Lock()
	defer s.desk.mu.Unlock()
	if query.Operator != "AND" || len(query.Value) == 0 {
		return nil, fail(http.StatusBadRequest, "parameter_invalid", "the sandbox knows the operator AND alone").at("query")
	}
	found := []any{}
	for _, t := range s.desk.tickets {
		fits := true
		for _, f := range query.Value {
			switch {
			case f.Operator != "=":
				return nil, fail(http.StatusBadRequest, "parameter_invalid", "the sandbox knows the operator = alone").at("query")
			case f.Field == "ticket_type_id":
				fits = fits && f.Value == ticketType
			case f.Field == "open":
				fits = fits && f.Value == t.Open
			default:
				return nil, fail(http.StatusBadRequest, "parameter_invalid", "the sandbox searches by ticket_type_id and open").at("query")
			}
		}
		if fits {
			found = append(found, t.answer())
		}
	}
	return map[string]any{"type": "ticket.list", "tickets": found, "total_count": len(found),
		"pages": map[string]any{"type": "pages", "page": 1, "per_page": max(1, len(found)), "total_pages": 1}}, nil
}
