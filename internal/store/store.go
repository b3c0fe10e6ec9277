// Package store keeps logs, summaries, people and tokens in SQL: in a folder (SQLite, one server) or in PostgreSQL (any number).
//
// It owns the schema (migrations/, forward only) and one text of each query (queries/, generated into db/ by `sqlc generate`), both in
// the subset of SQL that SQLite and PostgreSQL share: TEXT, BIGINT, BOOLEAN, JSON as TEXT, times as milliseconds in UTC. What differs
// between the two stands in sqlite.go and postgres.go. It decides nothing: what may be appended is the ledger's and package incident's
// business.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pressly/goose/v3"

	"tocsin/internal/store/db"
)

// Store is an open database. It is safe for concurrent use.
type Store struct {
	write *sql.DB // SQLite: one connection, it has one writer
	read  *sql.DB
	q     *db.Queries
	lock  *os.File      // SQLite
	jobs  *sql.DB       // SQLite, once asked for
	dir   string        // SQLite
	pool  *pgxpool.Pool // PostgreSQL; nil: SQLite
}

func over(write, read *sql.DB) *Store { return &Store{write: write, read: read, q: db.New(read)} }

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date.
func (s *Store) migrate(ctx context.Context, dialect goose.Dialect) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(dialect, s.write, files)
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

// schema is the version of the schema.
func (s *Store) schema(ctx context.Context) (v int64, err error) {
	err = s.read.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version").Scan(&v)
	return v, err
}

// Writer is the connection to SQLite that writes, or the pool of PostgreSQL.
func (s *Store) Writer() *sql.DB { return s.write }

// Pool is the pool of PostgreSQL, nil where the database is SQLite. The job library shares it.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.read.PingContext(ctx) }

// Check reports whether the database answers and, where it is a folder's, whether its file is whole.
func (s *Store) Check(ctx context.Context) error {
	if s.pool != nil {
		return s.Ping(ctx)
	}
	var said string
	if err := s.read.QueryRowContext(ctx, "PRAGMA quick_check").Scan(&said); err != nil {
		return err
	}
	if said != "ok" {
		return fmt.Errorf("the database file is damaged (%s): restore a backup", said)
	}
	return nil
}

// Close closes the database and gives the folder free.
func (s *Store) Close() error {
	err := errors.Join(s.read.Close(), s.write.Close())
	if s.pool != nil {
		s.pool.Close()
	}
	if s.jobs != nil {
		err = errors.Join(err, s.jobs.Close())
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
	}
	return err
}

// inTx runs f in one transaction: all of it is kept, or nothing. With notices, PostgreSQL tells the other servers once it is kept.
func (s *Store) inTx(ctx context.Context, f func(*db.Queries) error, notices ...Notice) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	if err := f(db.New(tx)); err != nil {
		return err
	}
	for _, n := range notices {
		if err := s.notify(ctx, tx, n); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// patience bounds a transaction, so that a database that hangs is trouble like any other.
const patience = 15 * time.Second

// lost reports whether an error is that somebody else was first.
func lost(err error) bool { return lostInSQLite(err) || lostInPostgres(err) }

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
