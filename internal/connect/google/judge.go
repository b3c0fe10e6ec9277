package google

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"tocsin/internal/connect"
)

// Refusal is an answer that is not a success, with Google's reason codes: "insufficientPermissions", "liveStreamingNotEnabled".
type Refusal struct {
	Means   *connect.Error
	Reasons []string
}

// Error gives the message of what it means.
func (r *Refusal) Error() string { return r.Means.Message }

// Unwrap gives what it means.
func (r *Refusal) Unwrap() error { return r.Means }

// Because reports whether err is a refusal for one of the reasons.
func Because(err error, reasons ...string) bool {
	var r *Refusal
	return errors.As(err, &r) && slices.ContainsFunc(reasons, func(reason string) bool { return slices.Contains(r.Reasons, reason) })
}

// Answered reports whether err is an answer of that status.
func Answered(err error, status int) bool {
	var e *connect.Error
	return errors.As(err, &e) && e.Status == status
}

var (
	tag    = regexp.MustCompile(`<[^>]*>`)
	scoped = regexp.MustCompile(`scope="([^"]+)"`)
)

// judge gives nil for a success and a *Refusal for everything else.
func (a *Account) judge(answer connect.Answer, token string) error {
	if answer.Status >= 200 && answer.Status < 300 {
		return nil
	}
	if answer.Status == http.StatusUnauthorized {
		return &Refusal{Means: &connect.Error{Kind: connect.Refused, Status: answer.Status, Message: a.expired()}, Reasons: []string{"authError"}}
	}
	var said struct {
		Error struct {
			Message string
			Status  string
			Errors  []struct{ Reason string }
			Details []struct{ Reason string }
		}
	}
	broken := answer.JSON(a.provider, &said)
	detail := strings.TrimSpace(tag.ReplaceAllString(a.scrub(said.Error.Message, token), ""))
	r := &Refusal{Means: connect.Status(a.provider, answer.Status, answer.Header, detail)}
	var page *connect.Error
	if errors.As(broken, &page) && r.Means.Kind == connect.Refused && strings.Contains(strings.ToLower(answer.Header.Get("Content-Type")), "html") {
		r.Means = page
		return r
	}
	for _, e := range said.Error.Errors {
		r.Reasons = append(r.Reasons, e.Reason)
	}
	for _, d := range said.Error.Details {
		r.Reasons = append(r.Reasons, d.Reason)
	}
	a.explain(r, answer.Header)
	return r
}

// explain turns reasons that mean the same everywhere at Google into what to do next.
func (a *Account) explain(r *Refusal, header http.Header) {
	e := r.Means
	if e.Status != http.StatusForbidden {
		return
	}
	has := func(reasons ...string) bool { return Because(r, reasons...) }
	switch {
	case has("rateLimitExceeded", "userRateLimitExceeded", "userRequestsExceedRateLimit", "sharingRateLimitExceeded", "RATE_LIMIT_EXCEEDED"):
		e.Kind, e.RetryAfter = connect.Retry, connect.RetryAfter(header)
	case has("quotaExceeded", "dailyLimitExceeded"):
		// The day's quota comes back at midnight in California: asking again every few seconds would not bring it sooner.
		e.Kind, e.RetryAfter = connect.Retry, max(connect.RetryAfter(header), 15*time.Minute)
		e.Message += ": the day's quota is used up: ask for more in the Google Cloud console, or do it by hand"
	case has("insufficientPermissions", "insufficientScopes", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"):
		e.Scope = strings.Join(a.scopes, " ")
		if m := scoped.FindStringSubmatch(header.Get("WWW-Authenticate")); m != nil {
			e.Scope = m[1]
		}
		e.Message += ": the credentials lack the permission " + e.Scope
	case has("accessNotConfigured", "SERVICE_DISABLED"):
		e.Message += ": switch this API on for the project in the Google Cloud console"
	}
}
