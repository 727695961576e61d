package intercom

import (
	"context"
	"errors"
	"net/url"
	"strings"
)

// TicketType is a type of tickets, as far as it matters here.
type TicketType struct {
	ID, Name string
	Archived bool
	// Resolved is the ID of a state of this type that is resolved; "" where the API names none.
	Resolved string
}

// Ticket is a ticket, as far as it matters here.
type Ticket struct {
	ID    string
	Title string
	Open  bool
}

// TicketRequest is what a ticket is made with.
type TicketRequest struct {
	TypeID            string
	Contact           Contact
	Title             string
	Description       string
	AdminAssigneeID   string // "" for nobody
	TeamAssigneeID    string // "" for none
	SkipNotifications bool
}

// Contact names a contact by one of these.
type Contact struct {
	ID         string `json:"id,omitempty"`
	ExternalID string `json:"external_id,omitempty"`
	Email      string `json:"email,omitempty"` // for an unknown one Intercom makes a contact
}

// The attributes that every type of tickets has.
const (
	ticketTitle       = "_default_title_"
	ticketDescription = "_default_description_"
	resolvedState     = "resolved"
)

// TicketTypes returns the types of tickets that the workspace has.
func (c *Client) TicketTypes(ctx context.Context) (types []TicketType, err error) {
	var a listPage[struct {
		ID       text `json:"id"`
		Name     text `json:"name"`
		Archived flag `json:"archived"`
		States   struct {
			Data []struct {
				ID       text `json:"id"`
				Category text `json:"category"`
				Archived flag `json:"archived"`
			} `json:"data"`
		} `json:"ticket_states"`
	}]
	if err := c.do(ctx, call{method: "GET", path: "/ticket_types"}, &a); err != nil {
		return nil, err
	}
	for _, t := range a.Data {
		one := TicketType{ID: string(t.ID), Name: string(t.Name), Archived: bool(t.Archived)}
		for _, s := range t.States.Data {
			if s.Category == resolvedState && !bool(s.Archived) && one.Resolved == "" {
				one.Resolved = string(s.ID)
			}
		}
		types = append(types, one)
	}
	return types, nil
}

// searched is how many tickets are searched for, page by page.
const (
	searchSize  = 50
	searchPages = 100
)

// OpenTickets returns the open tickets of a type. Titles are compared by the caller: which fields
// can be searched for is not the same in all of Intercom's descriptions.
func (c *Client) OpenTickets(ctx context.Context, typeID string) (tickets []Ticket, err error) {
	type filter struct {
		Field    string `json:"field"`
		Operator string `json:"operator"`
		Value    any    `json:"value"`
	}
	type paging struct {
		PerPage int    `json:"per_page"`
		After   string `json:"starting_after,omitempty"`
	}
	type query struct {
		Operator string   `json:"operator"`
		Value    []filter `json:"value"`
	}
	after := ""
	for range searchPages {
		var a struct {
			Tickets []answeredTicket `json:"tickets"`
			Pages   struct {
				Next struct {
					After text `json:"starting_after"`
				} `json:"next"`
			} `json:"pages"`
		}
		err := c.do(ctx, call{method: "POST", path: "/tickets/search", body: struct {
			Query      query  `json:"query"`
			Pagination paging `json:"pagination"`
		}{query{"AND", []filter{{"ticket_type_id", "=", typeID}, {"open", "=", true}}}, paging{searchSize, after}}}, &a)
		if err != nil {
			return nil, err
		}
		for _, t := range a.Tickets {
			tickets = append(tickets, t.ticket())
		}
		if a.Pages.Next.After == "" || string(a.Pages.Next.After) == after {
			break
		}
		after = string(a.Pages.Next.After)
	}
	return tickets, nil
}

// CreateTicket makes a ticket. A creation whose outcome is unknown is not repeated: it has to be
// searched for first.
func (c *Client) CreateTicket(ctx context.Context, r TicketRequest) (Ticket, error) {
	body := map[string]any{
		"ticket_type_id": r.TypeID, "contacts": []Contact{r.Contact}, "skip_notifications": r.SkipNotifications,
		"ticket_attributes": map[string]string{ticketTitle: r.Title, ticketDescription: r.Description},
	}
	assignment := map[string]string{}
	if r.AdminAssigneeID != "" {
		assignment["admin_assignee_id"] = r.AdminAssigneeID
	}
	if r.TeamAssigneeID != "" {
		assignment["team_assignee_id"] = r.TeamAssigneeID
	}
	if len(assignment) > 0 {
		body["assignment"] = assignment
	}
	var a answeredTicket
	err := c.do(ctx, call{method: "POST", path: ticketsPath, once: true, body: body}, &a)
	return a.ticket(), err
}

// Ticket returns a ticket by its ID, which is not the number that the inbox shows.
func (c *Client) Ticket(ctx context.Context, id string) (Ticket, error) {
	path, err := ticketPath(id)
	if err != nil {
		return Ticket{}, err
	}
	var a answeredTicket
	err = c.do(ctx, call{method: "GET", path: path}, &a)
	return a.ticket(), err
}

// NoteTicket adds a note, which customers do not see, by an admin.
func (c *Client) NoteTicket(ctx context.Context, id, adminID, body string, skipNotifications bool) error {
	path, err := ticketPath(id)
	if err != nil {
		return err
	}
	return c.do(ctx, call{method: "POST", path: path + "/reply", once: true, body: map[string]any{
		"message_type": "note", "type": "admin", "admin_id": adminID, "body": body, "skip_notifications": skipNotifications,
	}}, nil)
}

// ResolveTicket puts a ticket into a resolved state, if that is known, and closes it.
func (c *Client) ResolveTicket(ctx context.Context, id, stateID string, skipNotifications bool) error {
	path, err := ticketPath(id)
	if err != nil {
		return err
	}
	body := map[string]any{"open": false, "skip_notifications": skipNotifications}
	if stateID != "" {
		body["ticket_state_id"] = stateID
	}
	return c.do(ctx, call{method: "PUT", path: path, body: body}, nil)
}

const ticketsPath = "/tickets"

func ticketPath(id string) (string, error) {
	if strings.Trim(id, ".") == "" { // the path would be another call's
		return "", errors.New("a ticket has no id")
	}
	return ticketsPath + "/" + url.PathEscape(id), nil
}

// answeredTicket is a Ticket as it is answered.
type answeredTicket struct {
	ID         text            `json:"id"`
	Open       flag            `json:"open"`
	Attributes map[string]text `json:"ticket_attributes"`
}

func (a *answeredTicket) missing() string {
	if a.ID == "" {
		return "id"
	}
	return ""
}

func (a *answeredTicket) ticket() Ticket {
	return Ticket{ID: string(a.ID), Title: string(a.Attributes[ticketTitle]), Open: bool(a.Open)}
}
