// Package store keeps logs, summaries, people and tokens in SQL.
//
// It owns the schema (migrations/, forward only) and one text of each query (queries/, generated into db/ by `sqlc generate`, in the
// subset of SQL that SQLite and PostgreSQL share: libraries.md §3). Times are milliseconds in UTC. It decides nothing: what may be
// appended is the ledger's and package incident's business.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite", without cgo

	"tocsin/internal/store/db"
)

// Store is an open database. It is safe for concurrent use.
type Store struct {
	write *sql.DB // one connection: SQLite has one writer
	read  *sql.DB
	q     *db.Queries
	lock  *os.File
	dir   string
}

//go:embed migrations/*.sql
var migrations embed.FS

// ErrLocked is that another process serves this folder.
var ErrLocked = errors.New("another tocsin serves this folder")

// Open opens the SQLite database in a folder, which it makes if need be, and brings its schema up to date. A database with a newer
// schema is refused. Errors name the folder and what to do.
func Open(ctx context.Context, dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder can't be made: %w; choose another with --data", err)
	}
	file := filepath.Join(dir, "tocsin.db")
	if f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, fmt.Errorf("the data folder can't be written: %w; choose another with --data", err)
	} else {
		_ = f.Close()
	}
	pragmas := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "foreign_keys(1)", "synchronous(FULL)"}}
	dsn := "file:" + (&url.URL{Path: file}).EscapedPath() + "?" + pragmas.Encode()
	w, err := sql.Open("sqlite", dsn+"&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	w.SetMaxOpenConns(1)
	r, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	r.SetMaxOpenConns(4)
	s := &Store{write: w, read: r, q: db.New(r), dir: dir}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", file, err), s.Close())
	}
	return s, nil
}

// migrate brings the schema up to date.
func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.write, files)
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("its schema can't be read: %w", err)
	}
	if have > want {
		return fmt.Errorf("its schema is version %d, made by a newer tocsin; this one knows version %d: use the newer program", have, want)
	}
	if have == want {
		return nil
	}
	_, err = p.Up(ctx)
	return err
}

// Lock keeps other servers off the folder until Close. It returns ErrLocked when another process has it.
func (s *Store) Lock() error {
	f, err := os.OpenFile(filepath.Join(s.dir, "serve.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return ErrLocked
	}
	s.lock = f
	return nil
}

// Writer is the one connection that writes. The job library shares it.
func (s *Store) Writer() *sql.DB { return s.write }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.read.PingContext(ctx) }

// Close closes the database and gives the folder free.
func (s *Store) Close() error {
	err := errors.Join(s.read.Close(), s.write.Close())
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
	}
	return err
}

// inTx runs f in one transaction: all of it is kept, or nothing.
func (s *Store) inTx(ctx context.Context, f func(*db.Queries) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	if err := f(db.New(tx)); err != nil {
		return err
	}
	return tx.Commit()
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
