package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// finding is a line of what a peer prints: what a library takes for the main
// content of a page, or what it cost.
type finding struct {
	Library string  `json:"library"`
	ID      string  `json:"id"`
	HTML    string  `json:"html"`
	Times   float64 `json:"times_parsing"` // CPU of all pages, as a multiple of html.Parse's
	CPU     float64 `json:"cpu_ms"`        // or in milliseconds, where there is no html.Parse
}

// peers runs the libraries of the field over the same pages and hands over what
// they find. notes say which could not be run.
func peers(ctx context.Context, dir string, found func(finding)) (notes []string, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	inGo := exec.CommandContext(ctx, "go", "run", ".", "-find", dir)
	inGo.Dir = filepath.Join("bench", "peers", "extract")
	if err := readFindings(inGo, found); err != nil {
		return nil, fmt.Errorf("run the libraries for Go (start from the project's root, or give -ours): %w", err)
	}
	if exec.CommandContext(ctx, "python3", "-c", "import trafilatura").Run() != nil {
		return []string{"Python's trafilatura is not installed here, and left out."}, nil
	}
	inPython := exec.CommandContext(ctx, "python3", filepath.Join("bench", "peers", "trafilatura.py"), dir)
	if err := readFindings(inPython, found); err != nil {
		return nil, fmt.Errorf("run trafilatura: %w", err)
	}
	return nil, nil
}

func readFindings(program *exec.Cmd, found func(finding)) error {
	program.Stderr = os.Stderr
	output, err := program.StdoutPipe()
	if err != nil {
		return err
	}
	if err := program.Start(); err != nil {
		return err
	}
	lines := json.NewDecoder(bufio.NewReader(output))
	for {
		var f finding
		err := lines.Decode(&f)
		if err == io.EOF {
			return program.Wait()
		}
		if err != nil {
			_ = program.Process.Kill()
			_ = program.Wait()
			return fmt.Errorf("read what %s prints: %w", program.Path, err)
		}
		found(f)
	}
}
