package pages

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/fincrawl/fincrawl/crawler/document"
	"github.com/fincrawl/fincrawl/crawler/listing"
)

// Protocol is the version of the protocol that this package reads.
const Protocol = 1

// The modes of a list.
const (
	full    = "full"
	changes = "changes"
)

// stream reads one list, which may come in several parts.
type stream struct {
	give    func(context.Context, listing.Item) error
	blame   func(*listing.Fault) // is told of each line that is wrong, and goes on
	mayDiff bool                 // the list may have only changes
	maxAge  time.Duration        // 0 for any
	now     func() time.Time

	ignored int // lines of types that are not known
	mode    string
}

// read reads one part of the list. next is where the next one is, or "".
func (s *stream) read(ctx context.Context, from io.Reader) (end listing.End, next string, err error) {
	in := newLines(from)
	begun := false
	for {
		if ctx.Err() != nil {
			return end, "", context.Cause(ctx)
		}
		text, err := in.next()
		where := fmt.Sprintf("line %d", in.number)
		var l line
		switch {
		case errors.Is(err, io.EOF) && !begun:
			return end, "", listing.Faultf("there is nothing: not even a begin line")
		case errors.Is(err, io.EOF):
			return end, "", listing.Faultf("the list ends after line %d without an end line: it was cut off", in.number)
		case errors.Is(err, errTooLong) && begun:
			s.blame(listing.Faultf("%s: %v", where, err))
			continue
		case err != nil && !errors.Is(err, errTooLong):
			return end, "", listing.Faultf("after line %d: %v", in.number, err)
		case err == nil:
			l, err = parse(text)
		}
		if !begun {
			if err == nil {
				err = s.begin(l)
			} else {
				err = fmt.Errorf("%w: the first line has to be %s", err, `{"type":"begin","protocol":1,"mode":"full"}`)
			}
			if err != nil {
				return end, "", listing.Faultf("%s: %v", where, err)
			}
			begun = true
			continue
		}
		if err != nil {
			s.blame(listing.Faultf("%s: %v", where, err))
			continue
		}
		if l.Type == "end" {
			if end, err = s.end(l, where); err != nil {
				return end, "", err
			}
			return end, l.Next, s.nothingMore(in)
		}
		if err := s.say(ctx, l, where); err != nil {
			return end, "", err
		}
	}
}

// begin reads the first line.
func (s *stream) begin(l line) error {
	if l.Type != "begin" {
		return fmt.Errorf("has the type %q: the first line has to be %s", l.Type, `{"type":"begin","protocol":1,"mode":"full"}`)
	}
	switch {
	case l.Protocol == nil:
		return errors.New(`protocol is missing: "protocol":1`)
	case *l.Protocol != Protocol:
		return fmt.Errorf("protocol is %d, and this fincrawl reads %d", *l.Protocol, Protocol)
	case l.Mode != full && l.Mode != changes:
		return fmt.Errorf(`mode is %q: it has to be "full" or "changes"`, l.Mode)
	case l.Mode == changes && !s.mayDiff:
		return errors.New(`mode is "changes", and a whole list was asked for (FINCRAWL_MODE=full)`)
	case s.mode != "" && s.mode != l.Mode:
		return fmt.Errorf("mode is %q, and was %q in the first part", l.Mode, s.mode)
	}
	s.mode = l.Mode
	if l.GeneratedAt == "" {
		if s.maxAge > 0 {
			return errors.New("generated_at is missing, and max_age is set")
		}
		return nil
	}
	at, err := time.Parse(time.RFC3339, l.GeneratedAt)
	if err != nil {
		return fmt.Errorf("generated_at is %q: it has to be a time such as 2026-11-30T02:00:00Z", l.GeneratedAt)
	}
	if age := s.now().Sub(at); s.maxAge > 0 && age > s.maxAge {
		return fmt.Errorf("the list was made at %s, which is longer ago than max_age (%s): see why it is not made any more",
			l.GeneratedAt, s.maxAge)
	}
	return nil
}

// say hands on a line that is neither the first nor the last. The error ends the list.
func (s *stream) say(ctx context.Context, l line, where string) error {
	item := listing.Item{
		What: listing.Statement(l.Type), ID: l.ID, URL: l.URL, Title: l.Title, Version: l.Version, Reason: l.Reason,
		Readers: listing.Readers(l.Readers), Path: l.Path, Labels: l.Labels, Where: where,
	}
	switch l.Type {
	case "page":
		if err := body(&item, l); err != nil {
			s.blame(listing.Faultf("%s: %v", where, err))
			return nil
		}
	case "same":
		if l.Version == "" {
			s.blame(listing.Faultf("%s: version is missing", where))
			return nil
		}
	case "gone", "hidden":
	case "error":
		if l.ID == "" {
			s.blame(listing.Faultf("%s: the source reports an error: %s", where, cmp.Or(l.Message, "it does not say which")))
			return nil
		}
		item.Reason = l.Message
	case "begin":
		s.blame(listing.Faultf("%s: begins again: two lists were written into one", where))
		return nil
	default:
		s.ignored++
		return nil
	}
	return s.give(ctx, item)
}

// body sets the body of a page.
func body(item *listing.Item, l line) error {
	bodies := 0
	for _, b := range []struct {
		text   *string
		format listing.Format
	}{{l.HTML, listing.HTML}, {l.Markdown, listing.Format(document.Markdown)}, {l.Text, listing.Format(document.Text)}} {
		if b.text != nil {
			bodies++
			item.Format, item.Body = b.format, []byte(*b.text)
		}
	}
	switch {
	case bodies != 1:
		return fmt.Errorf("the page has %d of html, markdown and text: it has to have one", bodies)
	case l.Title == "":
		return errors.New("title is missing")
	case l.URL == "":
		return errors.New("url is missing")
	}
	if l.UpdatedAt != "" {
		if _, err := time.Parse(time.RFC3339, l.UpdatedAt); err != nil {
			return fmt.Errorf("updated_at is %q: it has to be a time such as 2026-11-30T02:00:00Z", l.UpdatedAt)
		}
	}
	return nil
}

// end reads the last line.
func (s *stream) end(l line, where string) (listing.End, error) {
	end := listing.End{Changes: s.mode == changes, Count: -1, Cursor: l.Cursor, Reason: l.Reason}
	switch {
	case l.Complete == nil:
		return end, listing.Faultf("%s: complete is missing", where)
	case *l.Complete && l.Count == nil:
		return end, listing.Faultf("%s: count is missing: the number of page, same and hidden lines", where)
	case len(l.Cursor) > maxCursor:
		return end, listing.Faultf("%s: cursor has more than %d kB", where, maxCursor>>10)
	}
	end.Complete = *l.Complete
	if l.Count != nil {
		end.Count = *l.Count
	}
	return end, nil
}

// nothingMore makes sure that nothing follows the last line.
func (s *stream) nothingMore(in *lines) error {
	_, err := in.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err == nil, errors.Is(err, errTooLong):
		return listing.Faultf("line %d: stands after the end line", in.number)
	}
	return listing.Faultf("after line %d: %v", in.number, err)
}
