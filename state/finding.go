package state

import (
	"encoding/json"
	"fmt"
)

// Finding is something that the screening found on a page. Secrets in it are masked, so
// that it may be shown.
type Finding struct {
	Rule    string `json:"rule"`
	Kind    string `json:"kind"`   // credential, personal, marker, injection, custom or shrunk
	Action  string `json:"action"` // hold, redact, copilot_only or warn
	Where   string `json:"where,omitempty"`
	Excerpt string `json:"excerpt,omitempty"`
	Count   int    `json:"count,omitempty"` // how often it was found at that place
}

// Findings are the encoded findings of one page. Most pages have none, which is "".
type Findings string

// KeepFindings encodes findings.
func KeepFindings(list []Finding) Findings {
	if len(list) == 0 {
		return ""
	}
	text, err := json.Marshal(list)
	if err != nil {
		panic(fmt.Sprintf("encode findings: %v", err)) // cannot happen: a Finding has only strings and numbers
	}
	return Findings(text)
}

// List decodes the findings.
func (f Findings) List() (list []Finding, err error) {
	if f == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(f), &list); err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	return list, nil
}
