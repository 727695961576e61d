package template

import "slices"

// marks tells, for each block of an article, at which end of it the template has it;
// 0 for what is no template. What is left without those marked has no more to mark, so
// that a template need not be taken off twice.
func (t *Template) marks(o Outline) []Place {
	marked := make([]Place, len(o))
	if t == nil || len(t.at) == 0 {
		return marked
	}
	rest := make([]int, len(o)) // what is not marked, by its index
	for i := range rest {
		rest[i] = i
	}
	for more := true; more; {
		left := make(Outline, len(rest))
		for i, at := range rest {
			left[i] = o[at]
		}
		found := t.marksOnce(left)
		more = false
		kept := rest[:0]
		for i, at := range rest {
			if marked[at] = found[i]; found[i] == 0 {
				kept = append(kept, at)
			} else {
				more = true
			}
		}
		rest = kept
	}
	return marked
}

func (t *Template) marksOnce(o Outline) []Place {
	marked := make([]Place, len(o))
	t.markStart(o, marked)
	t.markEnd(o, marked)
	for i := len(o) - 2; i >= 0; i-- {
		if o[i].is(label) && marked[i+1] == 0 {
			marked[i] = 0 // it announces what stays
		}
	}
	return marked
}

// markStart goes on from the beginning as long as it comes upon the template.
func (t *Template) markStart(o Outline, marked []Place) {
	for i := 0; i < len(o) && t.resumes(o[i:], AtStart); i++ {
		if t.has(o[i], AtStart) {
			marked[i] |= AtStart
		}
	}
}

// markEnd goes back from the end, and takes the links that a line of the template
// announces.
func (t *Template) markEnd(o Outline, marked []Place) {
	back := slices.Clone(o)
	slices.Reverse(back)
	for i := 0; i < len(back); i++ {
		if n := t.announced(back[i:]); n > 0 {
			for last := i + n; i < last; i++ {
				marked[len(o)-1-i] |= AtEnd
			}
		}
		if !t.resumes(back[i:], AtEnd) {
			return
		}
		if t.has(back[i], AtEnd) {
			marked[len(o)-1-i] |= AtEnd
		}
	}
}

// announced returns how many blocks of links, read backwards, a line of the template
// stands above.
func (t *Template) announced(back Outline) int {
	n := 0
	for n < len(back) && back[n].is(links) {
		n++
	}
	if n < len(back) && back[n].is(label|short) && t.has(back[n], AtEnd) {
		return n
	}
	return 0
}

// maxBetween is how many blocks of a page's own may stand between those of a template.
const maxBetween = 2

// resumes reports whether the template goes on: at once, or after short lines or links.
func (t *Template) resumes(ahead Outline, at Place) bool {
	for i, b := range ahead {
		switch {
		case t.has(b, at):
			return true
		case i == maxBetween || !b.is(short) && !b.is(links):
			return false
		}
	}
	return false
}

// has reports whether a block is one of the template at a place: a list of links is,
// where more than half of its items are.
func (t *Template) has(b Block, at Place) bool {
	if t.at[b.Hash]&at != 0 {
		return true
	}
	known := 0
	for _, item := range b.Items {
		if t.at[item]&at != 0 {
			known++
		}
	}
	return len(b.Items) > 1 && 2*known > len(b.Items)
}
