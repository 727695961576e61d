package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/state"
)

// HoldsTold reports whether a run is to tell, by its exit code, of what is held. With
// strict, what stands since earlier runs counts too.
func (s Source) HoldsTold(strict bool) bool {
	if strict || s.Attention == nil {
		return s.Plan != nil && s.Plan.HeldBack() > 0
	}
	return s.Attention.Held > 0 || s.Attention.Secret
}

// FailuresTold reports whether a run is to tell, by its exit code, of what failed.
func (s Source) FailuresTold(strict bool) bool {
	if strict || s.Attention == nil {
		return s.PartlyFailed()
	}
	return s.Attention.Failed > 0 || len(s.Attention.Always) > 0
}

// PartlyFailed reports whether not all of the source was seen, or not all of it sent.
func (s Source) PartlyFailed() bool {
	return s.Plan != nil && (!s.Plan.Coverage.SawAll() || s.Plan.Resting() > 0) || s.Result != nil && len(s.Result.Failed) > 0
}

// attention says what of a run is new, and what stands as it was told of before.
func attention(p *printer, s Source) {
	a := s.Attention
	if a == nil {
		return
	}
	for _, why := range a.Always {
		p.paragraph(2, 4, span{red, "!"}, span{plain, why})
	}
	if a.New+a.Due+a.Standing == 0 {
		return
	}
	text := fmt.Sprintf("Of what waits for a person, %d new", a.New)
	if a.Due > 0 {
		text += fmt.Sprintf(", %d told of again", a.Due)
	}
	if a.Standing > 0 {
		text += fmt.Sprintf(", %d as before", a.Standing)
	}
	p.paragraph(2, 4, span{dim, text})
	p.blank()
}

// DecideCommand is the command line by which a person decides about a page that is held.
func DecideCommand(verb, source, url string) string {
	return "fincrawl " + verb + " " + Quoted(source) + " " + Quoted(url)
}

// ForgetCommand is the command line that gives up what is known of a source.
func ForgetCommand(source string) string { return "fincrawl forget " + Quoted(source) }

// Command is a command line as it is to be copied: with the file that it has to name by
// --config; "" for none.
func Command(line, config string) string {
	if config == "" {
		return line
	}
	return line + " --config " + Quoted(config)
}

// Sentence is a text whose commands, which stand between backticks, are as they are to be
// copied.
func Sentence(text, config string) string {
	parts := strings.Split(text, "`")
	for i := 1; i < len(parts); i += 2 {
		if strings.HasPrefix(parts[i], "fincrawl ") {
			parts[i] = Command(parts[i], config)
		}
	}
	return strings.Join(parts, "`")
}

// withdrawn says how, by whom and why a page, or a whole source, was taken out.
func withdrawn(w state.Withdrawal) string {
	how := "switched off"
	if w.Delete {
		how = "deleted from Intercom"
	}
	if w.Page == "" {
		how += " with its whole source"
	}
	return join(" · ", how, "by "+w.By, moment(w.At), w.Reason)
}

// restoreCommand is the command line that ends a withdrawal.
func restoreCommand(source string, w state.Withdrawal) string {
	if w.Page == "" {
		return "fincrawl restore --source " + Quoted(source)
	}
	return "fincrawl restore " + Quoted(cmp.Or(w.URL, w.Page))
}

// Quoted is a word as a shell takes it.
func Quoted(word string) string {
	harmless := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@%+=,", r)
	}
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool { return !harmless(r) }) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// releases are the commands that let go of what a plan holds: one for each guard that
// holds several pages which may be let go of together, else one for each page. A page
// with all its parts is one.
func releases(s Source) []string {
	const most = 10
	together := map[ingest.Guard][]string{}
	var singly []string
	for _, c := range s.Plan.Changes {
		if !c.Asks() || c.Guard.Rests() || c.Guard == ingest.GuardApproval {
			continue
		}
		guards := make([]string, 0, 1+len(c.Also))
		for _, g := range c.Guards() {
			guards = append(guards, string(g))
		}
		switch ingest.Releasing(guards) {
		case ingest.ByGuard:
			together[c.Guard] = append(together[c.Guard], address(c))
		case ingest.ByURL:
			singly = append(singly, address(c))
		}
	}
	var lines []string
	for _, g := range ingest.Guards() {
		pages := slices.Compact(together[g.Name])
		if len(pages) > 1 {
			lines = append(lines, fmt.Sprintf("fincrawl approve %s --guard %s", Quoted(s.Name), g.Name))
		} else {
			singly = append(singly, pages...)
		}
	}
	singly = slices.Compact(singly)
	for _, page := range singly[:min(most, len(singly))] {
		lines = append(lines, DecideCommand(string(state.Approve), s.Name, page))
	}
	if len(singly) > most {
		lines = append(lines, "fincrawl status "+Quoted(s.Name))
	}
	return lines
}

// address is that of the page which a change is of, without the anchor of a part.
func address(c ingest.Change) string {
	v := cmp.Or(c.After, c.Before)
	_, page, _ := crawler.CutPart(c.ExternalID, v.URL)
	return page
}
