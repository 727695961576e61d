package config

import (
	"strings"
	"testing"
	"time"
)

func decodeServe(t *testing.T, serve, schedule string) (*Config, string) {
	t.Helper()
	text := "version: 1\nintercom: {token: \"${T}\"}\n" + serve + "sources:\n- {name: a, url: https://a.example.com/, schedule: " + schedule + "}\n"
	c, mistakes := decode("sources.yaml", []byte(text), func(name string) (string, bool) { return "value-of-" + name, name != "NONE" }, false)
	var said []string
	for _, m := range mistakes {
		said = append(said, m.Message)
	}
	return c, strings.Join(said, "\n")
}

func TestASchedulesTimesAreInItsZone(t *testing.T) {
	begin := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{
		`"0 3 * * *"`:                          "01 01:00",
		`"CRON_TZ=America/New_York 0 3 * * *"`: "01 07:00",
		`"TZ=UTC 0 3 * * *"`:                   "01 03:00",
		`"@daily"`:                             "01 22:00",
		`"0 3 * * mon"`:                        "06 01:00",
	} {
		c, said := decodeServe(t, "serve: {time_zone: Europe/Berlin}\n", text)
		if said != "" {
			t.Errorf("%s: %s", text, said)
			continue
		}
		times, err := c.Sources[0].Schedule.Times(c.Serve.TimeZone)
		if err != nil {
			t.Fatal(err)
		}
		if got := times.Next(begin).UTC().Format("02 15:04"); got != want {
			t.Errorf("%s comes at %s, want %s", text, got, want)
		}
	}
}

func TestMistakesInServeAreTold(t *testing.T) {
	const good = `"0 3 * * *"`
	for name, test := range map[string]struct{ serve, schedule, want string }{
		"four fields":     {"", `"0 3 * *"`, "must be a cron expression"},
		"an hour of 25":   {"", `"0 25 * * *"`, "must be a cron expression"},
		"a day that none": {"", `"0 3 31 2 *"`, "never comes"},
		"each second":     {"", `"@every 1s"`, "must be a cron expression"},
		"an unknown zone": {"", `"CRON_TZ=Mars/Base 0 3 * * *"`, "must be a cron expression"},
		"the zone":        {"serve: {time_zone: Mars/Base}\n", good, "must be a time zone"},
		"a proxy's name":  {"serve: {trusted_proxies: [proxy.example.com]}\n", good, "must be an IP address"},
		"a range":         {"serve: {trusted_proxies: [10.0.0.0/99]}\n", good, "must be an IP address"},
		"a host's port":   {"serve: {hosts: ['a.example.com:80']}\n", good, "name of a host alone"},
		"a header":        {"serve: {user_header: 'X User'}\n", good, "name of a header"},
		"a short secret":  {"serve: {hook_secret: \"${S}\"}\n", good, "16 characters"},
		"a plain secret":  {"serve: {hook_secret: abcdefghijklmnopqrstuvwxyz}\n", good, ""},
		"no folder":       {"serve: {backup: {keep: 3}}\n", good, "to is missing"},
		"no copies":       {"serve: {backup: {to: /b, keep: 0}}\n", good, "from 1 to 1000"},
	} {
		_, said := decodeServe(t, test.serve, test.schedule)
		if said == "" || !strings.Contains(said, test.want) {
			t.Errorf("%s: %q", name, said)
		}
		if strings.Contains(said, "abcdefghijklm") {
			t.Errorf("%s: the secret is shown", name)
		}
	}
}
