package sandbox

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/net/publicsuffix"
)

const maxBody = 20 << 20 // bytes; Intercom does not document its own limit

// body is the JSON object of a request. Its methods read fields and collect errors, so that one
// answer reports all of them.
type body struct {
	fields map[string]jsontext.Value
	faults []fault
}

// lenient returns options to read JSON as a Ruby server does: the last of two fields with one name counts.
func lenient() json.Options {
	return json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

func readBody(r *http.Request) (*body, *apiError) {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return nil, fail(http.StatusUnsupportedMediaType, "media_type_not_supported",
			"Content-Type must be application/json")
	}
	content, err := readAll(http.MaxBytesReader(nil, r.Body, maxBody), r.ContentLength)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, fail(http.StatusRequestEntityTooLarge, "request_too_large", "the body is too large")
	case err != nil:
		return nil, fail(http.StatusBadRequest, "bad_request", "the body could not be read")
	case !utf8.Valid(content):
		return nil, fail(http.StatusBadRequest, "bad_request", "the body is not UTF-8")
	}
	b := &body{}
	if err := json.Unmarshal(content, &b.fields, lenient()); err != nil || b.fields == nil {
		return nil, fail(http.StatusBadRequest, "bad_request", "the body must be a JSON object")
	}
	return b, nil
}

// readAll reads a body. length is its Content-Length, or -1 where that is unknown.
func readAll(body io.Reader, length int64) ([]byte, error) {
	content := bytes.NewBuffer(make([]byte, 0, bytes.MinRead+max(0, min(length, maxBody))))
	_, err := content.ReadFrom(body)
	return content.Bytes(), err
}

// wrong returns the errors of the fields that were read until now.
func (b *body) wrong() *apiError {
	if len(b.faults) == 0 {
		return nil
	}
	return &apiError{http.StatusUnprocessableEntity, b.faults}
}

func (b *body) fault(code, field, message string) {
	b.faults = append(b.faults, unprocessable(code, field, message).Errors...)
}

// has reports whether a field exists and is not null.
func (b *body) has(name string) bool {
	raw, ok := b.fields[name]
	return ok && !bytes.Equal(raw, []byte("null"))
}

func (b *body) require(name string) bool {
	if !b.has(name) {
		b.fault("parameter_missing", name, name+" is required")
		return false
	}
	return true
}

// read reads an optional field of type T. kind describes the type in an error.
func read[T any](b *body, name, kind string) (value T) {
	if b.has(name) && json.Unmarshal(b.fields[name], &value, lenient()) != nil {
		b.fault("type_mismatch", name, name+" must be "+kind)
		var none T
		return none
	}
	return value
}

// text reads a required string that is not blank.
func (b *body) text(name string) string {
	before := len(b.faults)
	value := read[string](b, name, "a string")
	if b.require(name) && len(b.faults) == before && strings.TrimSpace(value) == "" {
		b.fault("parameter_invalid", name, name+" must not be blank")
	}
	return value
}

func (b *body) integer(name string) int64 {
	b.require(name)
	return read[int64](b, name, "an integer")
}

// flag reads an optional boolean. It is nil where absent.
func (b *body) flag(name string) *bool { return read[*bool](b, name, "true or false") }

// oneOf reads an optional string that has to be one of those allowed.
func (b *body) oneOf(name string, allowed ...string) string {
	before := len(b.faults)
	value := read[string](b, name, "a string")
	if b.has(name) && len(b.faults) == before && !slices.Contains(allowed, value) {
		b.fault("parameter_invalid", name, name+" must be one of "+strings.Join(allowed, ", "))
	}
	return value
}

var localePattern = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

func (b *body) locale() string {
	before := len(b.faults)
	locale := b.text("locale")
	if len(b.faults) == before && !localePattern.MatchString(locale) {
		b.fault("parameter_invalid", "locale", "locale must be a language code such as en")
	}
	return locale
}

// pageURL reads the URL that Fin cites a page by. It is optional.
func (b *body) pageURL() string {
	before := len(b.faults)
	address := read[string](b, "url", "a string")
	if b.has("url") && len(b.faults) == before {
		if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			b.fault("parameter_invalid", "url", "url must be an absolute http or https address")
		}
	}
	return address
}

// sourceURL reads the URL of an import source.
func (b *body) sourceURL() string {
	before := len(b.faults)
	address := b.text("url")
	if len(b.faults) == before && !hasPublicDomain(address) && !onThisMachine(address) {
		b.fault("parameter_invalid", "url", "url must be an http or https address with a valid public domain name")
	}
	return address
}

// onThisMachine reports whether an address is of this machine. The sandbox accepts those, so that
// people can try local sites. Intercom refuses them, and so does sources.yaml unless
// intercom.base_url is of this machine too.
func onThisMachine(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

func hasPublicDomain(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return false
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if _, err := netip.ParseAddr(host); err == nil || !domainPattern.MatchString(host) {
		return false
	}
	suffix, managed := publicsuffix.PublicSuffix(host)
	return host != suffix && (managed || strings.Contains(suffix, "."))
}

var domainPattern = regexp.MustCompile(`^` + domainLabel + `(\.` + domainLabel + `)+$`)

const domainLabel = `[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?`

// audiences reads an integer, several of them, or null for none.
func (b *body) audiences() (ids []int64, given bool) {
	raw, given := b.fields["audience_ids"]
	if !given || !b.has("audience_ids") {
		return []int64{}, given
	}
	if one, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return []int64{one}, true
	}
	return read[[]int64](b, "audience_ids", "an integer, an array of integers or null"), true
}
