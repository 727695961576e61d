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

// HoldsTold reports whether the exit code has to report held changes. With strict, those that
// were reported by earlier runs count too.
func (s Source) HoldsTold(strict bool) bool {
	if strict || s.Attention == nil {
		return s.Plan != nil && s.Plan.HeldBack() > 0
	}
	return s.Attention.Held > 0 || s.Attention.Secret
}

// FailuresTold reports whether the exit code has to report failures.
func (s Source) FailuresTold(strict bool) bool {
	if strict || s.Attention == nil {
		return s.PartlyFailed()
	}
	return s.Attention.Failed > 0 || len(s.Attention.Always) > 0
}

// PartlyFailed reports whether a part of the source was not seen, or not sent.
func (s Source) PartlyFailed() bool {
	unseen := s.Plan != nil && (!s.Plan.Coverage.SawAll() || s.Plan.Resting() > 0)
	return unseen || s.Result != nil && len(s.Result.Failed) > 0
}

// attention prints which concerns of a run are new, and which are as before.
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
	text := fmt.Sprintf("Waiting for a person: %d new", a.New)
	if a.Due > 0 {
		text += fmt.Sprintf(", %d reported again", a.Due)
	}
	if a.Standing > 0 {
		text += fmt.Sprintf(", %d as before", a.Standing)
	}
	p.paragraph(2, 4, span{dim, text})
	p.blank()
}

// DecideCommand returns the command line by which a person decides about a held page.
func DecideCommand(verb, source, url string) string {
	return "fincrawl " + verb + " " + Quoted(source) + " " + Quoted(url)
}

// ForgetCommand returns the command line that removes what is remembered of a source.
func ForgetCommand(source string) string { return "fincrawl forget " + Quoted(source) }

// Command returns a command line to copy. It adds --config where config is not "".
func Command(line, config string) string {
	if config == "" {
		return line
	}
	return line + " --config " + Quoted(config)
}

// Sentence returns text with its commands, which are between backticks, in the form to copy.
func Sentence(text, config string) string {
	parts := strings.Split(text, "`")
	for i := 1; i < len(parts); i += 2 {
		if strings.HasPrefix(parts[i], "fincrawl ") {
			parts[i] = Command(parts[i], config)
		}
	}
	return strings.Join(parts, "`")
}

// withdrawn says how, by whom and why a page or a whole source was withdrawn.
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

// restoreCommand returns the command line that ends a withdrawal.
func restoreCommand(source string, w state.Withdrawal) string {
	if w.Page == "" {
		return "fincrawl restore --source " + Quoted(source)
	}
	return "fincrawl restore " + Quoted(cmp.Or(w.URL, w.Page))
}

// Quoted returns word quoted for a shell.
func Quoted(word string) string {
	harmless := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
			strings.ContainsRune("-_./:@%+=,", r)
	}
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool { return !harmless(r) }) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// releases returns the commands that release what a plan holds. There is one for each guard
// that holds several pages which can be released together, and one for each other page. A page
// with parts counts once.
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

// address returns the URL of the page that a change belongs to, without the anchor of a part.
func address(c ingest.Change) string {
	v := cmp.Or(c.After, c.Before)
	_, page, _ := crawler.CutPart(c.ExternalID, v.URL)
	return page
}
