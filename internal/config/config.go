// Package config reads sources.yaml, checks all of it, and reports every mistake at once with its
// place.
//
// The file is described once, in schema.go: a function for each section, with its defaults first and
// its keys in the order of the file. Reading, suggestions for misspelt keys, the JSON Schema and the
// list of keys that docs/sources.md is tested against all use that description. A new key is a field
// of a struct here, a line there, and a line in the reference.
//
// No secret is ever shown. Secrets are referenced in the file, and a secret that is written out is
// refused. Lines that are shown with mistakes are hidden by default: only what was read as the value
// of a harmless key is visible.
package config

import (
	"fmt"
	"time"

	"github.com/fincrawl/fincrawl/crawler/extract/preset"
)

// Load reads and checks the file at path. lookup returns environment variables, like os.LookupEnv. The
// error is a *[Mistakes] where the file can be read.
func Load(path string, lookup func(string) (string, bool)) (*Config, error) {
	return load(path, lookup, false)
}

// LoadToLook is Load for a command that makes no requests. It reads the secrets that are there, so that
// they can be masked. A missing secret is no mistake.
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

// Config is the content of a sources.yaml, with defaults and secrets.
type Config struct {
	Path     string // of the file
	Intercom Intercom
	State    string // path of the state file, relative to the working directory
	// RemindAfter is the time after which a concern is reported again. Defaults to seven days.
	RemindAfter time.Duration
	History     History
	Notify      Notify
	Serve       Serve
	Browser     Browser
	Presets     []preset.Preset
	Sources     []Source
	Files       []SecretFile // the files that secrets were read from
}

// History says which runs are recorded: at most Runs, and none that is older than For. A For of 0 means
// any age.
type History struct {
	Runs int
	For  time.Duration
}

// SecretFile is a file that a secret was read from.
type SecretFile struct {
	Key  string // the key that names it, such as cookie_file
	Path string // in a form that can be opened
}

// Intercom says how to reach the workspace.
type Intercom struct {
	Token      Secret
	Region     string // us, eu, au
	BaseURL    string // in place of the region's; "" for none
	APIVersion string
	Workers    int
	Share      float64
	MaxHTML    int64 // bytes; max_html, 1MB by default
	// VerifyEvery is after how many runs the whole library is compared again; 0 for only where
	// something else requires it. VerifyAuto depends on the size of the library.
	VerifyEvery int
}

// VerifyAuto is a value of Intercom.VerifyEvery.
const VerifyAuto = -1

// Source is one source.
type Source struct {
	Name string
	// Kind is how pages are read: KindWeb or one of the others.
	Kind       string
	URL        string // LibraryURL where a kind needs none
	LibraryURL string
	// Listing says where a source that lists its pages has its list.
	Listing
	Reactivate   bool // switch on the import source where somebody deactivated it in Intercom
	AudienceIDs  []int64
	Locale       string
	Schedule     Schedule
	Auth         Auth
	Discover     Discover
	Include      []string
	Exclude      []string
	Follow       []string
	Query        Query
	Fetch        Fetch
	TLS          TLS
	Render       Render
	Documents    []string // kinds of files that are read as pages
	Content      Content
	Availability Availability
	Screen       Screen
	Lint         Lint
	Updates      Updates
	Deletes      Deletes
}

// The kinds of sources.
const (
	KindWeb   = "web"   // a website, which is crawled
	KindPages = "pages" // a list that a command, a file or a URL gives: see docs/protocol.md
	KindFiles = "files" // a folder
	KindGit   = "git"   // a folder of a repository
)

// Kinds returns the kinds of sources.
func Kinds() []string { return []string{KindWeb, KindPages, KindFiles, KindGit} }

// IsWeb reports whether the source is a website. The zero kind is one.
func (s Source) IsWeb() bool { return s.Kind == "" || s.Kind == KindWeb }

