package config

import (
	"net/url"
	"strings"

	"github.com/fincrawl/fincrawl/internal/notify"
)

// Notify says who is told where a run needs a person.
type Notify struct {
	AfterFailures int // runs in a row
	Webhooks      []Webhook
	Ticket        *Ticket // nil: no tickets
}

// Webhook is an address that messages are posted to.
type Webhook struct {
	URL      Secret
	Format   string // FormatJSON or FormatSlack
	Template string // of the body, instead of Format; "" for none
	Headers  map[string]Secret
}

// The formats of what is posted to a webhook.
const (
	FormatJSON  = "json"
	FormatSlack = "slack"
)

// Ticket is how tickets are opened in the Intercom workspace.
type Ticket struct {
	Type              string // name or ID
	Contact           TicketContact
	Admin, Team       int64 // to whom tickets are assigned; 0 for nobody
	SkipNotifications bool
}

// TicketContact is the contact that tickets are opened for. One of the fields is set.
type TicketContact struct{ ID, ExternalID, Email string }

func (d *decoder) notify(n *Notify) fields {
	n.AfterFailures = 2
	return fields{
		{"after_failures", d.whole(&n.AfterFailures, 1, 1000)},
		{"webhooks", list(d, &n.Webhooks, d.webhook)},
		{"ticket", d.ticket(&n.Ticket)},
	}
}

func (d *decoder) webhook(w *Webhook) value {
	w.Format = FormatJSON
	keys := fields{
		{"url", required(d.secretAddress(&w.URL), "url: ${WEBHOOK_URL}")},
		{"format", d.oneOf(&w.Format, FormatJSON, FormatSlack)},
		{"template", d.bodyTemplate(&w.Template)},
		{"headers", d.headers(&w.Headers)},
	}
	return value{inside: keys, read: func(e entry) {
		given := d.mapping(entry{key: "each webhook", node: e.node}, keys)
		if format, ok := given["format"]; ok && w.Template != "" {
			d.mistake(format.node, "template makes the whole body, so that format would not be used; keep one of them")
		}
	}}
}

// secretAddress is an address that is a secret, since whoever knows it may post there.
func (d *decoder) secretAddress(to *Secret) value {
	secret := d.secret(to)
	return value{private: true, shape: secret.shape, read: func(e entry) {
		secret.read(e)
		if to.Reveal() == "" {
			return
		}
		if u, err := url.Parse(to.Reveal()); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			d.mistake(e.node, "the value of %s must be an address that begins with https:// or http://", e.key)
		}
	}}
}

// bodyTemplate is the body of a webhook, of one line or several.
func (d *decoder) bodyTemplate(to *string) value {
	return value{shape: shape{"type": "string"}, read: func(e entry) {
		text, ok := d.word(e, `JSON with what to fill in, such as '{"text": "{{.Text}}"}'`)
		if !ok {
			return
		}
		if _, err := notify.ParseTemplate(text); err != nil {
			d.mistake(e.node, "%s can't be used: %v", e.key, err)
			return
		}
		*to = text
	}}
}

func (d *decoder) ticket(to **Ticket) value {
	t := &Ticket{SkipNotifications: true}
	assignee := fields{
		{"admin", d.id(&t.Admin)},
		{"team", d.id(&t.Team)},
	}
	keys := fields{
		{"type", required(d.text(&t.Type), "type: the name of a type of tickets")},
		{"contact", required(d.ticketContact(&t.Contact), "contact: {email: fincrawl@example.com}")},
		{"assignee", d.section(assignee)},
		{"skip_notifications", d.flag(&t.SkipNotifications)},
	}
	return value{inside: keys, read: func(e entry) {
		*to = t
		d.mapping(e, keys)
	}}
}

func (d *decoder) ticketContact(c *TicketContact) value {
	keys := fields{
		{"id", d.text(&c.ID)},
		{"external_id", d.text(&c.ExternalID)},
		{"email", d.checked(&c.Email, "an email address", func(text string) string {
			if name, domain, ok := strings.Cut(text, "@"); !ok || name == "" || domain == "" || strings.ContainsAny(text, " ,;<>") {
				return "must be an email address, such as fincrawl@example.com"
			}
			return ""
		})},
	}
	one := shape{"minProperties": 1, "maxProperties": 1}
	return value{inside: keys, besides: one, read: func(e entry) {
		given := d.mapping(e, keys)
		if given != nil && len(given) != 1 && !(len(given) == 0 && d.meant(e, "id", "external_id", "email")) {
			d.mistake(e.node, "%s names one contact, as Intercom wants exactly one: keep id, external_id or email", e.key)
		}
	}}
}
