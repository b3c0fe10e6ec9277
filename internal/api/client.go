package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/oklog/ulid/v2"

	"tocsin/internal/blame"
	"tocsin/internal/report"
	"tocsin/internal/runbook"
)

// Client talks to a server. Its errors are *Problem; one whose Code is "unreachable" means that the server was not reached, or that it is
// not known whether the request arrived: sending it again with the same key is safe.
type Client struct {
	server string
	token  string
	http   *http.Client
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 64 << 20

// NewClient makes a client. server is its address, without /api; c nil: http.DefaultClient.
func NewClient(server, token string, c *http.Client) *Client {
	if c == nil {
		c = http.DefaultClient
	}
	return &Client{server: strings.TrimRight(server, "/"), token: token, http: c}
}

// NewKey names a write, so that it can be sent again.
func NewKey() string { return ulid.Make().String() }

// ListOptions narrow a list. Zero values don't.
type ListOptions struct {
	Status, Kind, Query string
	Cursor              string
	Limit               int
}

// Declare declares an incident.
func (c *Client) Declare(ctx context.Context, d Declare, key string) (*Incident, error) {
	return call[*Incident](ctx, c, http.MethodPost, "/api/v1/incidents", nil, d, key)
}

// List gives a page of incidents, newest first, and the cursor of the next page, empty after the last.
func (c *Client) List(ctx context.Context, o ListOptions) ([]Summary, string, error) {
	q := url.Values{}
	for k, v := range map[string]string{"status": o.Status, "kind": o.Kind, "q": o.Query, "cursor": o.Cursor} {
		if v != "" {
			q.Set(k, v)
		}
	}
	if o.Limit > 0 {
		q.Set("limit", strconv.Itoa(o.Limit))
	}
	page, err := call[struct {
		Incidents []Summary
		Next      *string
	}](ctx, c, http.MethodGet, "/api/v1/incidents", q, nil, "")
	if err != nil || page.Next == nil {
		return page.Incidents, "", err
	}
	return page.Incidents, *page.Next, nil
}

// Anniversaries gives the major outages whose day comes back within a week.
func (c *Client) Anniversaries(ctx context.Context) ([]report.Anniversary, error) {
	out, err := call[struct{ Anniversaries []report.Anniversary }](ctx, c, http.MethodGet, "/api/v1/anniversaries", nil, nil, "")
	return out.Anniversaries, err
}

// Show gives an incident: INC-1, 1 or its ULID.
func (c *Client) Show(ctx context.Context, id string) (*Incident, error) {
	return call[*Incident](ctx, c, http.MethodGet, under(id, ""), nil, nil, "")
}

// Timeline gives the timeline by time; public: as the public may read it.
func (c *Client) Timeline(ctx context.Context, id string, public bool) ([]Entry, error) {
	q := url.Values{}
	if public {
		q.Set("public", "1")
	}
	out, err := call[struct{ Entries []Entry }](ctx, c, http.MethodGet, under(id, "timeline"), q, nil, "")
	return out.Entries, err
}

// AddPicture adds a picture to an entry.
func (c *Client) AddPicture(ctx context.Context, id, entry string, file []byte, key string) (Entry, error) {
	return call[Entry](ctx, c, http.MethodPost, under(id, "entries/"+url.PathEscape(entry)+"/pictures"), nil, file, key)
}

// Todo gives the list of a role; empty: of the roles one holds; "all": every list.
func (c *Client) Todo(ctx context.Context, id, role string) ([]Item, error) {
	q := url.Values{}
	if role != "" {
		q.Set("role", role)
	}
	out, err := call[struct{ Items []Item }](ctx, c, http.MethodGet, under(id, "todo"), q, nil, "")
	return out.Items, err
}

// Print gives an incident on paper, for one role or, where it is empty, for all.
func (c *Client) Print(ctx context.Context, id, role string) (Printed, error) {
	q := url.Values{}
	if role != "" {
		q.Set("role", role)
	}
	return call[Printed](ctx, c, http.MethodGet, under(id, "print"), q, nil, "")
}

// Steps gives every step.
func (c *Client) Steps(ctx context.Context, id string) ([]Step, error) {
	out, err := call[struct{ Steps []Step }](ctx, c, http.MethodGet, under(id, "steps"), nil, nil, "")
	return out.Steps, err
}

// Definition gives the definition of a major outage held against what is known.
func (c *Client) Definition(ctx context.Context, id string) (Definition, error) {
	return call[Definition](ctx, c, http.MethodGet, under(id, "definition"), nil, nil, "")
}

// Preview gives the public page as JSON.
func (c *Client) Preview(ctx context.Context, id string) (json.RawMessage, error) {
	return call[json.RawMessage](ctx, c, http.MethodGet, under(id, "preview"), nil, nil, "")
}

// Redactions gives what is taken out of the public text, and why.
func (c *Client) Redactions(ctx context.Context, id string) ([]report.Redaction, error) {
	body, err := call[struct{ Redactions []report.Redaction }](ctx, c, http.MethodGet, under(id, "redactions"), nil, nil, "")
	return body.Redactions, err
}

// Postmortem gives the post-mortem as it stands.
func (c *Client) Postmortem(ctx context.Context, id string) (PostmortemDraft, error) {
	return call[PostmortemDraft](ctx, c, http.MethodGet, under(id, "postmortem"), nil, nil, "")
}

// Blame reads a text for words that look for somebody to blame; with Public, for what does not belong before the public, too.
func (c *Client) Blame(ctx context.Context, t BlameText) ([]blame.Finding, error) {
	body, err := call[Hints](ctx, c, http.MethodPost, "/api/v1/blame", nil, t, "")
	return body.Findings, err
}

// Do gives a command: fields is a struct or map with the fields of its kind, nil for none. key names it; empty: a new one.
func (c *Client) Do(ctx context.Context, id, kind string, fields any, key string) (*Result, error) {
	body, err := command(kind, fields)
	if err != nil {
		return nil, err
	}
	return call[*Result](ctx, c, http.MethodPost, under(id, "commands"), nil, body, key)
}

// Plan tells what a command would do.
func (c *Client) Plan(ctx context.Context, id, kind string, fields any) (*Plan, error) {
	body, err := command(kind, fields)
	if err != nil {
		return nil, err
	}
	return call[*Plan](ctx, c, http.MethodPost, under(id, "plan"), nil, body, "")
}

func command(kind string, fields any) (map[string]any, error) {
	body := map[string]any{}
	if fields != nil {
		src, err := json.Marshal(fields)
		if err == nil {
			err = json.Unmarshal(src, &body)
		}
		if err != nil {
			return nil, problemOf("invalid", "the command can't be written as JSON: "+err.Error())
		}
	}
	out := maps.Clone(body)
	if out == nil {
		out = map[string]any{}
	}
	out["kind"] = kind
	return out, nil
}

// Runbook gives what a new incident is run by.
func (c *Client) Runbook(ctx context.Context) (*runbook.Runbook, error) {
	return call[*runbook.Runbook](ctx, c, http.MethodGet, "/api/v1/runbook", nil, nil, "")
}

// People lists the people of the organisation.
func (c *Client) People(ctx context.Context) ([]Person, error) {
	out, err := call[struct{ People []Person }](ctx, c, http.MethodGet, "/api/v1/people", nil, nil, "")
	return out.People, err
}

// PutPerson adds or changes a person.
func (c *Client) PutPerson(ctx context.Context, p Person, key string) (Person, error) {
	return call[Person](ctx, c, http.MethodPost, "/api/v1/people", nil, p, key)
}

// Me tells who the token stands for.
func (c *Client) Me(ctx context.Context) (Me, error) {
	return call[Me](ctx, c, http.MethodGet, "/api/v1/me", nil, nil, "")
}

// Call sends any request: path begins with /api/v1. body nil: none. The answer is the JSON as it came.
func (c *Client) Call(ctx context.Context, method, path string, body any, key string) (json.RawMessage, error) {
	u, err := url.Parse(path)
	if err != nil {
		return nil, problemOf("invalid", "this is no path: "+path)
	}
	return call[json.RawMessage](ctx, c, method, u.EscapedPath(), u.Query(), body, key)
}

func under(id, what string) string {
	p := "/api/v1/incidents/" + url.PathEscape(id)
	if what != "" {
		p += "/" + what
	}
	return p
}

func call[T any](ctx context.Context, c *Client, method, path string, q url.Values, body any, key string) (T, error) {
	var out T
	res, err := c.send(ctx, method, path, q, body, key, "application/json")
	if err != nil {
		return out, err
	}
	defer func() { _ = res.Body.Close() }()
	src, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return out, unreachable(ctx, c.server, err)
	}
	if len(src) == 0 {
		return out, nil
	}
	if err := json.Unmarshal(src, &out); err != nil {
		return out, &Problem{Title: "Not understood", Code: "internal", Detail: "the server's answer can't be read; is " + c.server + " a Tocsin server?", cause: err}
	}
	return out, nil
}

