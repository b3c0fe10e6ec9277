package mirror

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"tocsin/internal/catalogue"
	"tocsin/internal/public"
)

// Options set a Mirror up.
type Options struct {
	From   string        // address of the public pages, without a trailing slash
	Dir    string        // where the copy is kept
	Every  time.Duration // between looks; 0: 15 s
	Now    func() time.Time
	Client *http.Client
}

// Mirror keeps a copy of public pages and serves it. It is safe for concurrent use.
type Mirror struct {
	o Options

	mu    sync.RWMutex
	files map[string][]byte // by path of the site
	etag  string
	met   time.Time // when the source last answered
	lost  time.Time // since when it has not; zero: it does
}

// silence is how long the source may say nothing before the pages say so.
const silence = 45 * time.Second

// New makes a mirror, with what an earlier one left in the folder.
func New(o Options) (*Mirror, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 30 * time.Second}
	}
	if o.Every <= 0 {
		o.Every = 15 * time.Second
	}
	files, err := Read(o.Dir)
	if err != nil {
		return nil, err
	}
	m := &Mirror{o: o, lost: o.Now()}
	m.take(files)
	return m, nil
}

func (m *Mirror) take(files map[string][]byte) {
	m.files = map[string][]byte{}
	for name, b := range files {
		if p := public.PathOf(name); p != "" {
			m.files[p] = b
		}
		m.files["/"+name] = b
	}
}

// Run looks at the source again and again, until ctx ends. told hears of each failure, and of nothing else.
func (m *Mirror) Run(ctx context.Context, told func(error)) {
	beat := time.NewTicker(m.o.Every)
	defer beat.Stop()
	for {
		if err := m.Look(ctx); err != nil && ctx.Err() == nil {
			told(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
	}
}

// Look fetches a newer copy if there is one, and keeps it: on the disk first, then for readers. A copy that is broken or comes in half changes nothing.
func (m *Mirror) Look(ctx context.Context) error {
	m.mu.RLock()
	etag := m.etag
	m.mu.RUnlock()
	archive, etag, err := m.fetch(ctx, etag)
	var files map[string][]byte
	if err == nil && archive != nil {
		if files, err = Unpack(archive); err == nil {
			_, err = Write(m.o.Dir, files)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil {
		if m.lost.IsZero() {
			m.lost = m.o.Now()
		}
		return err
	}
	m.met, m.lost = m.o.Now(), time.Time{}
	if files != nil {
		m.etag = etag
		m.take(files)
	}
	return nil
}

// fetch gets the archive; nil if it is the one that is known.
func (m *Mirror) fetch(ctx context.Context, etag string) ([]byte, string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, m.o.From+public.BundlePath, nil)
	if err != nil {
		return nil, "", err
	}
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	res, err := m.o.Client.Do(r)
	if err != nil {
		return nil, "", fmt.Errorf("the source can't be reached: %w", err)
	}
	defer func() { _ = res.Body.Close() }() // it was read, or is of no use
	switch res.StatusCode {
	case http.StatusNotModified:
		return nil, etag, nil
	case http.StatusOK:
	default:
		return nil, "", fmt.Errorf("the source answers %s", res.Status)
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, mostFiles))
	if err == nil && res.ContentLength >= 0 && int64(len(b)) != res.ContentLength {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, "", fmt.Errorf("the copy did not come whole: %w", err)
	}
	return b, res.Header.Get("Etag"), nil
}

var kinds = map[string]string{".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".json": "application/json; charset=utf-8", ".md": "text/markdown; charset=utf-8", ".svg": "image/svg+xml",
	".png": "image/png", ".jpg": "image/jpeg", ".atom": "application/atom+xml; charset=utf-8", ".rss": "application/rss+xml; charset=utf-8", ".txt": "text/plain; charset=utf-8"}

// ServeHTTP answers from the copy, and says on every page when the source has been silent.
func (m *Mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "This can only be read.", http.StatusMethodNotAllowed)
		return
	}
	m.mu.RLock()
	files, met, lost := m.files, m.met, m.lost
	m.mu.RUnlock()
	if len(files) == 0 {
		h.Set("Retry-After", strconv.Itoa(int(m.o.Every/time.Second)))
		http.Error(w, "There is no copy yet. The source could not be reached so far.", http.StatusServiceUnavailable)
		return
	}
	p := r.URL.Path
	tongue := choose(r)
	b, ok := files["/"+public.FileOf(p, tongue.Tag)]
	if !ok { // an older copy, or no page
		b, ok = files[p]
	}
	switch page, older := strings.CutPrefix(p, "/history/"); {
	case p == "/" || p == "/status/":
		h.Set("Location", "/status")
		w.WriteHeader(http.StatusFound)
		return
	case ok && older: // its links lead from the folder of the copy
		h.Set("Location", "/history-"+page+".html")
		w.WriteHeader(http.StatusFound)
		return
	case !ok:
		http.Error(w, "There is no such page in this copy. What is going on stands at /status", http.StatusNotFound)
		return
	}
	kind, known := kinds[path.Ext(p)]
	if !known {
		kind = kinds[".html"]
	}
	silent := !lost.IsZero() && m.o.Now().Sub(lost) > silence || met.IsZero()
	if silent {
		if kind == kinds[".html"] {
			b = said(tongue, b, lost)
		}
		h.Set("Warning", `111 - "Revalidation Failed"`)
	}
	if !met.IsZero() {
		h.Set("Age", strconv.Itoa(max(0, int(m.o.Now().Sub(met)/time.Second))))
	}
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "public, max-age=10, stale-if-error=86400")
	h.Set("Vary", "Accept-Language")
	h.Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b) // a reader that is gone is its own affair
	}
}

// choose is the language a page is read in: that of its file's name, the one that is asked for, or the one the browser prefers.
func choose(r *http.Request) *catalogue.Language {
	for _, tag := range []string{strings.TrimPrefix(path.Ext(strings.TrimSuffix(r.URL.Path, ".html")), "."), r.URL.Query().Get("lang")} {
		if l, ok := catalogue.Named(tag); ok {
			return l
		}
	}
	return catalogue.Preferred(r.Header.Get("Accept-Language"))
}

// said puts the notice on a page that its source is silent.
func said(l *catalogue.Language, page []byte, since time.Time) []byte {
	notice := `<p class="stale" role="status"><b>` + html.EscapeString(l.T("The source has not answered since %s.", l.Date(since.UTC(), "2 Jan 2006, 15:04 UTC"))) + `</b> ` +
		html.EscapeString(l.T("This is the last copy; what you read was true when it was made.")) + `</p>`
	return bytes.Replace(page, []byte(`<main id="main">`), []byte(notice+`<main id="main">`), 1)
}
