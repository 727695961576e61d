package ticket_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/sandbox"
	"github.com/fincrawl/fincrawl/internal/notify"
	"github.com/fincrawl/fincrawl/internal/notify/ticket"
	"github.com/fincrawl/fincrawl/state"
)

// office is a workspace with a desk.
type office struct {
	*testing.T
	box  *sandbox.Sandbox
	desk *ticket.Desk
	told state.Told
	at   time.Time
}

func newOffice(t *testing.T) *office {
	t.Helper()
	box, err := sandbox.New(sandbox.Config{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(box)
	t.Cleanup(server.Close)
	api := intercom.New(intercom.Config{BaseURL: server.URL, Token: "t", Transport: &http.Transport{DisableKeepAlives: true},
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }, Log: slog.New(slog.DiscardHandler)})
	return &office{t, box, &ticket.Desk{API: api, Type: "fincrawl", Contact: intercom.Contact{Email: "fincrawl@example.com"}, Team: "45", SkipNotifications: true},
		state.Told{}, time.Date(2026, 11, 30, 3, 17, 0, 0, time.UTC)}
}

// night lets a day pass, and tells the desk of a source with so many held changes, the last of them new.
func (o *office) night(held int) error {
	o.Helper()
	o.at = o.at.Add(25 * time.Hour)
	return o.tell(held)
}

func (o *office) tell(held int) error {
	o.Helper()
	concerns := make([]state.Concern, held)
	for i := range concerns {
		concerns[i] = state.Concern{Kind: state.ConcernHeld, Guards: []string{"shrunk"}, Since: o.at.Add(-time.Minute)}
	}
	s, ok := notify.NewSource("wiki", state.Health{}, "", concerns, 2).News(o.told, o.at, 7*24*time.Hour)
	if !ok {
		return nil
	}
	now, heard, err := o.desk.Tell(o.Context(), s, o.told, "R1", o.at)
	if heard {
		o.told = now
	}
	return err
}

func (o *office) want(tickets ...string) {
	o.Helper()
	var got []string
	for _, t := range o.box.Tickets() {
		how := t.State + " " + strings.Repeat("n", len(t.Notes))
		if t.Open {
			how = "open " + how
		}
		got = append(got, strings.TrimSpace(how))
	}
	if strings.Join(got, ", ") != strings.Join(tickets, ", ") {
		o.Errorf("the tickets are %q, want %q", got, tickets)
	}
}

func (o *office) must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

func TestTheLifeOfATicket(t *testing.T) {
	o := newOffice(t)
	o.must(o.night(1))
	o.want("open submitted")
	made := o.box.Tickets()[0]
	if made.Title != "fincrawl: wiki needs a person" || made.Contact["email"] != "fincrawl@example.com" || made.Team != "45" || !made.Silent || !strings.Contains(made.Description, "shrunk: 1") {
		t.Errorf("%+v", made)
	}
	o.at = o.at.Add(time.Hour)
	o.must(o.tell(2)) // one note a day
	o.want("open submitted")
	o.must(o.night(2))
	o.want("open submitted n")
	o.must(o.night(0))
	o.want("resolved n")
	if o.told.Ticket != "" {
		t.Errorf("%+v", o.told)
	}
	o.must(o.night(0))
	o.must(o.night(1))
	o.want("resolved n", "open submitted")
}

func TestATicketThatAPersonClosedStaysClosed(t *testing.T) {
	o := newOffice(t)
	o.must(o.night(1))
	o.box.CloseTicket(o.told.Ticket)
	o.must(o.night(1)) // which is new
	o.want("resolved", "open submitted")
	o.box.DropTicket(o.told.Ticket)
	o.must(o.night(2))
	o.want("resolved", "open submitted")
	o.box.CloseTicket(o.told.Ticket)
	o.must(o.night(0))
	o.want("resolved", "resolved")
}

func TestATicketIsSearchedForBeforeItIsMadeAgain(t *testing.T) {
	for kind, want := range map[string]int{"reset-after": 1, "truncated": 1, "503": 0, "reset": 0} {
		t.Run(kind, func(t *testing.T) {
			o := newOffice(t)
			o.must(o.box.AddFaults(sandbox.Fault{Kind: kind, Method: "POST", Path: "/tickets", Next: 1}))
			err := o.night(1)
			if (err == nil) != (want == 1) || len(o.box.Tickets()) != want {
				t.Fatalf("%v, and %d tickets", err, len(o.box.Tickets()))
			}
			o.must(o.night(1))
			if len(o.box.Tickets()) != 1 {
				t.Errorf("%d tickets", len(o.box.Tickets()))
			}
		})
	}
	t.Run("the search fails too", func(t *testing.T) {
		o := newOffice(t)
		o.must(o.box.AddFaults(sandbox.Fault{Kind: "reset-after", Method: "POST", Path: "/tickets", Next: 1}, sandbox.Fault{Kind: "422", Path: "/tickets/search", Skip: 1, Next: 1}))
		if err := o.night(1); err == nil || o.told.State != "" {
			t.Fatalf("%v, %+v", err, o.told)
		}
		o.must(o.night(1))
		o.want("open submitted")
		if o.told.Ticket == "" {
			t.Error("the ticket is not known")
		}
	})
	t.Run("state was lost", func(t *testing.T) {
		o := newOffice(t)
		o.must(o.night(1))
		o.told = state.Told{}
		o.must(o.night(1))
		o.want("open submitted")
	})
}

func TestAnUnknownTypeIsNamed(t *testing.T) {
	o := newOffice(t)
	o.desk.Type = "Bugs"
	if err := o.night(1); err == nil || !strings.Contains(err.Error(), `no type of tickets called "Bugs"`) || !strings.Contains(err.Error(), "Fincrawl") {
		t.Error(err)
	}
	o.desk.Type = "1" // its ID
	o.must(o.night(1))
	o.want("open submitted")
}
