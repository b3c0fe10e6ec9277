package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/spf13/cobra"

	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/store"
)

func backupVerb(e *env) *cobra.Command {
	var data, database string
	c := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write everything to a file, while the server runs",
		Long: `Write everything to a file, as it is at one moment, while the server goes on. The file is checked before it bears its name. It holds all
that was written and hashes of tokens: keep it as you keep the database. The secrets of services are in your configuration, not in it.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			s, err := openStore(cmd.Context(), e.dataDir(data), e.database(database))
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.Close()) }()
			m, err := s.Backup(cmd.Context(), args[0], version(), time.Now())
			if errors.Is(err, os.ErrExist) {
				return failf(exitConflict, "%w", err)
			} else if err != nil {
				return err
			}
			return e.print(m, func() {
				e.tables(m.Tables)
				e.say("%s is whole. Bring it back with: tocsin restore %s --confirm", args[0], args[0])
			})
		},
	}
	c.Flags().StringVar(&data, "data", "", "data folder")
	c.Flags().StringVar(&database, "database", "", "postgres://… instead of a folder (default: $TOCSIN_DATABASE)")
	return c
}

func restoreVerb(e *env) *cobra.Command {
	var data, database string
	var confirm bool
	c := &cobra.Command{
		Use:   "restore FILE --confirm",
		Short: "Bring a backup back",
		Long: `Put a backup in the place of what a data folder holds, or into an empty PostgreSQL database. Stop the server first. A folder's own data is
kept aside, not deleted. What was written after the backup is lost, but what it led to in the world is not: every step that the backup
does not know to be done is looked up at its service before anything is sent, and where nobody can look it up, a person is asked.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, database := e.dataDir(data), e.database(database)
			where := appOptions{data: dir, database: database}.where()
			if !confirm {
				return failf(exitUsage, "this replaces what is in %s; say --confirm if that is meant", where)
			}
			m, kept, err := restore(cmd.Context(), args[0], dir, database)
			if err != nil {
				return err
			}
			return e.print(map[string]any{"to": where, "kept": kept, "backup": m}, func() {
				e.tables(m.Tables)
				e.say("%s is as it was at %s. Steps are looked up before anything is sent.", where, m.Made.Format(time.RFC3339))
				if kept != "" {
					e.say("What was there is kept in %s.", kept)
				}
			})
		},
	}
	c.Flags().StringVar(&data, "data", "", "data folder")
	c.Flags().StringVar(&database, "database", "", "postgres://… of an empty database, instead of a folder (default: $TOCSIN_DATABASE)")
	c.Flags().BoolVar(&confirm, "confirm", false, "yes, replace what is there")
	return c
}

// restore brings a backup to a folder or an empty database, and gives the folder where what was there is kept.
func restore(ctx context.Context, file, dir, database string) (m store.Manifest, kept string, err error) {
	beside := ""
	if database == "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return m, "", fmt.Errorf("the data folder can't be made: %w; choose another with --data", err)
		}
		lock, err := store.LockFolder(dir)
		if err != nil {
			return m, "", failf(exitConflict, "%s: %w; stop it first", dir, err)
		}
		defer func() { _ = lock.Close() }()
		beside = dir // so that it can be renamed into place
	}
	work, err := os.MkdirTemp(beside, ".tocsin-restore-")
	if err != nil {
		return m, "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	if m, err = store.Unpack(ctx, file, work); err != nil {
		return m, "", failf(exitFailed, "%w", err)
	}
	s, err := store.Open(ctx, work)
	if err != nil {
		return m, "", err
	}
	err = cut(ctx, s, m.Made)
	if err == nil && database != "" {
		_, err = copyTo(ctx, s, database)
	}
	if err = errors.Join(err, s.Close()); err != nil || database != "" {
		return m, "", err
	}
	kept, err = store.Replace(work, dir, time.Now())
	return m, kept, err
}

// cut writes into every log that it is from a backup.
func cut(ctx context.Context, s *store.Store, made time.Time) error {
	if err := s.PutSetting(ctx, movedTo, ""); err != nil { // the backup may be of a folder that was moved later
		return err
	}
	if err := s.CutLetters(ctx, time.Now()); err != nil {
		return err
	}
	l := ledger.New(s, ledger.Options{})
	ids, err := s.IDs(ctx)
	if err != nil {
		return err
	}
	c := &incident.Restore{ID: ulid.Make().String(), Made: made}
	for _, id := range ids {
		if _, err := l.Do(ctx, ledger.Request{Incident: id, Actor: incident.System, Command: c}); err != nil {
			return err
		}
	}
	return nil
}
