package reconcile

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/ingest/intercom"
	"github.com/fincrawl/fincrawl/ingest/report"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/internal/notify"
	"github.com/fincrawl/fincrawl/internal/notify/ticket"
	"github.com/fincrawl/fincrawl/internal/retry"
	"github.com/fincrawl/fincrawl/state"
)

// listener is one source as those hear of it who are told where a run needs a person.
type listener struct {
	now    notify.Source
	health state.Health
	told   map[string]state.Told // by channel; those that there are no more go
}

// notify tells whoever is configured where the sources of a run need a person, as far as that
// changed. A message that does not arrive is told by the next run.
func (r *Runner) notify(ctx context.Context, run report.Run) error {
	n := r.Config.Notify
	if len(n.Webhooks) == 0 && n.Ticket == nil || r.Only != nil || run.ExitCode == report.ExitInterrupted {
		return nil
	}
	at := r.Now().UTC()
	listeners := make([]*listener, len(run.Sources))
	for i, s := range run.Sources {
		l := &listener{told: map[string]state.Told{}}
		var err error
		if l.health, err = r.health(s.Name); err != nil {
			return err
		}
		concerns, err := Collect(r.Ledger.Concerns(s.Name))
		if err != nil {
			return err
		}
		l.now = notify.NewSource(s.Name, l.health, cmp.Or(s.Error, run.Error), concerns, n.AfterFailures)
		listeners[i] = l
	}
	for i, w := range n.Webhooks {
		if err := r.tellWebhook(ctx, run, newWebhook(w, r), listeners, at); err != nil {
			r.Log.Warn("a message did not arrive, and is told by the next run", "webhook", i+1, "error", err)
		}
	}
	if n.Ticket != nil {
		r.tellDesk(ctx, run, newDesk(*n.Ticket, r.API), listeners, at)
	}
	for i, l := range listeners {
		l.health.Told = l.told
		if err := r.Ledger.SetHealth(run.Sources[i].Name, l.health); err != nil {
			return err
		}
	}
	return nil
}

// tellWebhook tells of all sources in one message.
func (r *Runner) tellWebhook(ctx context.Context, run report.Run, w *notify.Webhook, listeners []*listener, at time.Time) error {
	message := notify.Message{Run: run.ID, Workspace: run.Workspace}
	var texts []string
	var heard []*listener
	for _, l := range listeners {
		before := l.health.Told[w.Key()]
		l.told[w.Key()] = before
		if s, ok := l.now.News(before, at, r.Config.RemindAfter); ok {
			message.Sources, texts, heard = append(message.Sources, s), append(texts, s.Text), append(heard, l)
		}
	}
	if len(heard) == 0 {
		return nil
	}
	message.Text = strings.Join(texts, "\n")
	if err := w.Tell(ctx, message); err != nil {
		return err
	}
	for _, l := range heard {
		l.told[w.Key()] = l.now.Told(at)
	}
	return nil
}

// tellDesk opens, continues or resolves the ticket of each source.
func (r *Runner) tellDesk(ctx context.Context, run report.Run, d *ticket.Desk, listeners []*listener, at time.Time) {
	for _, l := range listeners {
		before := l.health.Told[ticket.Key]
		l.told[ticket.Key] = before
		s, ok := l.now.News(before, at, r.Config.RemindAfter)
		if !ok {
			continue
		}
		now, heard, err := d.Tell(ctx, s, before, run.ID, at)
		if err != nil {
			r.Log.Warn("the ticket is not as it should be, and is tried again by the next run", "source", s.Name, "error", err)
		}
		if heard {
			l.told[ticket.Key] = now
		}
	}
}

func newWebhook(c config.Webhook, r *Runner) *notify.Webhook {
	w := &notify.Webhook{URL: c.URL.Reveal(), Slack: c.Format == config.FormatSlack, Headers: map[string]string{}, Transport: r.Transport, Wait: r.Wait}
	if w.Wait == nil {
		w.Wait = retry.Sleep
	}
	if c.Template != "" {
		w.Template, _ = notify.ParseTemplate(c.Template) // it was tried when the file was read
	}
	for name, value := range c.Headers {
		w.Headers[name] = value.Reveal()
	}
	return w
}

func newDesk(c config.Ticket, api *intercom.Client) *ticket.Desk {
	id := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	return &ticket.Desk{API: api, Type: c.Type, Contact: intercom.Contact(c.Contact), Admin: id(c.Admin), Team: id(c.Team), SkipNotifications: c.SkipNotifications}
}
