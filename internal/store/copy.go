package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// tables is what an installation is made of, in the order in which rows may be added. Leases and jobs are of the moment and not part of it.
var tables = []string{"incident", "entry", "picture", "command", "counter", "person", "token", "credential", "audit", "runbook", "rotation", "oncall_override", "subscriber", "mailing", "letter", "setting"}

// ErrNotEmpty is that a database that something is to be put into holds something already.
var ErrNotEmpty = errors.New("it is not empty")

// Sum tells whether two tables hold the same: how many rows there are, and a hash that does not depend on their order.
type Sum struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
	Hash  string `json:"sha256"`
}

// querier is *sql.DB, *sql.Tx or *sql.Conn.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Copy puts everything that is in from into another database, which must be empty, in one transaction: all of it, as it was at one
// moment, or nothing. Before it is kept, every table is read back and compared.
func Copy(ctx context.Context, from, to *Store) ([]Sum, error) {
	src, err := from.read.BeginTx(ctx, from.snapshot())
	if err != nil {
		return nil, err
	}
	defer func() { _ = src.Rollback() }() // it only reads
	c, err := to.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.Close() }()
	dst, err := c.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = dst.Rollback() }() // after Commit it does nothing
	if err := errors.Join(from.unhurried(ctx, src), to.unhurried(ctx, dst)); err != nil {
		return nil, err
	}
	have, err := sums(ctx, dst, tables)
	if err != nil {
		return nil, err
	}
	for _, s := range have {
		if s.Rows > 0 {
			return nil, fmt.Errorf("%w: table %s has %d rows", ErrNotEmpty, s.Table, s.Rows)
		}
	}
	for _, t := range tables {
		if to.pool != nil {
			err = copyRows(ctx, src, c, t)
		} else {
			err = insertRows(ctx, src, dst, t)
		}
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", t, err)
		}
	}
	want, err := sums(ctx, src, tables)
	if err != nil {
		return nil, err
	}
	got, err := sums(ctx, dst, tables)
	if err != nil {
		return nil, err
	}
	if !slices.Equal(want, got) {
		return nil, fmt.Errorf("what was written does not read back the same: %v, want %v", got, want)
	}
	return got, dst.Commit()
}

// snapshot has a transaction see one moment.
func (s *Store) snapshot() *sql.TxOptions {
	if s.pool != nil {
		return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return nil // SQLite's always do
}

// copyRows sends the rows of a table to PostgreSQL in one stream, within the transaction that is open on a connection.
func copyRows(ctx context.Context, src querier, c *sql.Conn, table string) error {
	return scan(ctx, src, table, func(columns []string, next func() ([]any, error)) error {
		return c.Raw(func(driver any) error {
			_, err := driver.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromFunc(next))
			return err
		})
	})
}

// insertRows writes the rows of a table one by one.
func insertRows(ctx context.Context, src querier, dst *sql.Tx, table string) error {
	return scan(ctx, src, table, func(columns []string, next func() ([]any, error)) error {
		marks := strings.TrimSuffix(strings.Repeat("?,", len(columns)), ",")
		insert, err := dst.PrepareContext(ctx, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table, strings.Join(columns, ","), marks))
		if err != nil {
			return err
		}
		defer func() { _ = insert.Close() }()
		for {
			row, err := next()
			if row == nil || err != nil {
				return err
			}
			if _, err := insert.ExecContext(ctx, row...); err != nil {
				return err
			}
		}
	})
}

// sums counts and hashes tables.
func sums(ctx context.Context, q querier, tables []string) ([]Sum, error) {
	out := make([]Sum, 0, len(tables))
	for _, t := range tables {
		s := Sum{Table: t}
		var total [4]uint64
		err := scan(ctx, q, t, func(columns []string, next func() ([]any, error)) error {
			for {
				row, err := next()
				if row == nil || err != nil {
					return err
				}
				text, err := json.Marshal([]any{columns, row})
				if err != nil {
					return err
				}
				add(&total, sha256.Sum256(text))
				s.Rows++
			}
		})
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", t, err)
		}
		var all []byte
		for _, word := range total {
			all = binary.BigEndian.AppendUint64(all, word)
		}
		s.Hash = hex.EncodeToString(all)
		out = append(out, s)
	}
	return out, nil
}

// add adds hashes as numbers, so that the order of rows makes no difference and equal rows don't cancel each other.
func add(total *[4]uint64, h [32]byte) {
	var carry uint64
	for n := 3; n >= 0; n-- {
		total[n], carry = bits.Add64(total[n], binary.BigEndian.Uint64(h[n*8:]), carry)
	}
}

// scan reads a table: f is given its columns by name, and a function that gives row after row, then nil. Values are string, int64 or
// bool, whichever database they are from.
func scan(ctx context.Context, q querier, table string, f func(columns []string, next func() ([]any, error)) error) error {
	rows, err := q.QueryContext(ctx, "SELECT * FROM "+table)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	place := make([]int, len(types)) // by name
	for n := range place {
		place[n] = n
	}
	slices.SortFunc(place, func(a, b int) int { return strings.Compare(types[a].Name(), types[b].Name()) })
	columns := make([]string, len(types))
	for n, p := range place {
		columns[n] = types[p].Name()
	}
	values, into := make([]any, len(types)), make([]any, len(types))
	for n, t := range types {
		switch t.DatabaseTypeName() {
		case "BOOLEAN", "BOOL":
			into[n] = new(bool)
		case "BIGINT", "INT8":
			into[n] = new(int64)
		case "TEXT":
			into[n] = new(string)
		default:
			return fmt.Errorf("column %s is of type %s, which only one database knows", t.Name(), t.DatabaseTypeName())
		}
	}
	next := func() ([]any, error) {
		if !rows.Next() {
			return nil, rows.Err()
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for n, p := range place {
			switch v := into[p].(type) {
			case *bool:
				values[n] = *v
			case *int64:
				values[n] = *v
			case *string:
				values[n] = *v
			}
		}
		return values, nil
	}
	if err := f(columns, next); err != nil {
		return err
	}
	return rows.Err()
}
