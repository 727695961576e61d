package config

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
	_ "time/tzdata" // for images and machines that have no time zones

	"github.com/netresearch/go-cron"
	"golang.org/x/net/http/httpguts"
)

// Serve is what `fincrawl serve` is told.
type Serve struct {
	TimeZone       string   // of schedules that name none; "" for that of this machine
	Hosts          []string // names by which browsers may ask for its pages, in lower case
	TrustedProxies []netip.Prefix
	UserHeader     string // by which a trusted proxy names the user
	HookSecret     Secret
	Backup         Backup
}

// Backup says where copies of the state file go, and when.
type Backup struct {
	To       string // folder; "" for no copies
	Keep     int
	Schedule Schedule
}

// Schedule is a cron expression. It may name its time zone, as in "CRON_TZ=Europe/Berlin 0 3 * * *". ""
// stands for no schedule.
type Schedule string

// Times returns the times of a schedule. zone is the time zone of one that names none; "" stands for that
// of this machine.
func (s Schedule) Times(zone string) (cron.Schedule, error) {
	text := string(s)
	if zone != "" && !strings.HasPrefix(text, "CRON_TZ=") && !strings.HasPrefix(text, "TZ=") {
		text = "CRON_TZ=" + zone + " " + text
	}
	return cron.StandardParser().WithMinEveryInterval(time.Minute).Parse(text)
}

const minHookSecret = 16

func (d *decoder) serve(s *Serve) fields {
	s.UserHeader, s.Backup = "X-Forwarded-User", Backup{Keep: 7, Schedule: "@daily"}
	return fields{
		{"time_zone", d.timeZone(&s.TimeZone)},
		{"hosts", list(d, &s.Hosts, d.hostName)},
		{"trusted_proxies", list(d, &s.TrustedProxies, d.network)},
		{"user_header", d.headerName(&s.UserHeader)},
		{"hook_secret", d.hookSecret(&s.HookSecret)},
		{"backup", d.section(fields{
			{"to", required(d.text(&s.Backup.To), "to: the folder for the copies")},
			{"keep", d.whole(&s.Backup.Keep, 1, 1000)},
			{"schedule", d.schedule(&s.Backup.Schedule, &s.TimeZone)},
		})},
	}
}

func (d *decoder) hookSecret(to *Secret) value {
	secret := d.secret(to)
	return value{private: true, shape: secret.shape, read: func(e entry) {
		secret.read(e)
		if n := len(to.Reveal()); n > 0 && n < minHookSecret {
			d.mistake(e.node, "hook_secret has %d characters at least; make one by: openssl rand -hex 32", minHookSecret)
		}
	}}
}

// schedule is a cron expression. zone is the time zone of an expression that names none.
func (d *decoder) schedule(to *Schedule, zone *string) value {
	const want = `a cron expression such as "0 3 * * *" or @daily`
	return d.checked((*string)(to), want, func(text string) string {
		times, err := Schedule(text).Times(*zone)
		switch {
		case err != nil:
			return fmt.Sprintf("must be %s, not %q: %v", want, brief(text), err)
		case times.Next(time.Unix(0, 0)).IsZero():
			return fmt.Sprintf("is %q, which never comes", brief(text))
		}
		return ""
	})
}

func (d *decoder) timeZone(to *string) value {
	const want = "a time zone such as Europe/Berlin or UTC"
	return d.checked(to, want, func(text string) string {
		if _, err := time.LoadLocation(text); err != nil {
			return fmt.Sprintf("must be %s, not %q", want, brief(text))
		}
		return ""
	})
}

// network is an IP address or a range of them.
func (d *decoder) network(to *netip.Prefix) value {
	const want = "an IP address such as 10.0.0.7, or a range such as 10.0.0.0/8"
	var text string
	v := d.checked(&text, want, func(text string) string {
		if _, err := ParseNetwork(text); err != nil {
			return fmt.Sprintf("must be %s, not %q", want, brief(text))
		}
		return ""
	})
	return value{shape: v.shape, read: func(e entry) {
		if v.read(e); text != "" {
			*to, _ = ParseNetwork(text)
		}
	}}
}

// ParseNetwork parses an IP address, or a range of them.
func ParseNetwork(text string) (netip.Prefix, error) {
	if at, err := netip.ParseAddr(text); err == nil {
		at = at.Unmap().WithZone("")
		return netip.PrefixFrom(at, at.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err
}

func (d *decoder) headerName(to *string) value {
	return d.checked(to, "the name of a header", func(text string) string {
		if !httpguts.ValidHeaderFieldName(text) {
			return "must be the name of a header, such as X-Forwarded-User"
		}
		return ""
	})
}
