package listing

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/internal/budget"
	"github.com/fincrawl/fincrawl/internal/weburl"
)

const (
	maxID    = 255  // bytes; more is no ID
	maxURL   = 2048 // bytes
	maxTitle = 1000 // bytes
)

// give is what a Lister calls for each item. A fault of one item does not end the list, so that the others are
// read and every fault is counted.
func (r *reading) give(ctx context.Context, i Item) error {
	err := r.take(ctx, i)
	var fault *Fault
	if !errors.As(err, &fault) || fault.Outcome == crawler.OverLimit {
		return err
	}
	r.blame(fault)
	return nil
}

func (r *reading) take(ctx context.Context, i Item) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if why := wrongID(i.ID); why != "" {
		return fault(i, "%s", why)
	}
	if r.ids[keyOf(i.ID)] {
		return fault(i, "the ID %q was listed before: each page is listed once", i.ID)
	}
	if r.MaxPages > 0 && len(r.ids) >= r.MaxPages {
		return &Fault{Outcome: crawler.OverLimit, Detail: fmt.Sprintf("the list has more than max_pages: %d", r.MaxPages)}
	}
	r.ids[keyOf(i.ID)] = true
	if counted(i.What) {
		r.pages++
	}
	if !r.isWanted(i) {
		return nil
	}
	switch i.What {
	case Page:
		return r.takePage(i)
	case Same:
		return r.takeSame(i)
	case Gone:
		return r.takeAside(i.ID, crawler.Deleted, i.Reason)
	case Hidden:
		return r.takeAside(i.ID, crawler.Hidden, i.Reason)
	case Unread:
		return r.takeAside(i.ID, crawler.Unserved, i.Reason)
	}
	return fault(i, "%q is no statement about a page", i.What)
}

// fault is the fault of an item.
func fault(i Item, format string, args ...any) *Fault {
	detail := fmt.Sprintf(format, args...)
	if i.Where != "" {
		detail = i.Where + ": " + detail
	}
	return &Fault{Detail: detail}
}

func wrongID(id string) string {
	switch {
	case id == "":
		return "the ID is missing"
	case len(id) > maxID:
		return fmt.Sprintf("the ID has more than %d bytes", maxID)
	case !utf8.ValidString(id), strings.ContainsFunc(id, unicode.IsControl), strings.TrimSpace(id) != id:
		return fmt.Sprintf("the ID %q has a control character in it, or begins or ends with a space", id)
	}
	return ""
}

// AddressOf parses the URL of a page. The error says what is wrong with it.
func AddressOf(text string) (*url.URL, error) {
	if len(text) > maxURL {
		return nil, fmt.Errorf("the URL has more than %d bytes", maxURL)
	}
	u, err := weburl.Resolve(&url.URL{Scheme: "https", Host: "localhost", Path: "/"}, text)
	absolute := strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")
	switch {
	case err != nil, !absolute, u.Host == "":
		return nil, fmt.Errorf("%q is no web address such as https://wiki.example.com/page", text)
	case u.User != nil:
		return nil, errors.New("the URL has a user name in it")
	case u.Fragment != "" || strings.Contains(text, "#"):
		return nil, fmt.Errorf("the URL %q has a #, and leads to a part of a page", text)
	}
	return u, nil
}

// takePage settles a page that may not be published, and has the others read.
func (r *reading) takePage(i Item) error {
	u, err := AddressOf(i.URL)
	if err != nil {
		return fault(i, "%v", err)
	}
	if r.Secrets.In(i.URL) {
		return fault(i, "the URL contains a secret of this source")
	}
	switch closed, known := r.closed(i.Readers); {
	case !known:
		return r.takeAside(i.ID, crawler.Unserved, fmt.Sprintf("who may read it is not known: readers is %q", i.Readers))
	case closed:
		return r.takeAside(i.ID, crawler.Hidden, "readers: "+string(i.Readers))
	}
	if err := r.claim(i, u.String()); err != nil {
		return err
	}
	r.start(func(ctx context.Context) error { return r.readPage(ctx, u, i) })
	return nil
}

// closed reports whether a page is not for the readers of the source, and whether that can be told.
func (r *reading) closed(by Readers) (closed, known bool) {
	switch by {
	case "", Everyone:
		return false, true
	case Members:
		return r.Readers != Members, true
	case Restricted:
		return true, true
	}
	return true, false
}

// claim discovers the address of a page. What was settled there and is no page moves to its own ID.
func (r *reading) claim(i Item, address string) error {
	fresh, err := r.Outcomes.Discover("", 0, []string{address})
	if err != nil || len(fresh) == 1 {
		return err
	}
	other, isAside := r.aside[address]
	if !isAside {
		return fault(i, "another page has the URL %s: each page has its own", address)
	}
	delete(r.aside, address)
	outcome, detail, _, err := r.Outcomes.Outcome(address)
	if err != nil {
		return err
	}
	if err := r.Outcomes.Settle(address, "", ""); err != nil {
		return err
	}
	return r.settleApart(other, outcome, detail)
}

// takeSame stages a page as it was sent.
func (r *reading) takeSame(i Item) error {
	var sent Sent
	var ok bool
	var err error
	if r.Memory != nil {
		if sent, ok, err = r.Memory.Of(i.ID); err != nil {
			return err
		}
	}
	if !ok || sent.Version == "" || sent.Version != i.Version {
		if err := r.takeAside(i.ID, crawler.BadListing, fmt.Sprintf(
			"the list says that version %q is known, and it is not", i.Version)); err != nil {
			return err
		}
		return fault(i, "version %q of %s is not among those that fincrawl knows (FINCRAWL_KNOWN): list the page with its text",
			i.Version, i.ID)
	}
	if err := r.claim(i, sent.URL); err != nil {
		return err
	}
	if err := r.Memory.Again(sent); err != nil {
		return err
	}
	return r.settle(sent.URL, crawler.NotModified, "version "+sent.Version)
}

// takeAside settles a page that is not read: at the address that it was sent with, or else at its ID.
func (r *reading) takeAside(id string, o crawler.Outcome, detail string) error {
	if r.Memory != nil {
		sent, ok, err := r.Memory.Of(id)
		if err != nil {
			return err
		}
		if ok {
			fresh, err := r.Outcomes.Discover("", 0, []string{sent.URL})
			if err != nil {
				return err
			}
			if len(fresh) == 1 {
				r.aside[sent.URL] = id
				return r.settle(sent.URL, o, detail)
			}
		}
	}
	return r.settleApart(id, o, detail)
}

func (r *reading) settleApart(id string, o crawler.Outcome, detail string) error {
	if _, err := r.Outcomes.Discover("", 0, []string{id}); err != nil {
		return err
	}
	return r.settle(id, o, detail)
}

// readPage extracts a page, gives it to the sink and settles it.
func (r *reading) readPage(ctx context.Context, u *url.URL, i Item) error {
	page, outcome, detail, err := r.extract(ctx, u, i)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return err
	}
	address := u.String()
	if outcome != crawler.Paged {
		return r.settle(address, outcome, detail)
	}
	err = r.Sink.Put(ctx, page)
	if costly := (*budget.Exceeded)(nil); errors.As(err, &costly) {
		return r.settle(address, crawler.TooCostly, costly.Detail)
	}
	if err != nil {
		return fmt.Errorf("keep the page %s: %w", address, err)
	}
	if r.Memory != nil {
		if err := r.Memory.Remember(Sent{ID: i.ID, URL: address, Version: i.Version}); err != nil {
			return err
		}
	}
	return r.settle(address, crawler.Paged, detail)
}
