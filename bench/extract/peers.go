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

// finding is a line of a peer's output: the main content of a page, or the cost of all pages.
type finding struct {
	Library string  `json:"library"`
	ID      string  `json:"id"`
	HTML    string  `json:"html"`
	Times   float64 `json:"times_parsing"` // CPU time of all pages, as a multiple of html.Parse
	CPU     float64 `json:"cpu_ms"`        // the same in milliseconds, for programs without html.Parse
}

// peers runs the other libraries on the same pages and calls found for each line of their output. notes say which
// libraries could not be run.
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
