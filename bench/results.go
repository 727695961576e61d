package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// results is what a run measured.
type results struct {
	Go     string  `json:"go"`
	Cores  int     `json:"cores"`
	Aims   []aim   `json:"aims"`
	Crawls []crawl `json:"crawls,omitempty"`
	Pages  []work  `json:"pages,omitempty"`
}

// aim is a row of the table of aims.
type aim struct {
	Experiment string  `json:"experiment"`
	What       string  `json:"what"`
	On         string  `json:"on,omitempty"` // which site
	Aim        string  `json:"aim"`
	Value      float64 `json:"value"`
	Unit       string  `json:"unit,omitempty"`
	Met        string  `json:"met"` // "yes", "no" with the distance, or "n/a" with the reason
	Note       string  `json:"note,omitempty"`
}

// crawl is the median cost of crawling a site with a program.
type crawl struct {
	Site     string  `json:"site"`
	Program  string  `json:"program"`
	Pages    int     `json:"pages"` // HTML documents that the site answered with, including 304
	PerSec   float64 `json:"pages_per_second"`
	CPU      float64 `json:"cpu_ms_per_page"`
	Memory   float64 `json:"memory_mb"`
	Relative float64 `json:"speed_relative_to_first_run"` // median of the ratios of each round
	Rounds   int     `json:"rounds"`
}

// work is the cost of processing one page in memory.
type work struct {
	Site     string  `json:"site"`
	What     string  `json:"what"`
	CPU      float64 `json:"cpu_ms_per_page"`
	Relative float64 `json:"relative_to_parsing"`
}

// least sets whether the value is at least bound.
func least(a aim, bound float64) aim {
	a.Met = "yes"
	if a.Value < bound {
		a.Met = fmt.Sprintf("no, %.0f %% below", 100*(1-a.Value/bound))
	}
	return a
}

// most sets whether the value is at most bound.
func most(a aim, bound float64) aim {
	a.Met = "yes"
	if a.Value > bound {
		a.Met = fmt.Sprintf("no, %.0f %% above", 100*(a.Value/bound-1))
		if bound == 0 {
			a.Met = "no"
		}
	}
	return a
}

func notYet(a aim, why string) aim {
	a.Met = "n/a: " + why
	return a
}

func (r *results) add(experiment string, aims ...aim) {
	for _, a := range aims {
		a.Experiment = experiment
		r.Aims = append(r.Aims, a)
	}
}

// mergeInto writes the results to a folder. It keeps earlier results of experiments that were not run this time.
func (r *results) mergeInto(dir string) error {
	r.Go, r.Cores = runtime.Version(), runtime.NumCPU()
	var old results
	file := filepath.Join(dir, "results.json")
	if text, err := os.ReadFile(file); err == nil {
		if err := json.Unmarshal(text, &old); err != nil {
			return fmt.Errorf("read %s: %w", file, err)
		}
	}
	var merged []aim
	for _, e := range experiments() {
		of := func(a aim) bool { return a.Experiment != e.name }
		mine := slices.DeleteFunc(slices.Clone(r.Aims), of)
		if len(mine) == 0 {
			mine = slices.DeleteFunc(slices.Clone(old.Aims), of)
		}
		merged = append(merged, mine...)
	}
	r.Aims = merged
	if len(r.Crawls) == 0 {
		r.Crawls = old.Crawls
	}
	if len(r.Pages) == 0 {
		r.Pages = old.Pages
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	var table strings.Builder
	if err := r.markdown(&table); err != nil {
		return err
	}
	return errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(file, append(text, '\n'), 0o644),
		os.WriteFile(filepath.Join(dir, "results.md"), []byte(table.String()), 0o644))
}

func (r *results) markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d cores\n", runtime.Version(), runtime.NumCPU())
	if len(r.Aims) > 0 {
		b.WriteString("\n| what | on | aim | measured | met | |\n|---|---|---|---|---|---|\n")
		for _, a := range r.Aims {
			measured := number(a.Value) + " " + a.Unit
			if strings.HasPrefix(a.Met, "n/a") {
				measured = "–"
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", a.What, a.On, a.Aim, strings.TrimSpace(measured), a.Met, a.Note)
		}
	}
	if len(r.Crawls) > 0 {
		b.WriteString("\n| site | program | pages | pages/s | relative to our first run | CPU ms a page | memory MB |\n|---|---|---|---|---|---|---|\n")
		for _, c := range r.Crawls {
			fmt.Fprintf(&b, "| %s | %s | %d | %.0f | %.2f | %.2f | %.0f |\n", c.Site, c.Program, c.Pages, c.PerSec, c.Relative, c.CPU, c.Memory)
		}
	}
	if len(r.Pages) > 0 {
		b.WriteString("\n| pages of | what is done to each | CPU ms a page | relative to html.Parse |\n|---|---|---|---|\n")
		for _, p := range r.Pages {
			fmt.Fprintf(&b, "| %s | %s | %.3f | %.2f |\n", p.Site, p.What, p.CPU, p.Relative)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func number(v float64) string {
	switch {
	case v == float64(int64(v)):
		return fmt.Sprintf("%d", int64(v))
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func perSecond(n int, d time.Duration) float64 { return float64(n) / d.Seconds() }

func milliseconds(d time.Duration, n int) float64 { return d.Seconds() * 1000 / float64(max(n, 1)) }
