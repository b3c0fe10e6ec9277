package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"tocsin/internal/store"
)

// movedTo is the setting of a folder whose data went to another database: it must not be served any more.
const movedTo = "moved_to"

func migrateVerb(e *env) *cobra.Command {
	var from, to string
	c := &cobra.Command{
		Use:   "migrate --from DIR --to postgres://…",
		Short: "Move a data folder to PostgreSQL",
		Long: `Move everything in a data folder to an empty PostgreSQL database, all of it or nothing. Every table is read back and compared before it is
kept. Stop the server first; an incident that is under way goes on as soon as a server runs on the new database. The folder stays as it
was, but can't be served any more.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			ctx := cmd.Context()
			if to = e.database(to); from == "" || to == "" {
				return failf(exitUsage, "say where from and where to: tocsin migrate --from DIR --to postgres://…")
			}
			src, err := openFolder(ctx, from)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, src.Close()) }()
			sums, err := copyTo(ctx, src, to)
			if err != nil {
				return err
			}
			if err := src.PutSetting(ctx, movedTo, store.Where(to)); err != nil {
				return fmt.Errorf("everything is in %s now, but the folder can't be marked: don't serve it again: %w", store.Where(to), err)
			}
			return e.print(map[string]any{"to": store.Where(to), "tables": sums}, func() {
				e.tables(sums)
				e.say("All rows are there and the same. Next: tocsin serve --database %s", store.Where(to))
			})
		},
	}
	c.Flags().StringVar(&from, "from", "", "data folder")
	c.Flags().StringVar(&to, "to", "", "postgres://… of an empty database (default: $TOCSIN_DATABASE)")
	return c
}

// openFolder opens a data folder that is there and that nobody serves, and keeps servers off it.
func openFolder(ctx context.Context, dir string) (*store.Store, error) {
	if _, err := os.Stat(filepath.Join(dir, store.DatabaseFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, failf(exitNotFound, "%s: there is no data in this folder", dir)
	}
	s, err := store.Open(ctx, dir)
	if err != nil {
		return nil, err
	}
	if err := s.Lock(); err != nil {
		return nil, errors.Join(failf(exitConflict, "%s: %w; stop it first", dir, err), s.Close())
	}
	if err := notMoved(ctx, s, dir); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// copyTo puts everything into an empty PostgreSQL database.
func copyTo(ctx context.Context, src *store.Store, database string) (sums []store.Sum, err error) {
	dst, err := store.OpenPostgres(ctx, database)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	sums, err = store.Copy(ctx, src, dst)
	if errors.Is(err, store.ErrNotEmpty) {
		return nil, failf(exitConflict, "%s: %w; make an empty database and name that", store.Where(database), err)
	}
	return sums, err
}

// notMoved refuses a folder whose data went elsewhere: two servers would carry out the same incidents.
func notMoved(ctx context.Context, s *store.Store, dir string) error {
	where, err := s.Setting(ctx, movedTo)
	if err == nil && where != "" {
		return failf(exitConflict, "%s was moved to %s; serve that with --database", dir, where)
	}
	return err
}

func (e *env) tables(sums []store.Sum) {
	for _, s := range sums {
		fmt.Fprintf(e.out, "%-10s %8d  %s\n", s.Table, s.Rows, s.Hash)
	}
}
