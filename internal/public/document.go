package public

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

const (
	typeHTML     = "text/html; charset=utf-8"
	typeJSON     = "application/json; charset=utf-8"
	typeMarkdown = "text/markdown; charset=utf-8"
	typeText     = "text/plain; charset=utf-8"
)

// document is something to read, made before anybody asks. One that says of when it is, is made again when it is first read in
// another minute; whoever comes meanwhile reads the one before.
type document struct {
	header http.Header // Content-Type, Cache-Control and the like: shared, never changed
	render func(moment) []byte
	when   func() moment // nil: it never changes

	mu  sync.Mutex
	now atomic.Pointer[printed]
}

// printed is a document of a moment, plain and, from the first time that anybody takes it so, compressed.
type printed struct {
	of    moment
	plain body
	once  sync.Once
	gz    body
}

type body struct {
	bytes        []byte
	etag, length []string
}

// fixed makes a document that does not change.
func fixed(kind string, b []byte) *document {
	d := &document{header: headerOf(kind)}
	d.now.Store(printedOf(moment{}, b))
	return d
}

// timed makes a document that says of when it is.
func (s *Site) timed(kind string, render func(moment) []byte) *document {
	d := &document{header: headerOf(kind), render: render, when: s.moment}
	m := s.moment()
	d.now.Store(printedOf(m, render(m)))
	return d
}

func headerOf(kind string) http.Header {
	h := http.Header{
		"Content-Type":  {kind},
		"Cache-Control": {"public, max-age=10, stale-while-revalidate=60, stale-if-error=86400"},
		"Vary":          {"Accept-Encoding"},
	}
	if kind != typeHTML {
		h["Access-Control-Allow-Origin"] = []string{"*"} // it is for everybody's programs, and holds no secret
	}
	return h
}

func printedOf(m moment, b []byte) *printed { return &printed{of: m, plain: bodyOf(b)} }

// zipped is the compressed variant.
func (p *printed) zipped() *body {
	p.once.Do(func() {
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		_, _ = w.Write(p.plain.bytes) // a buffer takes all
		_ = w.Close()
		p.gz = bodyOf(z.Bytes())
	})
	return &p.gz
}

func bodyOf(b []byte) body {
	sum := sha256.Sum256(b)
	return body{bytes: b, etag: []string{`"` + hex.EncodeToString(sum[:12]) + `"`}, length: []string{strconv.Itoa(len(b))}}
}

// print is the document as it reads now.
func (d *document) print() *printed {
	p := d.now.Load()
	if d.when == nil {
		return p
	}
	m := d.when()
	if p.of == m || !d.mu.TryLock() {
		return p
	}
	defer d.mu.Unlock()
	if p = d.now.Load(); p.of != m {
		p = printedOf(m, d.render(m))
		d.now.Store(p)
	}
	return p
}

// serve answers with the document, or says that the reader has it.
func (d *document) serve(w http.ResponseWriter, r *http.Request, status int) {
	p := d.print()
	b := &p.plain
	h := w.Header()
	for k, v := range d.header {
		h[k] = v
	}
	if takesGzip(r.Header["Accept-Encoding"]) {
		b = p.zipped()
		h["Content-Encoding"] = gzipped
	}
	if status == http.StatusOK {
		h["Etag"] = b.etag
		if had := r.Header["If-None-Match"]; len(had) > 0 && matches(had, b.etag[0]) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h["Content-Length"] = b.length
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b.bytes) // a reader that is gone is its own affair
	}
}

var gzipped = []string{"gzip"}

// takesGzip reads Accept-Encoding.
func takesGzip(accept []string) bool {
	for _, line := range accept {
		for part := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(part, ";")
			if name = strings.TrimSpace(name); strings.EqualFold(name, "gzip") || name == "*" {
				q, isQ := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(params), " ", ""), "q=")
				weight, err := strconv.ParseFloat(q, 64)
				return !isQ || err == nil && weight > 0
			}
		}
	}
	return false
}

// matches reads If-None-Match, by the weak comparison that it asks for.
func matches(had []string, etag string) bool {
	for _, line := range had {
		for part := range strings.SplitSeq(line, ",") {
			if part = strings.TrimPrefix(strings.TrimSpace(part), "W/"); part == etag || part == "*" {
				return true
			}
		}
	}
	return false
}

// marshal writes JSON. What is given to it can always be written.
func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // a test marshals every shape
	}
	return append(b, '\n')
}
