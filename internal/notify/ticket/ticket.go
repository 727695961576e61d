// Package ticket keeps one ticket in the Intercom workspace for each source that needs a person.
package ticket

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/internal/notify"
	"github.com/fincrawl/fincrawl/state"
)

// API is what of Intercom's API it takes.
type API interface {
	Me(ctx context.Context) (intercom.Me, error)
	TicketTypes(ctx context.Context) ([]intercom.TicketType, error)
	OpenTickets(ctx context.Context, typeID string) ([]intercom.Ticket, error)
	CreateTicket(ctx context.Context, r intercom.TicketRequest) (intercom.Ticket, error)
	Ticket(ctx context.Context, id string) (intercom.Ticket, error)
	NoteTicket(ctx context.Context, id, adminID, body string, skipNotifications bool) error
	ResolveTicket(ctx context.Context, id, stateID string, skipNotifications bool) error
}

// Desk opens, continues and resolves tickets.
type Desk struct {
	API               API
	Type              string // its name or ID
	Contact           intercom.Contact
	Admin, Team       string // to whom a ticket is assigned; "" for nobody
	SkipNotifications bool

	kind *intercom.TicketType // of this name or ID, once it was looked up
}

// Key is what the desk is called in the state file.
const Key = "ticket"

// betweenNotes is how far apart the notes of a ticket are, at least.
const betweenNotes = 24 * time.Hour

// Tell does what news of a source asks for: it opens a ticket, adds a note, or resolves it. told is
// what it was told last; the new one is returned, also with an error. heard is false where the
// note has to wait for its day.
func (d *Desk) Tell(ctx context.Context, s notify.Source, told state.Told, run string, at time.Time) (now state.Told, heard bool, err error) {
	ticket, open, err := d.current(ctx, told.Ticket)
	if err != nil {
		return told, false, err
	}
	if !open {
		ticket = intercom.Ticket{}
	}
	now = s.Told(at)
	switch {
	case s.Event == notify.EventClean:
		if open {
			err = d.resolve(ctx, ticket.ID)
		}
	case !open && s.Event == notify.EventReminder: // a person closed it, and nothing is new
	case !open:
		ticket, err = d.open(ctx, s, run)
		now.Ticket = ticket.ID
	case at.Before(told.At.Add(betweenNotes)):
		return told, false, nil
	default:
		now.Ticket = ticket.ID
		err = d.note(ctx, ticket.ID, s, run)
	}
	if err != nil {
		return told, false, err
	}
	return now, true, nil
}

// current is the ticket that was opened, and whether it is open still. One that was deleted is not.
func (d *Desk) current(ctx context.Context, id string) (t intercom.Ticket, open bool, err error) {
	if id == "" {
		return t, false, nil
	}
	t, err = d.API.Ticket(ctx, id)
	if err != nil && intercom.KindOf(err) == intercom.NotFound {
		return t, false, nil
	}
	if err != nil {
		return t, false, fmt.Errorf("look at the ticket: %w", err)
	}
	return t, t.Open, nil
}

// open makes a ticket, unless there is one: an earlier try may have made it, although no answer
// came, and a state file may be lost.
func (d *Desk) open(ctx context.Context, s notify.Source, run string) (intercom.Ticket, error) {
	kind, err := d.typeOf(ctx)
	if err != nil {
		return intercom.Ticket{}, err
	}
	if found, ok, err := d.find(ctx, kind.ID, s.Name); err != nil || ok {
		return found, err
	}
	t, err := d.API.CreateTicket(ctx, intercom.TicketRequest{
		TypeID: kind.ID, Contact: d.Contact, Title: title(s.Name), Description: s.Text + "\n\nRun " + run,
		AdminAssigneeID: d.Admin, TeamAssigneeID: d.Team, SkipNotifications: d.SkipNotifications,
	})
	if err == nil {
		return t, nil
	}
	err = fmt.Errorf("open a ticket: %w", err)
	if intercom.KindOf(errors.Unwrap(err)) != intercom.Transient {
		return t, err
	}
	found, ok, look := d.find(ctx, kind.ID, s.Name)
	if ok {
		return found, nil
	}
	return t, errors.Join(err, look)
}

// find looks for the open ticket of a source. It is known by its title, which is compared here.
func (d *Desk) find(ctx context.Context, kind, source string) (intercom.Ticket, bool, error) {
	tickets, err := d.API.OpenTickets(ctx, kind)
	if err != nil {
		return intercom.Ticket{}, false, fmt.Errorf("search for the ticket: %w", err)
	}
	for _, t := range tickets {
		if t.Open && t.Title == title(source) {
			return t, true, nil
		}
	}
	return intercom.Ticket{}, false, nil
}

func title(source string) string { return "fincrawl: " + source + " needs a person" }

func (d *Desk) note(ctx context.Context, id string, s notify.Source, run string) error {
	me, err := d.API.Me(ctx)
	if err == nil {
		err = d.API.NoteTicket(ctx, id, me.ID, "<p>"+notify.EscapeText(s.Text)+"</p><p>Run "+notify.EscapeText(run)+"</p>", d.SkipNotifications)
	}
	if err != nil {
		return fmt.Errorf("add a note to the ticket: %w", err)
	}
	return nil
}

func (d *Desk) resolve(ctx context.Context, id string) error {
	kind, err := d.typeOf(ctx)
	if err == nil {
		err = d.API.ResolveTicket(ctx, id, kind.Resolved, d.SkipNotifications)
	}
	if err != nil {
		return fmt.Errorf("resolve the ticket: %w", err)
	}
	return nil
}

// typeOf is the type of tickets that is configured.
func (d *Desk) typeOf(ctx context.Context) (intercom.TicketType, error) {
	if d.kind != nil {
		return *d.kind, nil
	}
	types, err := d.API.TicketTypes(ctx)
	if err != nil {
		return intercom.TicketType{}, fmt.Errorf("list the types of tickets: %w", err)
	}
	var names []string
	for _, t := range types {
		if t.Archived {
			continue
		}
		if t.ID == d.Type || strings.EqualFold(t.Name, d.Type) {
			d.kind = &t
			return t, nil
		}
		names = append(names, t.Name)
	}
	return intercom.TicketType{}, fmt.Errorf("the workspace has no type of tickets called %q, notify.ticket.type, but %q", d.Type, names)
}
