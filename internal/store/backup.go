package store

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// backupFormat is the shape of a backup: a zip of manifest.json and a SQLite database, whichever database it was made of.
const backupFormat = "tocsin.backup/1"

const manifestFile = "manifest.json"

// Manifest tells what a backup holds. There is no secret and no name in it.
type Manifest struct {
	Format  string    `json:"format"`
	Made    time.Time `json:"made"`
	Program string    `json:"program"` // version of the tocsin that made it
	Schema  int64     `json:"schema"`
	Hash    string    `json:"sha256"` // of the database file
	Tables  []Sum     `json:"tables"`
}

// Backup writes everything, as it is at one moment, to a file that must not be there yet. Servers may go on meanwhile. It was read back
// and compared before the file bears its name.
func (s *Store) Backup(ctx context.Context, file, program string, now time.Time) (m Manifest, err error) {
	if _, err := os.Lstat(file); err == nil {
		return m, fmt.Errorf("%s: %w; name another file", file, os.ErrExist)
	}
	dir, err := os.MkdirTemp(filepath.Dir(file), ".tocsin-backup-")
	if err != nil {
		return m, fmt.Errorf("the backup can't be written: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	m = Manifest{Format: backupFormat, Made: now.UTC().Truncate(time.Millisecond), Program: program}
	copied, err := Open(ctx, dir)
	if err != nil {
		return m, err
	}
	m.Tables, err = Copy(ctx, s, copied)
	if err == nil {
		m.Schema, err = copied.schema(ctx)
	}
	if err = errors.Join(err, copied.Close()); err != nil { // closing brings everything into the one file
		return m, err
	}
	if m.Hash, err = hashFile(filepath.Join(dir, DatabaseFile)); err != nil {
		return m, err
	}
	packed := filepath.Join(dir, "backup.zip")
	if err := pack(packed, filepath.Join(dir, DatabaseFile), m); err != nil {
		return m, err
	}
	check := filepath.Join(dir, "check")
	if err := os.Mkdir(check, 0o700); err != nil {
		return m, err
	}
	if _, err := Unpack(ctx, packed, check); err != nil {
		return m, err
	}
	if err := os.Rename(packed, file); err != nil {
		return m, err
	}
	return m, syncDir(filepath.Dir(file))
}

// Unpack checks a backup through and through and puts its database into a folder, where Open finds it.
func Unpack(ctx context.Context, file, dir string) (Manifest, error) {
	var m Manifest
	z, err := zip.OpenReader(file)
	if err != nil {
		return m, fmt.Errorf("%s is no backup: %w", file, err)
	}
	defer func() { _ = z.Close() }()
	text, err := z.Open(manifestFile)
	if err != nil {
		return m, fmt.Errorf("%s is no backup: it has no %s", file, manifestFile)
	}
	defer func() { _ = text.Close() }()
	said, err := io.ReadAll(io.LimitReader(text, 1<<20)) // to its end, where the zip's checksum is looked at
	if err == nil {
		err = json.Unmarshal(said, &m)
	}
	if err != nil || m.Format != backupFormat {
		return m, fmt.Errorf("%s is no backup this tocsin can read: its format is %q", file, m.Format)
	}
	body, err := z.Open(DatabaseFile)
	if err != nil {
		return m, fmt.Errorf("%s is no backup: it has no %s", file, DatabaseFile)
	}
	defer func() { _ = body.Close() }()
	at := filepath.Join(dir, DatabaseFile)
	out, err := os.OpenFile(at, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return m, err
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, h), body)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return m, fmt.Errorf("%s is damaged: %w", file, err)
	}
	if hex.EncodeToString(h.Sum(nil)) != m.Hash {
		return m, fmt.Errorf("%s is damaged: its database is not the one of its manifest", file)
	}
	if err := verify(ctx, at, m.Tables); err != nil {
		return m, fmt.Errorf("%s is damaged: %w", file, err)
	}
	return m, nil
}

// verify has SQLite check a database file, and compares its tables.
func verify(ctx context.Context, file string, want []Sum) error {
	c, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?mode=ro&immutable=1")
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	var said string
	if err := c.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&said); err != nil || said != "ok" {
		return fmt.Errorf("SQLite finds trouble: %s %w", said, err)
	}
	names := make([]string, 0, len(want))
	for _, s := range want {
		if !slices.Contains(tables, s.Table) {
			return fmt.Errorf("it has a table %q, which this tocsin does not know", s.Table)
		}
		names = append(names, s.Table)
	}
	got, err := sums(ctx, c, names)
	if err == nil && !slices.Equal(got, want) {
		err = errors.New("a table is not what the manifest says")
	}
	return err
}

func pack(file, database string, m Manifest) (err error) {
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	z := zip.NewWriter(out)
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	in, err := os.Open(database)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	for _, part := range []struct {
		name string
		from io.Reader
	}{{manifestFile, bytes.NewReader(text)}, {DatabaseFile, in}} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: m.Made})
		if err != nil {
			return err
		}
		if _, err := io.Copy(w, part.from); err != nil {
			return err
		}
	}
	return errors.Join(z.Close(), out.Sync())
}

func hashFile(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), err
}

// syncDir makes the names in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Replace puts the database in one folder in the place of another folder's, and gives the folder where that one's is kept, empty if it
// had none. Nobody may have either open but the one who holds the lock.
func Replace(from, dir string, now time.Time) (kept string, err error) {
	if _, err := os.Lstat(filepath.Join(dir, DatabaseFile)); err == nil {
		kept = filepath.Join(dir, "replaced-"+now.UTC().Format("20060102-150405.000"))
		if err := os.Mkdir(kept, 0o700); err != nil {
			return "", err
		}
	}
	// Its write-ahead log goes with it: beside another database it would be taken for that one's.
	for _, name := range []string{DatabaseFile + "-shm", DatabaseFile + "-wal", DatabaseFile} {
		if kept == "" {
			break
		}
		if err := os.Rename(filepath.Join(dir, name), filepath.Join(kept, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
	}
	if err := os.Rename(filepath.Join(from, DatabaseFile), filepath.Join(dir, DatabaseFile)); err != nil {
		return "", err
	}
	return kept, syncDir(dir)
}
