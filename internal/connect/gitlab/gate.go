package gitlab

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"time"

	"tocsin/internal/connect"
)

// gate stands between the GitLab library and the network: it judges every answer, and lets only whole, readable successes through.
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
	if answer.Status != http.StatusNoContent {
		var any json.RawMessage
		if err := answer.JSON(provider, &any); err != nil {
			return nil, err
		}
	}
	return &http.Response{
		Status: http.StatusText(answer.Status), StatusCode: answer.Status, Header: answer.Header, Request: req,
		Body: io.NopCloser(bytes.NewReader(answer.Body)), ContentLength: int64(len(answer.Body)),
	}, nil
}

// refusal says what an answer that is no success means.
func (g gate) refusal(req *http.Request, answer connect.Answer) *connect.Error {
	var said struct {
		Message     any    `json:"message"`
		Error       string `json:"error"`
		Description string `json:"error_description"`
		Scope       string `json:"scope"`
	}
	broken := answer.JSON(provider, &said)
	detail := words(said.Message)
	if detail == "" {
		detail = strings.TrimSpace(said.Error + " " + said.Description)
	}
	e := connect.Status(provider, answer.Status, answer.Header, strings.ReplaceAll(detail, g.token, "…"))
	var page *connect.Error
	if errors.As(broken, &page) && e.Kind == connect.Refused && strings.Contains(strings.ToLower(answer.Header.Get("Content-Type")), "html") && answer.Status != http.StatusUnauthorized {
		return page
	}
	switch answer.Status {
	case http.StatusUnauthorized:
		e.Message = "gitlab: the token is no longer valid: make a new one with scope api and put it at connectors.gitlab.token"
	case http.StatusForbidden:
		if said.Error == "insufficient_scope" {
			if e.Scope = said.Scope; e.Scope == "" {
				e.Scope = "api"
			}
			e.Message = "gitlab: the token lacks scope " + e.Scope + ": make a new one and put it at connectors.gitlab.token"
		} else {
			e.Message += ": the token's owner needs at least the role Reporter in the project of connectors.gitlab.project"
		}
	case http.StatusNotFound:
		what := "the project of connectors.gitlab.project"
		if strings.Contains(req.URL.Path, "/issues/") {
			what = "the issue"
		}
		e.Message = "gitlab: " + what + " does not exist, or the token's owner may not see it"
	case http.StatusTooManyRequests:
		if e.RetryAfter == 0 { // gitlab.com may leave Retry-After out
			e.RetryAfter = untilReset(answer.Header)
		}
	}
	return e
}

// words puts a message into a line: a string, or fields with what is wrong with each.
func words(message any) string {
	switch m := message.(type) {
	case string:
		return m
	case map[string]any:
		var all []string
		for field, wrong := range m {
			all = append(all, strings.TrimSpace(fmt.Sprintf("%s %s", field, words(wrong))))
		}
		sort.Strings(all)
		return strings.Join(all, "; ")
	case []any:
		var all []string
		for _, one := range m {
			all = append(all, words(one))
		}
		return strings.Join(all, ", ")
	}
	return ""
}

// untilReset is how long GitLab's limit lasts by its own clock; zero if it does not say.
func untilReset(h http.Header) time.Duration {
	reset, err := strconv.ParseInt(h.Get("RateLimit-Reset"), 10, 64)
	now, derr := http.ParseTime(h.Get("Date"))
	if err != nil || derr != nil {
		return 0
	}
	return min(max(time.Unix(reset, 0).Sub(now), 0), 24*time.Hour)
}
