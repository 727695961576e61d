// Package config reads sources.yaml, checks all of it, and reports every
// mistake at once with its place.
//
// The file is described once, in schema.go: a function for each section, with
// its defaults above its keys, in the order of the file. Reading, the
// suggestions for misspelt keys and the list of keys that docs/sources.md is
// tested against all come from that description; a new key is a field of a
// struct here, a line there, and a line in the reference.
//
// No secret is ever shown. Secrets are referenced in the file, a value that was
// written out is refused, and the lines shown with mistakes are hidden by
// default: only what was read as the value of a harmless key can be seen.
package config

import (
	"fmt"
	"time"

	"github.com/fincrawl/fincrawl/crawler/extract/preset"
)

// Load reads and checks the file at path. lookup finds environment variables
// (os.LookupEnv). The error is a *[Mistakes] where the file can be read.
func Load(path string, lookup func(string) (string, bool)) (*Config, error) {
	return load(path, lookup, false)
}

// LoadToLook does what Load does for a command that asks nobody and needs no secret: those
// that are there are read, so that they can be hidden, and the others may be missing.
func LoadToLook(path string, lookup func(string) (string, bool)) (*Config, error) {
	return load(path, lookup, true)
}

func load(path string, lookup func(string) (string, bool), lenient bool) (*Config, error) {
	data, err := readFile(path, maxFile)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w%s", err, instead(path, err))
	}
	c, mistakes := decode(path, data, lookup, lenient)
	if len(mistakes) > 0 {
		return nil, &Mistakes{Path: path, List: mistakes}
	}
	return c, nil
}

// Config is a whole sources.yaml with the defaults filled in and the secrets
// resolved.
type Config struct {
	Path     string // where it was read from
	Intercom Intercom
	State    string // path of the state file, relative to the working directory
	// RemindAfter is after how long what still stands is told of again; seven days by default.
	RemindAfter time.Duration
	History     History
	Notify      Notify
	Browser     Browser
	Presets     []preset.Preset
	Sources     []Source
	Files       []SecretFile // that secrets were read from
}

// History says which runs are remembered: at most so many, and none that is older than For;
// a For of 0 is any age.
type History struct {
	Runs int
	For  time.Duration
}

// SecretFile is a file that a secret was read from.
type SecretFile struct {
	Key  string // that names it, such as cookie_file
	Path string // as it can be opened
}

// Intercom is how to reach the workspace.
type Intercom struct {
	Token      Secret
	Region     string // us, eu, au
	BaseURL    string // instead of the region's; "" for none
	APIVersion string
	Workers    int
	Share      float64
	MaxHTML    int64 // bytes; max_html, 1MB by default
	// VerifyEvery is how many runs there are from one reading of the whole library to
	// the next; 0 for none that nothing else asks for. VerifyAuto depends on its size.
	VerifyEvery int
}

// VerifyAuto is Intercom.VerifyEvery where it depends on the size of the library.
const VerifyAuto = -1

// Source is one site.
type Source struct {
	Name         string
	URL          string
	LibraryURL   string
	Reactivate   bool // the import source, where somebody deactivated it in Intercom
	AudienceIDs  []int64
	Locale       string
	Auth         Auth
	Discover     Discover
	Include      []string
	Exclude      []string
	Follow       []string
	Query        Query
	Fetch        Fetch
	TLS          TLS
	Render       Render
	Documents    []string // kinds of files that become pages
	Content      Content
	Availability Availability
	Screen       Screen
	Lint         Lint
	Updates      Updates
	Deletes      Deletes
}

// Auth is the way into a site: none, or several that go together.
type Auth struct {
	Certificate *Certificate // client_certificate
	Basic       *Basic
	Digest      *Basic
	Bearer      Secret // set where its Reveal is not ""
	OAuth2      *OAuth2
	Headers     map[string]Secret
	Cookies     map[string]Secret
	CookieFile  Secret // what the file says
	Form        *Form
	KeepSession Secret // the key that encrypts the session between runs
}

// Certificate is a client certificate, in PEM, as its files say.
type Certificate struct{ Cert, Key, CA Secret }

// Basic is a user name and password for HTTP basic or digest authentication.
type Basic struct{ Username, Password Secret }

// OAuth2 is a token that is fetched by client credentials.
type OAuth2 struct {
	TokenURL     string
	ClientID     Secret
	ClientSecret Secret
	Scopes       []string
	Audience     string
}

// Form is a login by one HTML form, or by several steps.
type Form struct {
	URL      string
	Fields   map[string]Secret
	Form     string
	Steps    []FormStep
	SignOn   []string
	LoggedIn string
}

// FormStep is one form of a login that has several.
type FormStep struct {
	URL      string
	Fields   map[string]Secret
	Form     string
	Submit   string
	Optional bool
}

// Discover says where addresses come from.
type Discover struct {
	Sitemaps []string
	Links    bool
	Seeds    []string
	MaxDepth int
	MaxPages int
	// MaxDuplicates bounds how many addresses in a row that are built alike may give
	// nothing new.
	MaxDuplicates int
	OtherLocales  bool   // take pages in other languages too
	Canonical     string // verify or ignore
	// Allow are patterns of addresses that are articles though they look like actions or views.
	Allow []string
}

// Fetch bounds what a crawl costs the site.
type Fetch struct {
	Concurrency   int
	Rate          float64 // requests a second; 0 for unlimited
	Timeout       time.Duration
	MaxBody       int64 // bytes
	RespectRobots bool
	UserAgent     string
	TrustLastmod  bool          // skip what the sitemap says has not changed
	VerifyEvery   int           // runs from one that fetches everything to the next; 0 for none
	ResumeWithin  time.Duration // of its beginning, a crawl that was cut off goes on
	Proxy         string        // that requests to the site go through; "" for what the environment names
	Headers       map[string]string
}

// TLS says whom to trust at the source.
type TLS struct{ CA Secret } // authorities besides the system's, in PEM; not secret, but a file

// Content says what of a page is its content, by CSS selectors.
type Content struct {
	Title      string
	Body       string
	Remove     []string
	Preset     string          // PresetAuto, PresetNone or the name of one
	Presets    []preset.Preset // the file's
	Template   string          // TemplateAuto or TemplateOff
	ExternalID Identity
	Split      Split
}

// What is done about what most pages of a source have in common.
const (
	TemplateAuto = "auto" // learnt, and left out where Body is ""
	TemplateOff  = "off"
)

// Availability says which AI products may answer from which pages.
type Availability struct {
	AIAgent   bool
	AICopilot bool
	Rules     []AvailabilityRule
}

// AvailabilityRule changes what it names for the pages that all of its conditions
// hold for.
type AvailabilityRule struct {
	Match      string // pattern of the path; "" for any, as for the rest
	Selector   string // of something on the page
	Meta       string // name of a meta tag, or name=value
	Breadcrumb string // text of one of its crumbs
	AIAgent    *bool
	AICopilot  *bool
}

// Updates bounds what changes of pages are taken for what they seem to be.
type Updates struct {
	MaxSameText int     // pages that may say one and the same, where a run changes some of them
	MaxShrink   float64 // share of its text that a page may lose at once
}

// Deletes bounds what may be deleted.
type Deletes struct {
	ConfirmRuns int
	MaxCount    int
	MaxShare    float64
}
