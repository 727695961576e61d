package sandbox

import (
	"slices"
	"testing"
)

// Whatever is added and removed, a roster gives what a plain list would.
func FuzzRosterIsAList(f *testing.F) {
	f.Add([]byte{0, 0, 0, 200, 0, 129, 0})
	f.Add([]byte{0, 128, 0, 128})
	f.Fuzz(func(t *testing.T, steps []byte) {
		var r roster[int]
		var list []*int
		places := map[*int]int{}
		for i, step := range steps {
			if step < 128 || len(list) == 0 { // add
				item := &i
				places[item] = r.add(item)
				list = append(list, item)
				continue
			}
			n := int(step) % len(list)
			r.remove(places[list[n]])
			list = slices.Delete(list, n, n+1)
		}
		if r.alive != len(list) || !slices.Equal(r.all(), list) {
			t.Fatalf("%d items, want %d", r.alive, len(list))
		}
		newest := slices.Clone(list)
		slices.Reverse(newest)
		for n := 0; n <= len(list); n += 3 {
			if got, want := r.slice(n, 5, false), list[n:min(n+5, len(list))]; !slices.Equal(got, want) {
				t.Errorf("oldest first from %d: %v, want %v", n, got, want)
			}
			if got, want := r.slice(n, 5, true), newest[n:min(n+5, len(list))]; !slices.Equal(got, want) {
				t.Errorf("newest first from %d: %v, want %v", n, got, want)
			}
		}
	})
}