// send gives an answer that is a success; everything else is a *Problem.
func (c *Client) send(ctx context.Context, method, path string, q url.Values, body any, key, accept string) (*http.Response, error) {
	var src io.Reader
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case []byte:
		src, kind = bytes.NewReader(b), "application/octet-stream"
	default:
		j, err := json.Marshal(body)
		if err != nil {
			return nil, problemOf("invalid", "the request can't be written as JSON: "+err.Error())
		}
		src = bytes.NewReader(j)
	}
	target := c.server + path
	if len(q) > 0 {
		target += "?" + q.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, method, target, src)
	if err != nil {
		return nil, problemOf("invalid", "this is no address of a server: "+c.server)
	}
	r.Header.Set("Accept", accept)
	r.Header.Set("User-Agent", "tocsin")
	if body != nil {
		r.Header.Set("Content-Type", kind)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if method != http.MethodGet {
		if key == "" {
			key = NewKey()
		}
		r.Header.Set("Idempotency-Key", key)
	}
	res, err := c.http.Do(r)
	if err != nil {
		return nil, unreachable(ctx, c.server, err)
	}
	if res.StatusCode < 300 {
		return res, nil
	}
	defer func() { _ = res.Body.Close() }()
	return nil, readProblem(res)
}

func unreachable(ctx context.Context, server string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // without the address: it is said already
	}
	return &Problem{Type: "about:blank", Title: "Not reachable", Code: "unreachable", Detail: fmt.Sprintf("%s can't be reached: %v", server, err), cause: err}
}

// readProblem reads an error. What is no problem+json comes from something in between.
func readProblem(res *http.Response) *Problem {
	p := &Problem{}
	src, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if !strings.HasPrefix(res.Header.Get("Content-Type"), problemType) || json.Unmarshal(src, p) != nil || p.Code == "" {
		p = &Problem{Code: "internal", Detail: fmt.Sprintf("the server answered %s without saying why; is it a Tocsin server?", res.Status)}
		switch res.StatusCode {
		case http.StatusNotFound:
			p.Code = "not_found"
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
			p.Code = "forbidden"
		case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			p.Code = "unreachable"
		}
	}
	p.Status = res.StatusCode
	p.RetryAfter, _ = strconv.Atoi(res.Header.Get("Retry-After"))
	return p.whole()
}
