package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// listed is the number of pages of 6 kB in a list.
const listed = 5000

// listing measures lists that a command writes: pages that are read, pages that are the same, and the memory that
// a long list takes.
func (b *bench) listing(ctx context.Context) error {
	_, api, closeAPI, err := library()
	if err != nil {
		return err
	}
	defer closeAPI()
	dir, err := b.folder()
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "list.jsonl")
	p, err := b.project(api, source{name: "list", url: "https://list.example.com/", list: path})
	if err != nil {
		return err
	}
	fresh, err := b.project(api, source{name: "long", url: "https://long.example.com/", list: path})
	if err != nil {
		return err
	}
	text := strings.Repeat("<p>This is how the <b>virtual network</b> is used, and what to do where it fails for a while.</p>", 60)
	page := func(i int) string {
		return fmt.Sprintf(`{"type":"page","id":"%d","url":"https://list.example.com/%d","title":"Page %d","version":"1","html":"<p>This is number %d.</p>%s"}`, i, i, i, i, text)
	}
	same := func(i int) string { return fmt.Sprintf(`{"type":"same","id":"%d","version":"1"}`, i) }
	short := func(i int) string {
		return fmt.Sprintf(`{"type":"page","id":"%d","url":"https://list.example.com/%d","title":"Page %d","html":"<p>This is number %d.</p>"}`, i, i, i, i)
	}
	var spent [4]cost
	for i, step := range []struct {
		line  func(int) string
		lines int
		args  []string
	}{
		{page, listed, []string{"preview", "--format", "none"}},
		{page, listed, []string{"sync", "--format", "none"}},
		{same, listed, []string{"preview", "--format", "none"}},
		{short, b.pages, []string{"preview", "--format", "none"}},
	} {
		if err := writeList(path, step.lines, step.line); err != nil {
			return err
		}
		if i == len(spent)-1 {
			p = fresh
		}
		if spent[i], err = p.run(ctx, step.args...); err != nil {
			return err
		}
		b.say("%s of a list of %d: %.1f s, %.2f ms CPU a line, %.0f MB, %.0f of its own", step.args[0], step.lines, spent[i].Wall.Seconds(),
			milliseconds(spent[i].CPU, step.lines), mb(spent[i].Memory), mb(spent[i].Own))
	}
	rate := func(c cost, lines int) float64 { return float64(lines) / c.Wall.Seconds() }
	b.results.add("listing",
		least(aim{What: "pages of 6 kB", On: "a list of 5,000", Aim: "≥ 500 a second", Value: rate(spent[0], listed), Unit: "a second"}, 500),
		least(aim{What: "pages that are the same", On: "a list of 5,000", Aim: "≥ 3,000 a second", Value: rate(spent[2], listed), Unit: "a second"}, 3000),
		most(aim{What: "memory", On: fmt.Sprintf("a list of %d pages", b.pages), Aim: "≤ 150 MB", Value: mb(spent[3].Memory), Unit: "MB"}, 150))
	return nil
}

// writeList writes a list of pages.
func writeList(path string, lines int, line func(int) string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(f)
	fmt.Fprintln(out, `{"type":"begin","protocol":1,"mode":"full"}`)
	for i := range lines {
		fmt.Fprintln(out, line(i))
	}
	fmt.Fprintf(out, "{\"type\":\"end\",\"complete\":true,\"count\":%d}\n", lines)
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Close()
}
