package intercom

// ImportSource is a Content Import Source of the API.
type ImportSource struct {
	Type         string  `json:"type"` // "content_import_source"
	ID           int64   `json:"id"`
	URL          string  `json:"url"`
	SyncBehavior string  `json:"sync_behavior"` // api, automatic or manual
	Status       string  `json:"status"`        // active or deactivated
	AudienceIDs  []int64 `json:"audience_ids"`
	CreatedAt    int64   `json:"created_at"` // Unix seconds, like the next two
	UpdatedAt    int64   `json:"updated_at"`
	LastSyncedAt int64   `json:"last_synced_at"`

	// Found reports that it existed already when a creation of unknown outcome was checked.
	Found bool `json:"-"`
}

// ExternalPage is an External Page of the API.
type ExternalPage struct {
	Type                  string `json:"type"` // "external_page"
	ID                    string `json:"id"`
	ExternalID            string `json:"external_id"`
	SourceID              int64  `json:"source_id"`
	Title                 string `json:"title"`
	HTML                  string `json:"html"`
	URL                   string `json:"url,omitempty"`
	Locale                string `json:"locale"`
	AIAgentAvailability   bool   `json:"ai_agent_availability"`
	AICopilotAvailability bool   `json:"ai_copilot_availability"`
	CreatedAt             int64  `json:"created_at"`
	UpdatedAt             int64  `json:"updated_at"`
	LastIngestedAt        int64  `json:"last_ingested_at"`
}

// PageRequest is the body that creates or updates a page. The flags are always sent, because an
// update without them keeps the old ones.
type PageRequest struct {
	Title                 string `json:"title"`
	HTML                  string `json:"html"`
	URL                   string `json:"url,omitempty"`
	Locale                string `json:"locale"`
	SourceID              int64  `json:"source_id"`
	ExternalID            string `json:"external_id"`
	AIAgentAvailability   bool   `json:"ai_agent_availability"`
	AICopilotAvailability bool   `json:"ai_copilot_availability"`
}

// Me is the answer to GET /me, without the fields that nobody needs.
type Me struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	Name string `json:"name"`
	App  struct {
		IDCode string `json:"id_code"`
		Name   string `json:"name"`
		Region string `json:"region"`
	} `json:"app"`
}

// sourceRequest is the body that creates an import source.
type sourceRequest struct {
	SyncBehavior string  `json:"sync_behavior"`
	URL          string  `json:"url"`
	AudienceIDs  []int64 `json:"audience_ids,omitempty"`
}

// sourceUpdate is the body that changes an import source. Empty audience_ids remove all audiences.
type sourceUpdate struct {
	SyncBehavior string  `json:"sync_behavior"`
	URL          string  `json:"url"`
	Status       string  `json:"status,omitempty"` // "" keeps the status
	AudienceIDs  []int64 `json:"audience_ids"`
	ApplyToPages bool    `json:"apply_audience_to_existing_content"`
}
