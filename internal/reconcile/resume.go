package reconcile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/internal/check/screen"
	"github.com/fincrawl/fincrawl/internal/config"
	"github.com/fincrawl/fincrawl/state"
)

// beginCrawl resumes the crawl of an earlier run that was interrupted, if that began lately and with the
// same settings, or starts a new one. resumed is when the resumed crawl began; zero for a new one.
func (r *Runner) beginCrawl(
	s config.Source, ledger *state.Store, sent sentUnder, read reading, decisions ingest.Decisions,
) (crawl *state.Crawl, resumed time.Time, err error) {
	if r.Mode == ModePreview || r.Only == nil && !s.IsWeb() { // a list is read from its beginning
		crawl, err = r.Staging.BeginCrawl(s.Name)
		return crawl, time.Time{}, err
	}
	if r.Only != nil {
		crawl, err = r.Staging.BeginAside(s.Name)
		return crawl, time.Time{}, err
	}
	now := time.Now()
	wanted, err := wayOf(s, r.Mode, read)
	if err != nil {
		return nil, time.Time{}, err
	}
	crawl, began, ok, err := r.Staging.ResumeCrawl(s.Name)
	if err == nil && ok && began.Settings == wanted && now.Sub(began.At).Abs() <= s.Fetch.ResumeWithin {
		if ok, err = hasItsTexts(crawl, ledger, sent, s.Name, r.Mode, began.At, decisions); err == nil && ok {
			if err := unidentify(crawl); err != nil {
				return nil, time.Time{}, err
			}
			r.Log.Info("going on with the crawl that was cut off", "source", s.Name, "began", began.At)
			return crawl, began.At, nil
		}
	}
	if err != nil {
		return nil, time.Time{}, err
	}
	if crawl, err = r.Staging.BeginCrawl(s.Name); err != nil {
		return nil, time.Time{}, err
	}
	return crawl, time.Time{}, crawl.SetBeginning(state.Beginning{At: now.UTC(), Settings: wanted})
}

// wayOf returns a fingerprint of everything that a crawl depends on.
func wayOf(s config.Source, m Mode, read reading) (string, error) {
	fetch, err := json.Marshal(s.Fetch)
	if err != nil {
		return "", fmt.Errorf("write down the settings of %s: %w", s.Name, err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %t %s %s", m, read.believes, read.fingerprint, fetch))
	return hex.EncodeToString(sum[:8]), nil
}

// hasItsTexts reports whether a crawl has the text of every page that may have to be sent. It may lack
// some since it was interrupted: because a page was edited at Intercom, or because a person
// approved a held page. A page that was sent meanwhile in another version is newer than the staged one.
func hasItsTexts(
	crawl *state.Crawl, ledger *state.Store, sent sentUnder, source string, m Mode,
	began time.Time, decisions ingest.Decisions,
) (bool, error) {
	for p, err := range crawl.Staged() {
		if err != nil {
			return false, err
		}
		if held, err := isHeld(p); err != nil {
			return false, err
		} else if held && !decisions.Agreed(p.ExternalID, p.URL) {
			continue
		}
		entry, _, err := ledger.Entry(source, sent.id(p.URL, p.Identity))
		if err != nil {
			return false, err
		}
		same := entry.RemoteID != "" && decisions.Same(entry, p)
		switch {
		case !same && entry.SentAt.After(began):
			return false, nil
		case same && m != ModeResync:
			continue
		}
		if _, ok, err := crawl.Body(p.ExternalID); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// isHeld reports whether the screening holds a page, whose text is then not staged.
func isHeld(p state.Staged) (bool, error) {
	findings, err := p.Findings.List()
	holds := func(f state.Finding) bool { return f.Action == string(screen.Hold) }
	return slices.ContainsFunc(findings, holds), err
}

// unidentify reverses [identify]: it renames the pages of a crawl to their URLs.
func unidentify(crawl *state.Crawl) error {
	to := make(map[string]string)
	for p, err := range crawl.Staged() {
		if err != nil {
			return err
		}
		if p.ExternalID != p.URL {
			to[p.ExternalID] = p.URL
		}
	}
	return crawl.Rename(to)
}

// earlier yields the URL and the Markdown of the pages that a crawl has staged. Where the text of a part
// was not staged because it is unchanged, its hash stands for it.
func earlier(crawl *state.Crawl) iter.Seq2[crawler.Page, error] {
	return func(yield func(crawler.Page, error) bool) {
		for p, err := range crawl.Staged() {
			if err == nil && isPart(p) {
				continue
			}
			page := crawler.Page{URL: p.URL, Inside: p.Inside}
			if err == nil {
				page.Markdown, err = stagedText(crawl, p)
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

func stagedText(crawl *state.Crawl, p state.Staged) (string, error) {
	parts, err := partsOf(crawl, p)
	if err != nil {
		return "", err
	}
	var texts []string
	for _, part := range append([]state.Staged{p}, parts...) {
		body, ok, err := crawl.Body(part.ExternalID)
		if err != nil {
			return "", err
		}
		if !ok {
			body.Markdown = part.Hash
		}
		texts = append(texts, body.Markdown)
	}
	return strings.Join(texts, "\n\n"), nil
}

// errLookCutOff is shown where a run that keeps nothing was interrupted, and errCutOff for other runs.
var errLookCutOff = errors.New("interrupted; nothing was written anywhere")

var errCutOff = errors.New("interrupted; what was done so far is kept, and the next sync goes on from here")

// outliving returns a function that waits until the crawl so far would survive a kill. It is nil for
// a preview, which keeps nothing.
func (r *Runner) outliving(crawl *state.Crawl) func() error {
	if r.Mode == ModePreview || r.Only != nil {
		return nil
	}
	return crawl.Flush
}

func (m Mode) cutOff() error {
	if m.sends() {
		return errCutOff
	}
	return errLookCutOff
}
