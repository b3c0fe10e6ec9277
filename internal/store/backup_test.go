package store_test

import (
	"archive/zip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/store"
	"tocsin/internal/store/storetest"
)

// TestBackup backs each kind of database up while somebody writes, and reads it back: whole commands, none of them half.
func TestBackup(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		s := d.Open(t)
		fill(t, s)
		stop := make(chan bool)
		var writer sync.WaitGroup
		writer.Go(func() {
			for seq := int64(21); ; seq += 2 {
				select {
				case <-stop:
					return
				default:
				}
				a := store.Append{ID: "01A", Was: seq, Entries: []incident.Entry{said(seq + 1), said(seq + 2)}, Summary: summary("01A", seq+2)}
				if _, err := s.Append(t.Context(), a); err != nil {
					t.Error(err)
					return
				}
			}
		})
		file := filepath.Join(t.TempDir(), "tocsin.backup")
		made, err := s.Backup(t.Context(), file, "test", time.Now())
		close(stop)
		writer.Wait()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Backup(t.Context(), file, "test", time.Now()); !errors.Is(err, os.ErrExist) {
			t.Errorf("over another file: %v", err)
		}
		dir := t.TempDir()
		m, err := store.Unpack(t.Context(), file, dir)
		if err != nil || !reflect.DeepEqual(made, m) {
			t.Fatalf("%v, %+v, want %+v", err, m, made)
		}
		back := storetest.Database{Kind: "sqlite", Dir: dir}.Open(t)
		log, err := back.Entries(t.Context(), "01A", 0)
		if err != nil || len(log) < 21 || len(log)%2 != 1 {
			t.Errorf("%d entries, %v", len(log), err)
		}
		want, err := s.Entries(t.Context(), "01A", 0)
		if err != nil || !reflect.DeepEqual(log, want[:len(log)]) {
			t.Errorf("the log came back otherwise, %v", err)
		}
		if left, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
}

// TestDamagedBackup turns bytes of what is in a backup around: no damage passes unseen.
func TestDamagedBackup(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	fill(t, s)
	file := filepath.Join(t.TempDir(), "tocsin.backup")
	if _, err := s.Backup(t.Context(), file, "test", time.Now()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad.backup")
	unpack := func(body []byte) error {
		if err := os.WriteFile(bad, body, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := store.Unpack(t.Context(), bad, t.TempDir())
		return err
	}
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	for _, f := range z.File {
		from, err := f.DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		size := int64(f.CompressedSize64) //nolint:gosec // some kilobytes
		for at := from; at < from+size; at += max(1, size/30) {
			body := append([]byte(nil), whole...)
			body[at] ^= 0x55
			if err := unpack(body); err == nil {
				t.Errorf("byte %d of %s was turned around unseen", at-from, f.Name)
			}
		}
	}
	for name, body := range map[string][]byte{"half": whole[:len(whole)/2], "nothing": nil, "another file": []byte("hello"), "another zip": zipOf(t, "readme.txt", "hello"),
		"a later format": zipOf(t, "manifest.json", `{"format":"tocsin.backup/2"}`)} {
		if err := unpack(body); err == nil || !strings.Contains(err.Error(), "backup") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func zipOf(t *testing.T, name, text string) []byte {
	t.Helper()
	var b strings.Builder
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return []byte(b.String())
}
