package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// FaultsPath is where faults are switched on and off at run time. GET lists them, POST adds one
// or an array of them, and DELETE removes all. Each is a [Fault] in JSON.
const FaultsPath = "/sandbox/faults"

// Fault makes calls of the API fail in one of the ways of [FaultKinds]. It concerns calls with
// its Method, Path and Text, and picks from them at random by Chance. It spares the first Skip of
// these and strikes the following Next.
type Fault struct {
	Kind   string  `json:"kind"`
	Method string  `json:"method,omitempty"` // "" for any
	Path   string  `json:"path,omitempty"`   // pattern for [path.Match], such as /ai/external_pages/*; "" for any
	Text   string  `json:"text,omitempty"`   // part of the body, which can single out a page; "" for any
	Chance float64 `json:"chance,omitempty"` // probability for each call. Defaults to 1.
	Seed   uint64  `json:"seed,omitempty"`   // seed of the random numbers
	Skip   int     `json:"skip,omitempty"`   // number of calls to spare first
	Next   int     `json:"next,omitempty"`   // number of calls to strike; 0 for all until it is cleared
	Wait   float64 `json:"wait,omitempty"`   // seconds: Retry-After of an error, or duration of a slow answer
}

// ParseFault parses a fault in the form of a flag: its kind, then any other fields, such as
// "503,method=POST,chance=0.1".
func ParseFault(text string) (Fault, error) {
	kind, rest, _ := strings.Cut(text, ",")
	f := Fault{Kind: kind}
	for field := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(field, "=")
		var err error
		switch name {
		case "":
		case "method":
			f.Method = value
		case "path":
			f.Path = value
		case "text":
			f.Text = value
		case "chance":
			f.Chance, err = strconv.ParseFloat(value, 64)
		case "seed":
			f.Seed, err = strconv.ParseUint(value, 10, 64)
		case "skip":
			f.Skip, err = strconv.Atoi(value)
		case "next":
			f.Next, err = strconv.Atoi(value)
		case "wait":
			f.Wait, err = strconv.ParseFloat(value, 64)
		default:
			return f, fmt.Errorf("fault %q: no field is called %q; "+
				"there are method, path, text, chance, seed, skip, next and wait", text, name)
		}
		if err != nil {
			return f, fmt.Errorf("fault %q: %s is a number, not %q", text, name, value)
		}
	}
	return f, f.check()
}

// check returns an error for a fault that is not valid.
func (f Fault) check() error {
	if _, err := f.kind(); err != nil {
		return err
	}
	if _, err := path.Match(f.Path, ""); err != nil {
		return fmt.Errorf("fault %s: path %q: %w", f.Kind, f.Path, err)
	}
	if f.Chance < 0 || f.Chance > 1 || f.Skip < 0 || f.Next < 0 || f.Wait < 0 {
		return fmt.Errorf("fault %s: chance is a number from 0 to 1, and skip, next and wait are not below 0", f.Kind)
	}
	return nil
}

// AddFaults switches further faults on. Where several concern a call, the first one strikes it.
func (s *Sandbox) AddFaults(faults ...Fault) error { return s.faults.add(faults...) }

// ClearFaults switches all faults off.
func (s *Sandbox) ClearFaults() { s.faults.clear() }

// switchboard holds the faults that are on.
type switchboard struct {
	mu sync.Mutex
	on []*standing
}

// standing is a fault that is on.
type standing struct {
	Fault
	kind   kind
	random *rand.Rand
	seen   int // number of calls that it concerned
}

func (b *switchboard) add(faults ...Fault) error {
	var on []*standing
	for _, f := range faults {
		if err := f.check(); err != nil {
			return err
		}
		kind, _ := f.kind()
		on = append(on, &standing{Fault: f, kind: kind, random: rand.New(rand.NewPCG(f.Seed, 0))})
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.on = append(b.on, on...)
	return nil
}

func (b *switchboard) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.on = nil
}

func (b *switchboard) list() []Fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	faults := make([]Fault, 0, len(b.on))
	for _, f := range b.on {
		faults = append(faults, f.Fault)
	}
	return faults
}

// due returns the fault that strikes a call with this body. ok is false where there is none.
func (b *switchboard) due(r *http.Request, body []byte) (*standing, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, f := range b.on {
		if !f.concerns(r, body) || f.Chance > 0 && f.random.Float64() >= f.Chance {
			continue
		}
		if f.seen++; f.seen <= f.Skip {
			continue
		}
		if f.Next > 0 && f.seen == f.Skip+f.Next {
			b.on = slices.Delete(b.on, i, i+1)
		}
		return f, true
	}
	return nil, false
}

func (f *standing) concerns(r *http.Request, body []byte) bool {
	fits, _ := path.Match(f.Path, r.URL.Path)
	return (fits || f.Path == "") &&
		(f.Method == "" || strings.EqualFold(f.Method, r.Method)) &&
		bytes.Contains(body, []byte(f.Text)) &&
		(f.kind.about == nil || f.kind.about(r, body))
}

// ServeHTTP serves [FaultsPath].
func (b *switchboard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
		faults, err := readFaults(r)
		if err == nil {
			err = b.add(faults...)
		}
		if err != nil {
			fail(http.StatusBadRequest, "parameter_invalid", err.Error()).write(w)
			return
		}
	case http.MethodDelete:
		b.clear()
	case http.MethodGet, http.MethodHead:
	default:
		fail(http.StatusMethodNotAllowed, "method_not_allowed", "faults take GET, POST and DELETE").write(w)
		return
	}
	writeJSON(w, http.StatusOK, b.list())
}

// readFaults reads one fault or an array of faults. It requires the content type of JSON, which a
// web page cannot send to another origin without a preflight request.
func readFaults(r *http.Request) (faults []Fault, err error) {
	if media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(media) != "application/json" {
		return nil, errors.New("the Content-Type must be application/json")
	}
	var raw json.RawMessage
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20)).Decode(&raw); err != nil {
		return nil, fmt.Errorf("read the JSON: %w", err)
	}
	if raw[0] != '[' {
		raw = slices.Concat([]byte("["), raw, []byte("]"))
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	if err := d.Decode(&faults); err != nil {
		return nil, fmt.Errorf("read the JSON: %w", err)
	}
	return faults, nil
}
