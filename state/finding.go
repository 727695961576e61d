package state

import (
	"encoding/json"
	"fmt"
)

// Finding is what the screening of a page found on it. It may be shown: secrets
// in it are masked.
type Finding struct {
	Rule    string `json:"rule"`
	Kind    string `json:"kind"`   // credential, personal, marker, injection, custom or shrunk
	Action  string `json:"action"` // hold, redact, copilot_only or warn
	Where   string `json:"where,omitempty"`
	Excerpt string `json:"excerpt,omitempty"`
	Count   int    `json:"count,omitempty"` // how often it was found there
}

// Findings are those of one page, as they are kept; "" for none, as most pages
// have it.
type Findings string

// KeepFindings makes of findings what is kept of them.
func KeepFindings(list []Finding) Findings {
	if len(list) == 0 {
		return ""
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(fmt.Sprintf("encode findings: %v", err)) // strings and numbers
	}
	return Findings(text)
}

// List returns the findings.
func (f Findings) List() (list []Finding, err error) {
	if f == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(f), &list); err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	return list, nil
}
