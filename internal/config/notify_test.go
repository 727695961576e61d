package config_test

import (
	"strings"
	"testing"
)

func TestMistakesInNotifyAreNamed(t *testing.T) {
	t.Parallel()
	const head = "version: 1\nintercom: {token: \"${T}\"}\nsources: [{name: a, url: \"https://a.example.com/\"}]\nnotify:\n  "
	for text, want := range map[string]string{
		`webhooks: [{url: "https://hooks.example.com/k3y"}]`:                        "is written out here",
		`webhooks: [{url: "${NOWHERE}"}]`:                                           "must be an address that begins with https://",
		`webhooks: [{format: slack}]`:                                               "url is missing",
		`webhooks: [{url: "${HOOK}", format: teams}]`:                               "json or slack",
		`webhooks: [{url: "${HOOK}", format: slack, template: '{}'}]`:               "keep one of them",
		`webhooks: [{url: "${HOOK}", template: '{"a": {{.Text}}}'}]`:                "does not make JSON",
		`webhooks: [{url: "${HOOK}", template: '{"a": "{{.Txet}}"}'}]`:              "Txet",
		`webhooks: [{url: "${HOOK}", template: '{"a": "{{.Text"}'}]`:                "template can't be used",
		`ticket: {contact: {email: a@example.com}}`:                                 "type is missing",
		`ticket: {type: Fincrawl}`:                                                  "contact is missing",
		`ticket: {type: Fincrawl, contact: {email: a@example.com, id: "7"}}`:        "one contact",
		`ticket: {type: Fincrawl, contact: {}}`:                                     "contact",
		`ticket: {type: Fincrawl, contact: {email: nobody}}`:                        "must be an email address",
		`ticket: {type: Fincrawl, contact: {id: "7"}, assignee: {team: support}}`:   "the number that Intercom gave it",
		`ticket: {type: Fincrawl, contact: {id: "7"}, skip_notifications: perhaps}`: "skip_notifications",
		`after_failures: 0`: "a whole number from 1",
	} {
		_, err := load(t, head+text+"\n", map[string]string{"T": "t", "HOOK": "https://hooks.example.com/k3y", "NOWHERE": "hooks.example.com"})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "k3y") {
			t.Errorf("%s: got %v", text, err)
		}
	}
}
