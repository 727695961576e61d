// Package config reads sources.yaml, checks all of it, and reports every
// mistake at once with its place.
package config

import "time"

// Config is a whole sources.yaml with the defaults filled in and the secrets
// resolved.
type Config struct {
	Path     string // where it was read from
	Intercom Intercom
	State    string // path of the state file, relative to the working directory
	Sources  []Source
}

// Secret is a value that came from the environment or a file. It prints and
// marshals as "[secret]"; Reveal returns it.
type Secret struct{ value string }

// Reveal returns the secret itself, for sending it to where it belongs.
func (s Secret) Reveal() string { return s.value }

// Intercom is how to reach the workspace.
type Intercom struct {
	Token      Secret
	Region     string // us, eu, au
	BaseURL    string // instead of the region's; "" for none
	APIVersion string
	Workers    int
	Share      float64
	MaxHTML    int64 // bytes; max_html, 1MB by default
}

// Source is one site.
type Source struct {
	Name         string
	URL          string
	LibraryURL   string
	AudienceIDs  []int64
	Locale       string
	Auth         Auth
	Discover     Discover
	Include      []string
	Exclude      []string
	Follow       []string
	Fetch        Fetch
	Content      Content
	Availability Availability
	Deletes      Deletes
}

// Auth is one way in; at most one is set.
type Auth struct {
	Basic   *Basic
	Bearer  Secret // set where its Reveal is not ""
	Headers map[string]Secret
	Cookies map[string]Secret
	Form    *Form
}

// Basic is HTTP basic authentication.
type Basic struct{ Username, Password Secret }

// Form is a login by an HTML form.
type Form struct {
	URL      string
	Fields   map[string]Secret
	Form     string
	LoggedIn string
}

// Discover says where addresses come from.
type Discover struct {
	Sitemaps []string
	Links    bool
	Seeds    []string
	MaxDepth int
	MaxPages int
}

// Fetch bounds what a crawl costs the site.
type Fetch struct {
	Concurrency   int
	Rate          float64 // requests a second; 0 for unlimited
	Timeout       time.Duration
	MaxBody       int64 // bytes
	RespectRobots bool
	UserAgent     string
}

// Content says what of a page is its content, by CSS selectors.
type Content struct {
	Title      string
	Body       string
	Remove     []string
	ExternalID string // "url"
}

// Availability says which AI products may answer from which pages.
type Availability struct {
	AIAgent   bool
	AICopilot bool
	Rules     []AvailabilityRule
}

// AvailabilityRule changes what it names for the paths it matches.
type AvailabilityRule struct {
	Match     string
	AIAgent   *bool
	AICopilot *bool
}

// Deletes bounds what may be deleted.
type Deletes struct {
	ConfirmRuns int
	MaxCount    int
	MaxShare    float64
}

// Load reads and checks the file at path. lookup finds environment variables
// (os.LookupEnv). The error is a *Mistakes where the file can be read.
func Load(path string, lookup func(string) (string, bool)) (*Config, error) { panic("not yet") }

// Mistakes are all that is wrong with a file, in the order of its lines.
type Mistakes struct {
	Path string
	List []Mistake
}

// Mistake is one thing that is wrong.
type Mistake struct {
	Line, Column int    // from 1
	Text         string // the line itself
	Message      string // what is wrong and how to mend it
}

// Error shows every mistake as "path:line:column: message" with the line itself
// and a caret under the column.
func (m *Mistakes) Error() string { panic("not yet") }
