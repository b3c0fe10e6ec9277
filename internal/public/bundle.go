package public

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// BundlePath is where a copy of the whole site is fetched.
const BundlePath = "/status.tar.gz"

// bundles is the last copy that somebody fetched.
type bundles struct {
	mu   sync.Mutex
	etag string
	body []byte
}

// bundleFor is how long a bundle of the same edition holds: what follows from the time alone, such as that an update is late, changes slowly.
const bundleFor = 5 * time.Minute

// bundle gives the whole site as files in one archive (Static), for whoever keeps a copy elsewhere. Whoever has it is told so in a few bytes.
func (s *Site) bundle(w http.ResponseWriter, r *http.Request) {
	etag := fmt.Sprintf(`"%d-%d-%d"`, s.began.UnixMilli(), s.all.Load().n, s.o.Now().Unix()/int64(bundleFor/time.Second))
	h := w.Header()
	h.Set("Etag", etag)
	h.Set("Cache-Control", "public, max-age=10")
	if had := r.Header["If-None-Match"]; len(had) > 0 && matches(had, etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body, err := s.bundled(r.Context(), etag)
	if err != nil {
		h.Del("Etag")
		http.Error(w, "The copy can't be had at the moment.", http.StatusServiceUnavailable)
		return
	}
	h.Set("Content-Type", "application/gzip")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a reader that is gone is its own affair
	}
}

// bundled makes the archive once for all who ask for the same.
func (s *Site) bundled(ctx context.Context, etag string) ([]byte, error) {
	s.bundles.mu.Lock()
	defer s.bundles.mu.Unlock()
	if s.bundles.etag != etag {
		body, err := s.archive(ctx)
		if err != nil {
			return nil, err
		}
		s.bundles.etag, s.bundles.body = etag, body
	}
	return s.bundles.body, nil
}

func (s *Site) archive(ctx context.Context) ([]byte, error) {
	files, err := s.Static(ctx)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	a := tar.NewWriter(z)
	now := s.o.Now().UTC().Truncate(time.Second)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := a.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(files[name])), ModTime: now}); err != nil {
			return nil, err
		}
		if _, err := a.Write(files[name]); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(a.Close(), z.Close()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
