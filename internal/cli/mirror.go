package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tocsin/internal/mirror"
)

// publishVerb writes the public pages as files, from the data itself: it needs no running server.
func publishVerb(e *env) *cobra.Command {
	var to, from, data, database, config, base string
	c := &cobra.Command{Use: "publish --to DIR", Short: "Write the public pages as files that any web server can serve", Args: cobra.NoArgs,
		Long: "Write status page, outages, history, feeds and status API as files: from the data, or with --from as a running server shows them. Each file is replaced whole; links lead from file to file, and each page says when the copy was made.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to == "" {
				return failf(exitUsage, "say where the files go: --to DIR")
			}
			ctx := cmd.Context()
			var files map[string][]byte
			var err error
			if from != "" {
				var m *mirror.Mirror
				if m, err = mirror.New(mirror.Options{From: strings.TrimSuffix(from, "/"), Dir: to}); err == nil {
					err = m.Look(ctx)
				}
				if err != nil {
					return copyFault(err)
				}
				e.say("%s holds what %s shows", to, from)
				return nil
			}
			cfg, err := loadConfig(config, e.environ)
			if err != nil {
				return failf(exitUsage, "%w", err)
			}
			a, err := newApp(ctx, appOptions{data: e.dataDir(data), database: e.database(database), config: cfg, baseURL: strings.TrimSuffix(base, "/"), reading: true, log: slog.New(slog.DiscardHandler)})
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, a.store.Close()) }()
			if err := a.learn(ctx); err != nil {
				return err
			}
			if err := a.publish(ctx); err != nil {
				return err
			}
			if files, err = a.site.Static(ctx); err != nil {
				return err
			}
			n, err := mirror.Write(to, files)
			if err != nil {
				return copyFault(err)
			}
			e.say("%s: %d files, %d of them written now", to, len(files), n)
			return nil
		}}
	c.Flags().StringVar(&to, "to", "", "folder; empty, or an earlier copy")
	c.Flags().StringVar(&from, "from", "", "address of the public pages of a running server, instead of the data")
	c.Flags().StringVar(&data, "data", "", "data folder")
	c.Flags().StringVar(&database, "database", "", "postgres://… instead of a folder")
	c.Flags().StringVar(&config, "config", "", "configuration file (YAML)")
	c.Flags().StringVar(&base, "base-url", "http://127.0.0.1:8080", "address of the public pages, for feeds and links that must name it")
	return c
}

func copyFault(err error) error {
	if errors.Is(err, mirror.ErrOthers) {
		return failf(exitUsage, "%w", err)
	}
	return failf(exitFailed, "%w", err)
}

// mirrorVerb serves the last copy of the public pages from another machine.
func mirrorVerb(e *env) *cobra.Command {
	var from, to, listen string
	var every time.Duration
	c := &cobra.Command{Use: "mirror --from URL --to DIR", Short: "Keep and serve the last copy of the public pages, for when the server is down", Args: cobra.NoArgs,
		Long:    "Run this on another machine, under the address that the public knows. It looks for a newer copy again and again, keeps it on the disk, and serves it; when the source is silent, its pages say since when.",
		Example: "  tocsin mirror --from https://tocsin.example.com --to /var/lib/tocsin-mirror --listen :8080",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := context.WithCancel(cmd.Context())
			defer stop()
			if from == "" || to == "" {
				return failf(exitUsage, "say of what and where the copy is kept: --from URL --to DIR")
			}
			if every < time.Second {
				return failf(exitUsage, "--every %s: at least a second", every)
			}
			m, err := mirror.New(mirror.Options{From: strings.TrimSuffix(from, "/"), Dir: to, Every: every})
			if err != nil {
				return copyFault(err)
			}
			l, err := listenOn(listen)
			if err != nil {
				return err
			}
			log := slog.New(slog.NewJSONHandler(e.err, nil))
			fmt.Fprintf(e.err, "tocsin mirror %s\n├─ Copy of  %s\n├─ Kept in  %s\n└─ Public   http://%s/status\n", version(), from, to, l.Addr())
			go m.Run(ctx, func(err error) { log.Warn("the last copy goes on being served", "error", err) })
			srv := &http.Server{Handler: m, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
			go func() {
				<-ctx.Done()
				_ = srv.Close() // nothing it answers takes long
			}()
			return ignoreClosed(srv.Serve(l))
		}}
	c.Flags().StringVar(&from, "from", "", "address of the public pages")
	c.Flags().StringVar(&to, "to", "", "folder the copy is kept in; empty, or an earlier copy")
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:8081", "address to serve it on")
	c.Flags().DurationVar(&every, "every", 15*time.Second, "how often to look for a newer one")
	return c
}
