// Package pages reads a source by the protocol of docs/protocol.md: JSON Lines that say of each page what it is.
// They come from a command, from a file or from a URL. A script of twenty lines so reads any system.
//
//	command ─┐
//	file    ─┼─ lines ─ protocol ─► listing.Item
//	URL     ─┘
//
// What writes the lines is not trusted: a line has a limit, a list that does not add up is a fault that names its
// line, and nothing is deleted for it.
package pages

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/fincrawl/fincrawl/crawler/listing"
)

// Source says where the lines come from: one of Command, File and URL.
type Source struct {
	Command *Command
	File    string
	URL     *Feed
	// MaxAge is how old a list may be. 0 means any age.
	MaxAge time.Duration
	// Idle is the longest time without a byte, and Timeout that of the whole list. 0 means no limit.
	Idle, Timeout time.Duration
	// Now is the time of MaxAge. Defaults to time.Now.
	Now func() time.Time
}

// Address names the list for reports.
func (s Source) Address() string {
	switch {
	case s.Command != nil:
		return "command " + s.Command.String()
	case s.URL != nil:
		return s.URL.Address.Redacted()
	}
	return "file " + s.File
}

// New returns a lister of the source.
func New(s Source) listing.Lister {
	if s.Now == nil {
		s.Now = time.Now
	}
	return lister{s}
}

type lister struct{ Source }

// List implements [listing.Lister].
func (l lister) List(
	ctx context.Context, ask listing.Ask, give func(context.Context, listing.Item) error,
) (end listing.End, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := watchdog{idle: l.Idle, stop: cancel}
	if l.Timeout > 0 {
		timer := time.AfterFunc(l.Timeout, func() { cancel(listing.Faultf("the list did not end within %s (timeout)", l.Timeout)) })
		defer timer.Stop()
	}
	s := &stream{
		give: give, blame: ask.Blame, mayDiff: ask.Cursor != "" && l.File == "", maxAge: l.MaxAge, now: l.Now,
	}
	read := func(from io.Reader) (next string, err error) {
		from, done := watch.over(from)
		defer done()
		end, next, err = s.read(ctx, from)
		return next, err
	}
	switch {
	case l.Command != nil:
		err = l.Command.run(ctx, ask, read)
	case l.URL != nil:
		err = l.URL.get(ctx, ask, read)
	default:
		err = readFile(l.File, read)
	}
	if s.ignored > 0 && ask.Note != nil {
		ask.Note("lines of unknown types were ignored", "lines", s.ignored)
	}
	var fault *listing.Fault
	if cause := context.Cause(ctx); cause != nil && errors.As(cause, &fault) {
		return end, fault // what the end of the list looked like follows from it
	}
	return end, err
}

func readFile(path string, read func(io.Reader) (string, error)) error {
	f, err := os.Open(path)
	if err != nil {
		return listing.Faultf("%v", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return listing.Faultf("%s is a folder: file names the list itself", path)
	}
	next, err := read(f)
	if err == nil && next != "" {
		return listing.Faultf("the end line has next, which only a list at a URL has")
	}
	return err
}
