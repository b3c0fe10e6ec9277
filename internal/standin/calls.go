package standin

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// call is one request to a provider, as GET /_calls tells it.
type call struct {
	N        int               `json:"n"`        // from 1, in the order of arrival
	At       string            `json:"at"`       // RFC 3339, UTC
	Provider string            `json:"provider"` // slack, zoom, google, youtube, x, mastodon, bluesky, gitlab, webhook or smtp
	Method   string            `json:"method"`
	Path     string            `json:"path"`    // as sent, percent-encoded, with the prefix, without the query
	Query    map[string]string `json:"query"`   // repeated names joined by commas
	Headers  map[string]string `json:"headers"` // secrets masked
	Body     any               `json:"body"`    // the decoded object of a JSON or form body, else the text; null if empty
	Status   int               `json:"status"`  // 0 if no answer was sent, or not yet
}

// mask stands in for a secret.
const mask = "***"

var (
	secretHeaders = []string{"Authorization", "Proxy-Authorization", "Private-Token", "Cookie"}
	secretFields  = []string{"client_secret", "assertion", "refresh_token", "access_token", "token", "stream_key", "password"}
)

// record notes a call that came in.
func (w *world) record(p *provider, in *http.Request, sent string, body any) *call {
	c := &call{
		At: time.Now().UTC().Format(time.RFC3339Nano), Provider: p.name, Method: in.Method, Path: sent,
		Query: map[string]string{}, Headers: map[string]string{}, Body: masked(body),
	}
	for name, values := range in.URL.Query() {
		c.Query[name] = strings.Join(values, ",")
	}
	for _, name := range secretFields {
		if c.Query[name] != "" {
			c.Query[name] = mask
		}
	}
	for name, values := range in.Header {
		c.Headers[name] = strings.Join(values, ", ")
	}
	for _, name := range secretHeaders {
		if value := c.Headers[name]; value != "" {
			c.Headers[name] = mask
			if scheme, _, ok := strings.Cut(value, " "); ok {
				c.Headers[name] = scheme + " " + mask
			}
		}
	}
	w.note(c)
	return c
}

func (w *world) note(c *call) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c.N = len(w.calls) + 1
	w.calls = append(w.calls, c)
}

// answered notes the status that a call was answered with.
func (w *world) answered(c *call, status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c.Status = status
}

// masked gives a body with its secrets blanked.
func masked(body any) any {
	fields, ok := body.(map[string]any)
	if !ok {
		return body
	}
	fields = maps.Clone(fields)
	for _, name := range secretFields {
		if _, ok := fields[name]; ok {
			fields[name] = mask
		}
	}
	return fields
}

// sentPath is the path as it came over the wire.
func sentPath(in *http.Request) string {
	if u, err := url.ParseRequestURI(in.RequestURI); err == nil && in.RequestURI != "*" {
		return u.EscapedPath()
	}
	return in.URL.EscapedPath()
}

// told gives the calls so far, as they are now.
func (w *world) told() []call {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]call, len(w.calls))
	for i, c := range w.calls {
		all[i] = *c
	}
	return all
}
