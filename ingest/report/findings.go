package report

import (
	"fmt"

	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/plural"
	"github.com/fincrawl/fincrawl/state"
)

// findings lists what the screening found on a page. The excerpts are masked already.
func findings(p *printer, found []state.Finding) {
	for _, f := range found {
		times := ""
		if f.Count > 1 {
			times = fmt.Sprintf("%d times", f.Count)
		}
		p.paragraph(4, 6, span{colorOfFinding(f), f.Kind}, span{plain, join(", ", f.Rule, f.Where, times)},
			span{dim, f.Excerpt}, span{dim, done(f.Action)})
	}
}

// done says what was done about a finding on a page that is sent nevertheless.
func done(action string) string {
	switch action {
	case "redact":
		return "(redacted)"
	case "copilot_only":
		return "(for Copilot only)"
	case "warn":
		return "(sent as it is)"
	}
	return ""
}

func colorOfFinding(f state.Finding) style {
	if f.Action == "hold" {
		return red
	}
	return yellow
}

// moves says how many pages are switched on or off for each of the products that answer.
func moves(p *printer, plan *ingest.Plan) {
	var leaveAgent, joinAgent, leaveCopilot, joinCopilot int
	for _, c := range plan.Changes {
		if c.Action != ingest.Update || c.Before == nil || c.After == nil {
			continue
		}
		move(c.Before.AIAgent, c.After.AIAgent, &leaveAgent, &joinAgent)
		move(c.Before.AICopilot, c.After.AICopilot, &leaveCopilot, &joinCopilot)
	}
	text := join(", ",
		moved(leaveAgent, "leave", "Fin AI Agent"), moved(joinAgent, "join", "Fin AI Agent"),
		moved(leaveCopilot, "leave", "Copilot"), moved(joinCopilot, "join", "Copilot"))
	if text != "" {
		p.field("Answers", span{yellow, text})
	}
}

func move(before, after bool, leave, join *int) {
	switch {
	case before && !after:
		*leave++
	case after && !before:
		*join++
	}
}

func moved(n int, verb, product string) string {
	switch n {
	case 0:
		return ""
	case 1:
		verb += "s"
	}
	return plural.Count(n, "page") + " " + verb + " " + product
}
