package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// schemaLock is the advisory lock under which a server changes the schema.
const schemaLock = 0x746f6373696e // "tocsin"

// OpenPostgres opens a PostgreSQL database by its URL and brings its schema up to date; several servers may do so at once. A database
// with a newer schema is refused. Errors never hold the password.
func OpenPostgres(ctx context.Context, url string) (*Store, error) {
	if !strings.HasPrefix(url, "postgres://") && !strings.HasPrefix(url, "postgresql://") {
		return nil, errors.New("--database: write it as postgres://user:password@host:port/database")
	}
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("--database: %w", err)
	}
	where := Where(url)
	if !strings.Contains(url, "pool_max_conns") {
		cfg.MaxConns = 16 // the library has as few as 4
	}
	cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	dialer := &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3}}
	cfg.ConnConfig.DialFunc = dialer.DialContext
	cfg.AfterConnect = settings
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	all := stdlib.OpenDBFromPool(pool)
	s := over(all, all)
	s.pool = pool
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", where, err), s.Close())
	}
	return s, nil
}

// Where names the database of a URL without user and password.
func Where(url string) string {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return "the database"
	}
	return fmt.Sprintf("postgres://%s/%s", net.JoinHostPort(cfg.Host, fmt.Sprint(cfg.Port)), cfg.Database)
}

// settings has a commit mean that the write is on disk, also where the database was told not to wait for that, and takes its locks away
// from a server that hangs in the middle of a transaction, so that the others can go on.
func settings(ctx context.Context, c *pgx.Conn) error {
	_, err := c.Exec(ctx, `SELECT set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE
		current_setting('synchronous_commit') END, false), set_config('idle_in_transaction_session_timeout', '4s', false)`)
	return err
}

// unhurried lets a transaction that copies a whole database pause.
func (s *Store) unhurried(ctx context.Context, tx *sql.Tx) error {
	if s.pool == nil {
		return nil
	}
	_, err := tx.ExecContext(ctx, "SET LOCAL idle_in_transaction_session_timeout = 0")
	return err
}

// prepare checks the database and brings its schema up to date, one server at a time.
func (s *Store) prepare(ctx context.Context) error {
	c, err := s.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	var encoding string
	if err := c.QueryRow(ctx, "SHOW server_encoding").Scan(&encoding); err != nil {
		return err
	}
	if encoding != "UTF8" {
		return fmt.Errorf("its encoding is %s; make the database with ENCODING 'UTF8'", encoding)
	}
	if _, err := c.Exec(ctx, "SELECT pg_advisory_lock($1)", schemaLock); err != nil {
		return err
	}
	err = s.migrate(ctx, goose.DialectPostgres)
	_, unlock := c.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", schemaLock)
	return errors.Join(err, unlock)
}

func lostInPostgres(err error) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case "23505", "40001", "40P01": // unique violation, serialization failure, deadlock
		return true
	}
	return false
}

// channel is where servers on one database tell each other what they wrote.
const channel = "tocsin"

// Notice is that a server wrote something: entries of an incident up to Seq, or the roster. With neither, anything may have been written.
type Notice struct {
	Incident string // ULID
	Seq      int64
	People   bool
}

func (s *Store) notify(ctx context.Context, tx *sql.Tx, n Notice) error {
	if s.pool == nil {
		return nil
	}
	word := "people"
	if n.Incident != "" {
		word = fmt.Sprintf("%s %d", n.Incident, n.Seq)
	}
	_, err := tx.ExecContext(ctx, "SELECT pg_notify($1, $2)", channel, word)
	return err
}

// Listen tells f what servers on this PostgreSQL wrote, this one too, until ctx ends. Each time it has a connection again it first tells
// that anything may have been written. Errors are told to trouble; it goes on by itself. On SQLite nobody else writes; it only waits.
func (s *Store) Listen(ctx context.Context, f func(Notice), trouble func(error)) {
	if s.pool == nil {
		<-ctx.Done()
		return
	}
	for ctx.Err() == nil {
		if err := s.listen(ctx, f); err != nil && ctx.Err() == nil {
			trouble(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(500 * time.Millisecond):
		}
	}
}

func (s *Store) listen(ctx context.Context, f func(Notice)) error {
	c, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	if _, err := c.Exec(ctx, "LISTEN "+channel); err != nil {
		return err
	}
	f(Notice{})
	for {
		heard, err := c.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		id, seq, entries := strings.Cut(heard.Payload, " ")
		n := Notice{People: !entries}
		if entries {
			n.Incident = id
			if n.Seq, err = strconv.ParseInt(seq, 10, 64); err != nil {
				continue // not one of ours
			}
		}
		f(n)
	}
}
