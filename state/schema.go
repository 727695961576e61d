package state

import (
	"fmt"
	"strconv"

	"go.etcd.io/bbolt"
)

// The layout of schema 1. Buckets hold records (see seal). The file of a crawl has only
// meta and crawls; the state file has the rest.
//
//	meta                     schema → the version, in digits and without a checksum
//	imports                  source → ImportSource (JSON)
//	sessions                 source → session of its login, which the crawler encrypted
//	verifications            source → Verification (JSON)
//	health                   source → Health (JSON)
//	hints                    source → Hints (JSON)
//	templates                source → Template (JSON)
//	stylesheets              source → texts by URL (JSON, zstd)
//	runs                     ID → Run (JSON)
//	workspace                "id" → Intercom's ID of the workspace
//	sources / SOURCE
//	    entries              external ID → Entry (fields)
//	    unanswered           external ID → empty: see SetUnanswered
//	    sent                 external ID → Markdown as sent (zstd)
//	    seen                 URL → Seen (fields)
//	    trails               URL → Trail (fields)
//	decided / SOURCE
//	    decisions            external ID → Decision (JSON)
//	    withdrawals          external ID of a page → Withdrawal (JSON)
//	    concerns             kind and ID → Concern (JSON)
//	crawls / SOURCE
//	    beginning            "crawl" → Beginning (JSON), "note" → opaque, "boot" → see isWhole
//	    dates                URL → when it changed, according to the sitemap (fields)
//	    visits               URL → Visit (fields)
//	    outlines             URL → Outlined (fields)
//	    queue                number, 8 bytes, big endian → request, opaque
//	    staged               external ID → Staged (fields)
//	    html, markdown       external ID → text of a staged page (zstd)
//
// A request leaves the queue when a worker takes it. After a kill, the requests that were
// queued or in flight are the visits without an outcome.

// table is a bucket that holds records.
type table struct{ tree, source, name string }

func imports() table                  { return table{tree: "imports"} }
func verifications() table            { return table{tree: "verifications"} }
func healths() table                  { return table{tree: "health"} }
func hints() table                    { return table{tree: "hints"} }
func runs() table                     { return table{tree: "runs"} }
func sessions() table                 { return table{tree: "sessions"} }
func workspaces() table               { return table{tree: "workspace"} }
func entries(source string) table     { return table{"sources", source, "entries"} }
func unanswered(source string) table  { return table{"sources", source, "unanswered"} }
func sent(source string) table        { return table{"sources", source, "sent"} }
func seen(source string) table        { return table{"sources", source, "seen"} }
func trails(source string) table      { return table{"sources", source, "trails"} }
func decisions(source string) table   { return table{"decided", source, "decisions"} }
func withdrawals(source string) table { return table{"decided", source, "withdrawals"} }
func concerns(source string) table    { return table{"decided", source, "concerns"} }
func begun(source string) table       { return table{"crawls", source, "beginning"} }
func dates(source string) table       { return table{"crawls", source, "dates"} }
func visits(source string) table      { return table{"crawls", source, "visits"} }
func queue(source string) table       { return table{"crawls", source, "queue"} }
func staged(source string) table      { return table{"crawls", source, "staged"} }
func html(source string) table        { return table{"crawls", source, "html"} }
func markdown(source string) table    { return table{"crawls", source, "markdown"} }

// path returns the names of the buckets that lead to the table, and its own.
func (t table) path() string {
	if t.name == "" {
		return t.tree
	}
	return t.tree + pathSeparator + t.source + pathSeparator + t.name
}

const pathSeparator = "\x00"

// in returns the bucket of a table, or nil where it does not exist.
func (t table) in(tx *bbolt.Tx) *bbolt.Bucket {
	b := tx.Bucket([]byte(t.tree))
	if t.name == "" || b == nil {
		return b
	}
	if b = b.Bucket([]byte(t.source)); b == nil {
		return nil
	}
	return b.Bucket([]byte(t.name))
}

// make returns the bucket of a table and creates it where it does not exist.
func (t table) make(tx *bbolt.Tx) (*bbolt.Bucket, error) {
	b, err := tx.CreateBucketIfNotExists([]byte(t.tree))
	if t.name == "" || err != nil {
		return b, err
	}
	if b, err = b.CreateBucketIfNotExists([]byte(t.source)); err != nil {
		return nil, err
	}
	return b.CreateBucketIfNotExists([]byte(t.name))
}

// drop removes everything that a tree holds for a source.
func drop(tx *bbolt.Tx, tree, source string) error {
	b := tx.Bucket([]byte(tree))
	if b == nil || b.Bucket([]byte(source)) == nil {
		return nil
	}
	return b.DeleteBucket([]byte(source))
}

const (
	metaBucket = "meta"
	schemaKey  = "schema"
)

// checkSchema returns an error for a file whose schema this program does not know.
func (s *Store) checkSchema() error {
	version, err := s.schema()
	if err != nil {
		return err
	}
	if version > SchemaVersion {
		return fmt.Errorf("%w: %s has schema %d, this one knows %d; "+
			"use the newer one, or restore a backup from before it",
			ErrNewerSchema, s.path, version, SchemaVersion)
	}
	return nil
}

// migrate brings a new or older file to SchemaVersion.
func (s *Store) migrate() error {
	version, err := s.schema()
	if err != nil || version == SchemaVersion {
		return err
	}
	return s.transact(func(tx *bbolt.Tx) error {
		meta, err := tx.CreateBucketIfNotExists([]byte(metaBucket))
		if err != nil {
			return err
		}
		return meta.Put([]byte(schemaKey), strconv.AppendInt(nil, SchemaVersion, 10))
	})
}

// schema returns the version of the file, or 0 for an empty one.
func (s *Store) schema() (version int, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		meta := tx.Bucket([]byte(metaBucket))
		if meta == nil {
			if first, _ := tx.Cursor().First(); first != nil {
				return notOurs(s.path, "a bbolt file")
			}
			return nil
		}
		text := string(meta.Get([]byte(schemaKey)))
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil || n == 0 {
			return damaged(s.path, fmt.Sprintf("schema version %q", text))
		}
		version = int(n)
		return nil
	})
	return version, err
}
