// Package mirror keeps the last copy of the public pages where the core is not: on a disk, and served from there while the core is down.
package mirror

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// manifest lists the files of a copy in its folder, so that those of an earlier copy can be told from other people's.
const manifest = ".tocsin-copy"

const (
	mostFile  = 32 << 20
	mostFiles = 512 << 20
)

// Unpack reads the archive of a copy. Errors: it is broken, too large, or holds names that lead out of its folder.
func Unpack(archive []byte) (map[string][]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, fmt.Errorf("this is no copy of public pages: %w", err)
	}
	files, total := map[string][]byte{}, 0
	for a := tar.NewReader(z); ; {
		h, err := a.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the copy is broken: %w", err)
		}
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(h.Name) || strings.HasPrefix(filepath.Base(h.Name), ".") {
			return nil, fmt.Errorf("the copy holds %q, which is no file of public pages", h.Name)
		}
		b, err := io.ReadAll(io.LimitReader(a, mostFile+1))
		if err != nil {
			return nil, fmt.Errorf("the copy is broken: %w", err)
		}
		if total += len(b); len(b) > mostFile || total > mostFiles {
			return nil, errors.New("the copy is too large")
		}
		files[h.Name] = b
	}
	if files["index.html"] == nil {
		return nil, errors.New("the copy has no status page")
	}
	return files, nil
}

// Read gives the copy in a folder; no files if there is none.
func Read(dir string) (map[string][]byte, error) {
	names, err := listed(dir)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(dir, name)) //nolint:gosec // a folder of the operator's
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err == nil {
			files[name] = b
		}
	}
	return files, nil
}

// Write puts a copy into a folder, which is empty or holds an earlier copy. Each file is replaced at once and whole, the status page last, so that
// whoever reads meanwhile finds no half of anything; what an earlier copy had and this one has not is taken away at the end. It returns how
// many files were written: those that are the same already are left alone.
func Write(dir string, files map[string][]byte) (written int, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // it is public
		return 0, err
	}
	before, err := listed(dir)
	if err != nil {
		return 0, err
	}
	names := slices.SortedFunc(maps.Keys(files), func(a, b string) int {
		rank := map[string]int{"index.html": 1}
		if d := rank[a] - rank[b]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	if err := replace(filepath.Join(dir, manifest), []byte(strings.Join(slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(before), names...)))), "\n")+"\n")); err != nil {
		return 0, err
	}
	for _, name := range names {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if had, err := os.ReadFile(to); err == nil && bytes.Equal(had, files[name]) { //nolint:gosec // a folder of the operator's
			continue
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil { //nolint:gosec // it is public
			return written, err
		}
		if err := replace(to, files[name]); err != nil {
			return written, err
		}
		written++
	}
	for _, name := range before {
		if files[name] == nil {
			if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return written, err
			}
		}
	}
	return written, replace(filepath.Join(dir, manifest), []byte(strings.Join(slices.Sorted(slices.Values(names)), "\n")+"\n"))
}

// listed are the files of the copy that a folder holds. ErrOthers: the folder holds something else.
func listed(dir string) ([]string, error) {
	b, err := os.ReadFile(filepath.Join(dir, manifest)) //nolint:gosec // a folder of the operator's
	if err == nil {
		var names []string
		for name := range strings.FieldsSeq(string(b)) {
			if filepath.IsLocal(name) {
				names = append(names, name)
			}
		}
		return names, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	there, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && len(there) > 0 {
		err = fmt.Errorf("%s: %w", dir, ErrOthers)
	}
	return nil, err
}

// ErrOthers is that a folder holds files that are no copy of public pages.
var ErrOthers = errors.New("it holds other files; name an empty folder")

// replace writes a file beside the one it is to be, and puts it in its place.
func replace(to string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(to), ".tocsin-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()) //nolint:gosec // it is public
	if err == nil {
		err = os.Rename(f.Name(), to)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
