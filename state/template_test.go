package state_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/state"
)

func learnt() state.Template {
	return state.Template{Version: 1, Blocks: []state.TemplateBlock{
		{Hash: 0xfedcba9876543210, Place: 2, Words: "Was this helpful?", Pages: 41, Of: 43},
		{Hash: 7, Place: 1, Pages: 43, Of: 43},
	}}
}

func TestATemplateIsKeptUntilItsSourceIsForgotten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	s := open(t, path)
	check(t, s.SetTemplate("wiki", learnt()), s.SetTemplate("help", state.Template{Version: 1}), s.Close())
	s = open(t, path)
	got, ok, err := s.Template("wiki")
	check(t, err)
	if diff := cmp.Diff(learnt(), got); !ok || diff != "" {
		t.Errorf("kept: %t, -want +got\n%s", ok, diff)
	}
	check(t, s.ForgetAll("wiki"))
	if _, ok, err = s.Template("wiki"); ok || err != nil {
		t.Errorf("it is there when its source was forgotten: %t, %v", ok, err)
	}
	if _, ok, err = s.Template("help"); !ok || err != nil {
		t.Errorf("that of another source is there: %t, %v", ok, err)
	}
}

func TestATemplateIsExportedAndImported(t *testing.T) {
	folder := t.TempDir()
	s := open(t, filepath.Join(folder, "a.db"))
	check(t, s.SetImportSource("wiki", state.ImportSource{ID: 7}), s.SetTemplate("wiki", learnt()))
	text := export(t, s)
	if !strings.Contains(text, `{"hash":"fedcba9876543210","place":2,"words":"Was this helpful?","pages":41,"of":43}`) {
		t.Errorf("exported\n%s", text)
	}
	to := filepath.Join(folder, "b.db")
	check(t, state.Import(strings.NewReader(text), to, false))
	got, _, err := open(t, to).Template("wiki")
	check(t, err)
	if diff := cmp.Diff(learnt(), got); diff != "" {
		t.Errorf("imported, -want +got\n%s", diff)
	}
	broken := strings.Replace(text, "fedcba9876543210", "no hash", 1)
	if err := state.Import(strings.NewReader(broken), filepath.Join(folder, "c.db"), false); err == nil || !strings.Contains(err.Error(), "read a hash") {
		t.Errorf("a hash that is none: %v", err)
	}
}

func TestOutlinesGoWithTheirCrawl(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	s := open(t, path)
	c, err := s.BeginCrawl("wiki")
	check(t, err)
	want := []state.Outlined{{URL: "a", Outline: []byte("\x00x"), AIAgent: true}, {URL: "b", AICopilot: true, Left: "t"}}
	check(t, c.SetOutline(want[1]), c.SetOutline(want[0]))
	var got []state.Outlined
	for o, err := range c.Outlines() {
		check(t, err)
		got = append(got, o)
	}
	if !slices.EqualFunc(got, want, func(a, b state.Outlined) bool {
		return a.URL == b.URL && string(a.Outline) == string(b.Outline) && a.AIAgent == b.AIAgent && a.AICopilot == b.AICopilot && a.Left == b.Left
	}) {
		t.Errorf("outlines %v, want %v", got, want)
	}
	if o, ok, err := c.Outline("a"); err != nil || !ok || !o.AIAgent {
		t.Errorf("one of them: %v, %t, %v", o, ok, err)
	}
	if _, ok, err := c.Outline("c"); ok || err != nil {
		t.Errorf("one that is not there: %t, %v", ok, err)
	}
	c, err = s.BeginCrawl("wiki")
	check(t, err)
	for o := range c.Outlines() {
		t.Errorf("of the crawl before: %v", o)
	}
}

func TestAHashIsReadAsItWasWritten(t *testing.T) {
	for _, want := range []state.Hash{0, 1, 1 << 63, ^state.Hash(0)} {
		text, err := json.Marshal(want)
		check(t, err)
		var got state.Hash
		check(t, json.Unmarshal(text, &got))
		if got != want {
			t.Errorf("%d came back as %d", want, got)
		}
	}
}
