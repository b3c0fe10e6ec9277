// Package storetest gives tests the databases Tocsin runs on: a SQLite folder, and a database of a real PostgreSQL.
//
// The PostgreSQL is the one TOCSIN_TEST_POSTGRES names (the URL of somebody who may make databases), or one that the test process
// starts by itself and that ends with it.
package storetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tocsin/internal/store"
)

// Variable names the environment variable with the URL of a PostgreSQL for tests.
const Variable = "TOCSIN_TEST_POSTGRES"

// Database is an empty database of one kind. Every Open opens the same one again.
type Database struct {
	Kind string // sqlite or postgres
	Dir  string // of sqlite
	URL  string // of postgres
}

// Open opens it until the test ends or the caller closes it.
func (d Database) Open(t testing.TB) *store.Store {
	t.Helper()
	var s *store.Store
	var err error
	if d.Kind == "sqlite" {
		s, err = store.Open(t.Context(), d.Dir)
	} else {
		s, err = store.OpenPostgres(t.Context(), d.URL)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// Each runs a test over an empty database of each kind.
func Each(t *testing.T, test func(*testing.T, Database)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, Database{Kind: "sqlite", Dir: t.TempDir()})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, Database{Kind: "postgres", URL: Postgres(t)})
	})
}

// Postgres makes an empty database, gives its URL, and drops it when the test ends. Without a PostgreSQL the test fails.
func Postgres(t testing.TB) string {
	t.Helper()
	admin := Admin(t)
	name := "tocsin_" + strings.ToLower(rand.Text())
	Run(t, "CREATE DATABASE "+name)
	t.Cleanup(func() { Run(t, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatalf("%s is no URL", Variable)
	}
	u.Path = "/" + name
	return u.String()
}

// Admin gives the URL of somebody who may make and stop databases.
func Admin(t testing.TB) string {
	t.Helper()
	if u := os.Getenv(Variable); u != "" {
		return u
	}
	u, err := started()
	if err != nil {
		t.Fatalf("this test needs PostgreSQL: %v; install it (apt-get install postgresql), or name one with %s", err, Variable)
	}
	return u
}

// Run has the administrator run statements, one after the other.
func Run(t testing.TB, statements ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 30*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, Admin(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(ctx) }()
	for _, s := range statements {
		if _, err := c.Exec(ctx, s); err != nil {
			t.Fatal(fmt.Errorf("%s: %w", s, err))
		}
	}
}
