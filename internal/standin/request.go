package standin

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// request is a call whose body was read.
type request struct {
	*http.Request
	body []byte
	args map[string]any // query, then the object in the body: JSON values, or strings of a form
	base string
	now  time.Time     // when it takes effect
	lag  time.Duration // how long what is new stays out of lists
}

// arg gives a named value as a string, whether it came in the query, a form or as JSON; "" if it is not there.
func (r *request) arg(name string) string {
	switch v := r.args[name].(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	default:
		b, _ := json.Marshal(v)
		return string(b)
	}
}

// has tells whether a named value came at all.
func (r *request) has(name string) bool {
	_, ok := r.args[name]
	return ok
}

// number reads a whole number fallback if there is none.
func (r *request) number(name string, fallback int) int {
	n, err := strconv.Atoi(cmp.Or(r.arg(name), "-"))
	if err != nil {
		return fallback
	}
	return n
}

// flag reads a truth value; ok is false if it is none.
func (r *request) flag(name string) (value, ok bool) {
	switch r.arg(name) {
	case "true", "1":
		return true, true
	case "false", "0":
		return false, true
	}
	return false, false
}

// bearer gives the token of the Authorization header, "" if there is no well-formed one.
func (r *request) bearer() string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || strings.ContainsAny(token, " \t,") {
		return ""
	}
	return token
}

// birth is when an object came to be and from when on lists show it.
type birth struct{ born, shown time.Time }

func (r *request) birth() birth { return birth{r.now, r.now.Add(r.lag)} }

// lists tells whether a list that r asks for shows an object born so.
func (r *request) lists(b birth) bool { return !r.now.Before(b.shown) && r.now.Sub(b.born) >= r.lag }

// maxBody is the most that is read of a body.
const maxBody = 16 << 20

// read makes a request of in; decoded is its body as /_calls tells it.
func read(in *http.Request, base string) (r *request, decoded any) {
	r = &request{Request: in, base: base, now: time.Now().UTC(), args: map[string]any{}}
	for name, values := range in.URL.Query() {
		r.args[name] = strings.Join(values, ",")
	}
	r.body, _ = io.ReadAll(io.LimitReader(in.Body, maxBody))
	decoded = decode(in.Header.Get("Content-Type"), r.body)
	if fields, ok := decoded.(map[string]any); ok {
		for name, v := range fields {
			r.args[name] = v
		}
	}
	return r, decoded
}

// decode gives the object of a JSON or form body, else its text; nil for an empty one.
func decode(contentType string, body []byte) any {
	if len(body) == 0 {
		return nil
	}
	media, _, _ := mime.ParseMediaType(contentType)
	if media == "application/x-www-form-urlencoded" {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return string(body)
		}
		fields := map[string]any{}
		for name, values := range form {
			fields[name] = strings.Join(values, ",")
		}
		return fields
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil || d.More() {
		return string(body)
	}
	return v
}

// reply is an answer not yet sent.
type reply struct {
	status int
	header map[string]string
	body   any // nil: none; document: as it is; anything else as JSON
}

// document is a body that is not JSON.
type document struct {
	mediaType string
	text      string
}

// with gives the reply with one more header.
func (r reply) with(name, value string) reply {
	header := map[string]string{name: value}
	for k, v := range r.header {
		header[k] = v
	}
	header[name] = value
	r.header = header
	return r
}

// encoded gives the bytes to send and their media type.
func (r reply) encoded() ([]byte, string) {
	switch body := r.body.(type) {
	case nil:
		return nil, ""
	case document:
		return []byte(body.text), body.mediaType
	default:
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(body); err != nil {
			panic(err) // a body of ours that is no JSON is a mistake in this package
		}
		return bytes.TrimSpace(b.Bytes()), "application/json; charset=utf-8"
	}
}

// opaque makes something as long and meaningless as an id or token, the same for the same words.
func opaque(words ...any) string {
	sum := sha256.Sum256([]byte(fmt.Sprint(words...)))
	return strings.NewReplacer("-", "x", "_", "y").Replace(base64.RawURLEncoding.EncodeToString(sum[:]))
}

// oneOf is a short way to ask whether a value is among a few.
func oneOf(value string, among ...string) bool { return slices.Contains(among, value) }
