package main

import (
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/notify"
)

// TestTheRunbookIsComplete compares its headings with what there is: each has what it means, what to
// look at and a command, and there is no heading for what is no more.
func TestTheRunbookIsComplete(t *testing.T) {
	t.Parallel()
	text := func(path string) string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	var want []string
	add := func(kind, name string) { want = append(want, kind+" "+name) }
	for _, code := range regexp.MustCompile(`(?m)^  (\d+) `).FindAllStringSubmatch(text("help/exit-codes.txt"), -1) {
		add("Exit code", code[1])
	}
	for _, code := range []int{exitDone, exitFailed, exitUsage, exitSomeFailed, exitHeld, exitChanges, exitLocked, exitInterrupted} {
		if name := "Exit code " + strconv.Itoa(code); !slices.Contains(want, name) {
			t.Errorf("help/exit-codes.txt does not have %s", name)
		}
	}
	for _, alert := range regexp.MustCompile(`alert: (\w+)`).FindAllStringSubmatch(text("../../deploy/prometheus/alerts.yaml"), -1) {
		add("Alert", alert[1])
	}
	for _, event := range notify.Events() {
		add("Message", string(event))
	}
	for _, g := range ingest.Guards() {
		add("Guard", string(g.Name))
	}
	for o := range crawler.Meanings() {
		add("Outcome", string(o))
	}
	if len(want) < 80 {
		t.Fatalf("only %d things are looked for", len(want))
	}

	runbook := text("../../docs/runbook.md")
	var have []string
	for _, section := range strings.Split(runbook, "\n### ")[1:] {
		name, body, _ := strings.Cut(section, "\n")
		body, _, _ = strings.Cut(body, "\n## ")
		have = append(have, name)
		paragraphs := strings.Split(strings.TrimSpace(body), "\n\n")
		if len(paragraphs) != 3 || !strings.HasPrefix(paragraphs[1], "Look: ") || !strings.HasPrefix(paragraphs[2], "Command: ") || !strings.Contains(paragraphs[2], "fincrawl ") {
			t.Errorf("%s does not say in three paragraphs what it means, what to look at, and a command", name)
		}
	}
	slices.Sort(want)
	slices.Sort(have)
	for _, name := range want {
		if !slices.Contains(have, name) {
			t.Errorf("there is no heading ### %s", name)
		}
	}
	for _, name := range have {
		if !slices.Contains(want, name) {
			t.Errorf("there is no %s any more", name)
		}
	}
	if len(slices.Compact(have)) != len(have) {
		t.Error("a heading stands there twice")
	}
	// Commands that are to be copied have to be there.
	commands := newApp(io.Discard, io.Discard).root()
	for _, command := range regexp.MustCompile("`fincrawl ([a-z]+)").FindAllStringSubmatch(runbook, -1) {
		if found, _, err := commands.Find([]string{command[1]}); err != nil || found == commands {
			t.Errorf("there is no command fincrawl %s", command[1])
		}
	}
}
