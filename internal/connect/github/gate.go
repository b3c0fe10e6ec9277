package github

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"tocsin/internal/connect"
)

// gate stands between the GitHub library and the network: it judges every answer, and lets only whole, readable successes through.
type gate struct {
	client *http.Client
	token  string
}

// RoundTrip sends req. Its errors are *connect.Error.
func (g gate) RoundTrip(req *http.Request) (*http.Response, error) {
	answer, err := connect.Send(g.client, provider, req.Clone(req.Context()))
	if err != nil {
		return nil, err
	}
	if answer.Status >= 300 {
		return nil, g.refusal(req, answer)
	}
	var any json.RawMessage
	if err := answer.JSON(provider, &any); err != nil {
		return nil, err
	}
	return &http.Response{
		Status: http.StatusText(answer.Status), StatusCode: answer.Status, Header: answer.Header, Request: req,
		Body: io.NopCloser(bytes.NewReader(answer.Body)), ContentLength: int64(len(answer.Body)),
	}, nil
}

// problem is GitHub's word on what is wrong.
type problem struct {
	Message string `json:"message"`
	Errors  []wrong
}

// wrong is one field that GitHub won't take; in old places a plain text.
type wrong struct{ Field, Code, Message string }

// UnmarshalJSON reads either form.
func (w *wrong) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &w.Message) == nil {
		return nil
	}
	type plain wrong
	return json.Unmarshal(b, (*plain)(w))
}

// words puts a problem into a line.
func (p problem) words() string {
	var all []string
	for _, w := range p.Errors {
		if w.Message == "" {
			w.Message = strings.TrimSpace(w.Field + " " + w.Code)
		}
		all = append(all, w.Message)
	}
	if len(all) == 0 {
		return p.Message
	}
	return p.Message + ": " + strings.Join(all, "; ")
}

// grant is what to do about a token that may not.
const grant = ": let the token read and write issues of the repository (scope repo of a classic one), or make a new one and put it at connectors.github.token"

// refusal says what an answer that is no success means.
func (g gate) refusal(req *http.Request, answer connect.Answer) *connect.Error {
	var said problem
	broken := answer.JSON(provider, &said)
	e := connect.Status(provider, answer.Status, answer.Header, strings.ReplaceAll(said.words(), g.token, "…"))
	var page *connect.Error
	if errors.As(broken, &page) && e.Kind == connect.Refused && strings.Contains(strings.ToLower(answer.Header.Get("Content-Type")), "html") && answer.Status != http.StatusUnauthorized {
		return page
	}
	switch status, lacks := answer.Status, missing(answer.Header, said.Message); {
	case status == http.StatusTooManyRequests, status == http.StatusForbidden && limited(answer.Header, said.Message):
		e.Kind, e.RetryAfter = connect.Retry, wait(answer.Header)
	case status == http.StatusUnauthorized:
		e.Message = "github: the token is no longer valid: make a new one that may read and write issues of the repository and put it at connectors.github.token"
	case lacks != "" && (status == http.StatusForbidden || status == http.StatusNotFound):
		e.Scope, e.Message = lacks, "github: the token lacks "+lacks+grant
	case status == http.StatusForbidden:
		e.Message += grant
	case status == http.StatusNotFound:
		what := "the repository of connectors.github.repository"
		if strings.Contains(req.URL.Path, "/issues/") {
			what = "the issue"
		}
		e.Message = "github: " + what + " does not exist, or the token may not see it"
	case status == http.StatusGone && strings.Contains(req.URL.Path, "/issues/"):
		e.Message = "github: the issue was deleted, or issues are switched off in the repository"
	case status == http.StatusGone:
		e.Message = "github: issues are switched off in the repository: switch them on in its settings, or name another at connectors.github.repository"
	}
	return e
}

// limited tells a 403 that means "later" from one that means "no".
func limited(h http.Header, message string) bool {
	message = strings.ToLower(message)
	return h.Get("X-RateLimit-Remaining") == "0" || h.Get("Retry-After") != "" || strings.Contains(message, "rate limit") || strings.Contains(message, "abuse detection")
}

// wait is how long a limit lasts: as GitHub says, until its window ends by its own clock, or the minute that its documentation asks for.
func wait(h http.Header) time.Duration {
	if h.Get("Retry-After") != "" {
		return connect.RetryAfter(h)
	}
	reset, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	now, derr := http.ParseTime(h.Get("Date"))
	if err != nil || derr != nil || h.Get("X-RateLimit-Remaining") != "0" {
		return time.Minute
	}
	return min(max(time.Unix(reset, 0).Sub(now), 0), 24*time.Hour)
}

// missing names the permission that a token lacks; empty if that is not the cause. A classic token has none of the scopes that GitHub
// accepts, and what it may not see is "not found"; a fine-grained one is told so.
func missing(h http.Header, message string) string {
	if strings.HasPrefix(message, "Resource not accessible by ") {
		if needs := h.Get("X-Accepted-GitHub-Permissions"); needs != "" {
			return needs
		}
		return "issues=write"
	}
	if h.Values("X-OAuth-Scopes") == nil {
		return ""
	}
	have, accepted := split(h.Get("X-OAuth-Scopes")), split(h.Get("X-Accepted-OAuth-Scopes"))
	if slices.ContainsFunc(accepted, func(s string) bool { return slices.Contains(have, s) }) || slices.Contains(have, "repo") {
		return ""
	}
	return strings.Join(accepted, " or ")
}
