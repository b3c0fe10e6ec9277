package cli

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"tocsin/internal/auth"
	"tocsin/internal/store"
)

func serveVerb(e *env) *cobra.Command {
	var listen, publicListen, data, database, config, base string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run Tocsin",
		Long:  "Run Tocsin: the console, the API and the public pages. It listens on loopback unless told otherwise; every write needs a sign-in or a token.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			began := time.Now()
			ctx := cmd.Context()
			cfg, err := loadConfig(config, e.environ)
			if err != nil {
				return failf(exitUsage, "%w", err)
			}
			if u, err := url.Parse(base); base != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
				return failf(exitUsage, "--base-url %s: write it as people open it, such as https://tocsin.example.com", base)
			}
			l, err := listenOn(listen)
			if err != nil {
				return err
			}
			o := appOptions{data: e.dataDir(data), database: e.database(database), config: cfg, console: l, baseURL: base, log: slog.New(slog.NewJSONHandler(e.err, nil))}
			if publicListen != "" {
				if o.public, err = listenOn(publicListen); err != nil {
					return err
				}
			}
			a, err := newApp(ctx, o)
			if err != nil {
				return err
			}
			for _, name := range unknown(e.environ) {
				fmt.Fprintf(e.err, "! The variable %s sets nothing: there is no such setting (docs/configuration.md)\n", name)
			}
			e.welcome(ctx, a, time.Since(began))
			return a.run(ctx)
		},
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:8080", "address of the console and the API")
	c.Flags().StringVar(&publicListen, "public-listen", "", "address of the public pages, if they have one of their own")
	c.Flags().StringVar(&data, "data", "", "folder that holds the data (default: where your system keeps such things)")
	c.Flags().StringVar(&database, "database", "", "postgres://… instead of a folder; any number of servers may share it (default: $TOCSIN_DATABASE)")
	c.Flags().StringVar(&config, "config", "", "configuration file (YAML)")
	c.Flags().StringVar(&base, "base-url", "", "address people open, if it is not the one listened on")
	return c
}

// welcome tells what runs where, and how the first owner gets in.
func (e *env) welcome(ctx context.Context, a *app, took time.Duration) {
	fmt.Fprintf(e.err, "tocsin %s  ready in %.2f s\n├─ Console  %s\n├─ Public   %s/status\n├─ API      %s/openapi.json\n└─ Data     %s\n",
		version(), took.Seconds(), a.links.Console, a.links.Public, a.links.Console, a.o.where())
	secret, err := a.auth.SetupLink(ctx)
	switch {
	case err == nil:
		fmt.Fprintf(e.err, "! First run. Make the owner here (link works 30 min, once):  %s/setup?token=%s\n", a.links.Console, secret)
	case err != auth.ErrSetUp: //nolint:errorlint // the error is made there
		fmt.Fprintf(e.err, "! The first-run link can't be made: %v\n", err)
	}
	if host, _, err := net.SplitHostPort(a.o.console.Addr().String()); err == nil {
		if ip := net.ParseIP(host); ip != nil && !ip.IsLoopback() {
			fmt.Fprintln(e.err, "! It can be reached from other machines. Put TLS in front of it, and name the address people open with --base-url.")
		}
	}
	fmt.Fprintln(e.err, "  Check anything, any time: tocsin doctor")
}

// where names the database.
func (o appOptions) where() string {
	if o.database != "" {
		return store.Where(o.database) + " (PostgreSQL)"
	}
	return o.data + " (SQLite)"
}

// openStore opens the PostgreSQL of a URL, or, where there is none, the folder.
func openStore(ctx context.Context, dir, database string) (*store.Store, error) {
	if database != "" {
		return store.OpenPostgres(ctx, database)
	}
	return store.Open(ctx, dir)
}

// database is the URL of the PostgreSQL: --database or TOCSIN_DATABASE; empty: there is none.
func (e *env) database(flag string) string {
	if flag == "" {
		flag, _ = lookup(e.environ, "TOCSIN_DATABASE")
	}
	return flag
}

// dataDir is the folder of the data: --data, TOCSIN_DATA, or where the system keeps such things.
func (e *env) dataDir(flag string) string {
	if flag != "" {
		return flag
	}
	if d, ok := lookup(e.environ, "TOCSIN_DATA"); ok && d != "" {
		return d
	}
	if d, ok := lookup(e.environ, "XDG_DATA_HOME"); ok && d != "" {
		return filepath.Join(d, "tocsin")
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".local", "share", "tocsin")
	}
	return "/var/lib/tocsin"
}
