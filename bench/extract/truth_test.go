package main

import (
	"math"
	"testing"
)

func TestJudge(t *testing.T) {
	known := truth{Content: "Every plan has seats.\n\nSeats cost 5 €.", With: []string{"every  PLAN", "cost 5"}, Without: []string{"cookies", "menu"}}
	tests := []struct {
		name, html string
		want       score
	}{
		{"all of it", "<p>Every plan has <b>seat</b>s.</p><p>Seats cost 5 €.</p>", score{1, 1, 1, 1, 0}},
		{"nothing", "", score{0, 0, 0, 0, 0}},
		{"half of it, and as much else", "<p>Every plan has</p><p>Menu cookies nav</p>", score{0.5, 3.0 / 7, 6.0 / 13, 0.5, 1}},
		{"a word more often than it is there", "<p>seats seats seats</p>", score{2.0 / 3, 2.0 / 7, 0.4, 0, 0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := known.judge(plain(test.html))
			for i, pair := range [][2]float64{{got.precision, test.want.precision}, {got.recall, test.want.recall}, {got.f1, test.want.f1}, {got.with, test.want.with}, {got.without, test.want.without}} {
				if math.Abs(pair[0]-pair[1]) > 1e-9 {
					t.Errorf("figure %d of %+v is not as in %+v", i, got, test.want)
				}
			}
		})
	}
	if s := (&truth{}).judge(""); s.f1 != 1 {
		t.Errorf("nothing, where nothing is known, got %v", s.f1)
	}
}

func TestPagesOfASiteAreInOneHalf(t *testing.T) {
	a, b := &truth{URL: "https://docs.example.co.uk/a"}, &truth{URL: "https://www.example.co.uk/b"}
	if a.half() != b.half() {
		t.Error("they are parted")
	}
	seen := map[int]bool{}
	for _, host := range []string{"a.com", "b.org", "c.net", "d.io", "e.dev", "f.de", "g.fr", "h.es"} {
		seen[(&truth{URL: "https://" + host}).half()] = true
	}
	if len(seen) != 2 {
		t.Error("all are in one half")
	}
}