// Listing says where the list of a source is and how it is read.
type Listing struct {
	Command  []string
	Env      map[string]Secret // of the command
	Literal  map[string]bool   // the names in Env whose values are written out, and so no secrets
	File     string            // path, in a form that can be opened
	Folder   string            // whose files are pages; in a form that can be opened
	Repo     string            // the address of a repository
	Branch   string            // or a tag; "" for what the repository begins with
	Subdir   string            // the folder within a repository
	Layout   string            // by the rules of which program files become addresses
	Base     string            // the folder of sources.yaml, in which commands run
	Timeout  time.Duration     // of the whole list
	Idle     time.Duration     // in which nothing comes
	MaxAge   time.Duration     // of a list that says when it was made; 0 for any
	MaxPages int
	Readers  string // everyone or members
}

// Auth has the logins of a site: none, one, or several that go together.
type Auth struct {
	Certificate *Certificate // client_certificate
	Basic       *Basic
	Digest      *Basic
	Bearer      Secret // none where its Reveal is ""
	OAuth2      *OAuth2
	Headers     map[string]Secret
	Cookies     map[string]Secret
	CookieFile  Secret // the content of the file
	Form        *Form
	KeepSession Secret // the key that encrypts the session between runs
}

// Certificate is the content of the files of a client certificate, in PEM.
type Certificate struct{ Cert, Key, CA Secret }

// Basic is a user name and a password for HTTP basic or digest authentication.
type Basic struct{ Username, Password Secret }

// OAuth2 is the client credentials grant of OAuth 2.
type OAuth2 struct {
	TokenURL     string
	ClientID     Secret
	ClientSecret Secret
	Scopes       []string
	Audience     string
}

// Form is a login by one HTML form, or by several.
type Form struct {
	URL      string
	Fields   map[string]Secret
	Form     string
	Steps    []FormStep
	SignOn   []string
	LoggedIn string
}

// FormStep is one of several forms of a login.
type FormStep struct {
	URL      string
	Fields   map[string]Secret
	Form     string
	Submit   string
	Optional bool
}

// Discover says where URLs are found.
type Discover struct {
	Sitemaps []string
	Links    bool
	Seeds    []string
	MaxDepth int
	MaxPages int
	// MaxDuplicates is how many URLs of the same form, one after the other, may give nothing new.
	MaxDuplicates int
	OtherLocales  bool   // read pages in other languages as well
	Canonical     string // verify or ignore
	// Allow are patterns of URLs that are articles although they look like actions or views.
	Allow []string
}

// Fetch limits the load on the site.
type Fetch struct {
	Concurrency   int
	Rate          float64 // requests per second; 0 for unlimited
	Timeout       time.Duration
	MaxBody       int64 // bytes
	RespectRobots bool
	UserAgent     string
	TrustLastmod  bool          // skip pages that have not changed according to the sitemap
	VerifyEvery   int           // every so many runs, everything is fetched; 0 for never
	ResumeWithin  time.Duration // how old a crawl may be that is resumed
	Proxy         string        // for requests to the site; "" for the one that the environment names
	Headers       map[string]string
}

// TLS has the authorities that are trusted besides those of the system, in PEM. They are not secret, but
// are read from a file like secrets.
type TLS struct{ CA Secret }

// Content says by CSS selectors what the content of a page is.
type Content struct {
	Title      string
	Body       string
	Remove     []string
	Preset     string          // PresetAuto, PresetNone or the name of a preset
	Presets    []preset.Preset // those of the file
	Template   string          // TemplateAuto or TemplateOff
	ExternalID Identity
	Split      Split
}

// Values of Content.Template.
const (
	TemplateAuto = "auto" // the template is learnt, and removed where Body is ""
	TemplateOff  = "off"
)

// Availability says which AI products may answer from pages.
type Availability struct {
	AIAgent   bool
	AICopilot bool
	Rules     []AvailabilityRule
}

// AvailabilityRule changes the availability of the pages that meet all of its conditions.
type AvailabilityRule struct {
	Match      string // pattern of the path; "" for any, like the other conditions
	Selector   string // matches an element of the page
	Meta       string // name of a meta tag, or name=value
	Breadcrumb string // text of a breadcrumb
	AIAgent    *bool
	AICopilot  *bool
}

// Updates limits how pages may change in one run.
type Updates struct {
	MaxSameText int     // number of pages that may get the same text
	MaxShrink   float64 // share of its text that a page may lose
}

// Deletes limits the deletes of a run.
type Deletes struct {
	ConfirmRuns int
	MaxCount    int
	MaxShare    float64
}
