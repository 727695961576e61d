package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// Each command that an error names is one to copy: where the configuration stands elsewhere, it says so.
func TestErrorsNameCommandsThatWorkAsTheyStand(t *testing.T) {
	w := newWorld(t, "", "/a1")
	w.fincrawl(exitDone, "sync")
	for _, args := range [][]string{
		{"approve"},
		{"approve", "--guard", "coverage"},
		{"approve", "--guard", "moon"},
		{"approve", "https://wiki.example.com/none"},
		{"reject", "https://wiki.example.com/none"},
		{"restore", w.site.URL("/a1")},
		{"restore", "--source", "wiki"},
		{"retry", "--page", "https://wiki.example.com/none"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			code, _, logs := w.execute(t.Context(), args...)
			named := regexp.MustCompile("`fincrawl [^`]+`").FindAllString(logs, -1)
			if code != exitUsage || len(named) == 0 {
				t.Fatalf("exit code %d, without a command: %s", code, logs)
			}
			for _, command := range named {
				if want := fmt.Sprintf(" --config %s`", w.path("sources.yaml")); !strings.HasSuffix(command, want) {
					t.Errorf("%s does not end in %s", command, want)
				}
			}
		})
	}
}
