package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite" // the driver "sqlite", without cgo
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrLocked is that another process serves this folder.
var ErrLocked = errors.New("another tocsin serves this folder")

// DatabaseFile is the name of the database in a data folder.
const DatabaseFile = "tocsin.db"

// Open opens the SQLite database in a folder, which it makes if need be, and brings its schema up to date. A database with a newer
// schema is refused. Errors name the folder and what to do.
func Open(ctx context.Context, dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder can't be made: %w; choose another with --data", err)
	}
	file := filepath.Join(dir, DatabaseFile)
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
	s := over(w, r)
	s.dir = dir
	if err := s.migrate(ctx, goose.DialectSQLite3); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", file, err), s.Close())
	}
	return s, nil
}

// JobsFile is the name of the job library's own database in a data folder.
const JobsFile = "jobs.db"

// Jobs opens the job library's database; nil on PostgreSQL, where it shares the pool. It is a file of its own so that the log's one writer
// never waits for the bookkeeping of jobs. It may be lost: every job is derived from the log again, so it is not synced with each commit.
func (s *Store) Jobs() (*sql.DB, error) {
	if s.pool != nil || s.jobs != nil {
		return s.jobs, nil
	}
	file := filepath.Join(s.dir, JobsFile)
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600) // before SQLite makes it for all to read
	if err != nil {
		return nil, fmt.Errorf("the data folder can't be written: %w; choose another with --data", err)
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	pragmas := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "foreign_keys(1)", "synchronous(NORMAL)"}}
	s.jobs, err = sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+pragmas.Encode()+"&_txlock=immediate")
	if err == nil {
		s.jobs.SetMaxOpenConns(1)
	}
	return s.jobs, err
}

// Lock keeps other servers off the folder until Close. It returns ErrLocked when another process has it. PostgreSQL serves any number
// of servers; there it does nothing.
func (s *Store) Lock() (err error) {
	if s.pool == nil {
		s.lock, err = LockFolder(s.dir)
	}
	return err
}

// LockFolder keeps servers off a folder until what it gives is closed, whether or not there is a database in it.
func LockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "serve.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, ErrLocked
	}
	return f, nil
}

func lostInSQLite(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY || e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE)
}
