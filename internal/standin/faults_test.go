package standin

import (
	"context"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

const posting = "/slack/api/chat.postMessage"

func (s stand) say(t *testing.T, text string) (answer, error) {
	t.Helper()
	return s.try(t, "POST", posting, map[string]any{"channel": "#general", "text": text})
}

// TestFaults: what each fault does to one call, and whether the call took effect.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fault   map[string]any
		broken  bool // no whole answer comes
		status  int
		text    string // part of the answer
		effects int
		said    float64 // the status in /_calls
	}{
		{map[string]any{"fault": "status", "status": 503}, false, 503, "service_unavailable", 0, 503},
		{map[string]any{"fault": "status", "status": 429, "retry_after": 7}, false, 429, "ratelimited", 0, 429},
		{map[string]any{"fault": "status", "status": 500, "body": map[string]any{"a": 1}}, false, 500, `{"a":1}`, 0, 500},
		{map[string]any{"fault": "status", "status": 502, "body": "<html>"}, false, 502, "<html>", 0, 502},
		{map[string]any{"fault": "latency", "ms": 3}, false, 200, `"ok":true`, 1, 200},
		{map[string]any{"fault": "reset_before"}, true, 0, "", 0, 0},
		{map[string]any{"fault": "reset_after"}, true, 0, "", 1, 0},
		{map[string]any{"fault": "malformed"}, false, 200, `{"ok":tru`, 1, 200},
		{map[string]any{"fault": "truncate"}, true, 0, "", 1, 200},
		{map[string]any{"fault": "login_page"}, false, 200, "Sign in", 0, 200},
		{map[string]any{"fault": "token_expired"}, false, 200, "invalid_auth", 0, 200},
		{map[string]any{"fault": "wrong_scope"}, false, 200, `"needed":"chat:write"`, 0, 200},
	} {
		t.Run(c.fault["fault"].(string), func(t *testing.T) {
			t.Parallel()
			s := start(t)
			c.fault["match"], c.fault["nth"] = "POST "+posting, 2
			s.fault(t, c.fault)
			if a, err := s.say(t, "one"); err != nil || a.json["ok"] != true {
				t.Fatalf("the call before: %v %v", a, err)
			}
			a, err := s.say(t, "two")
			if c.broken != (err != nil) || !c.broken && (a.status != c.status || !strings.Contains(a.text, c.text)) {
				t.Errorf("answer: %+v %v", a, err)
			}
			if c.status == 429 && a.header.Get("Retry-After") != "7" {
				t.Errorf("headers: %v", a.header)
			}
			if got := len(s.told(t, "slack.message")) - 1; got != c.effects {
				t.Errorf("%d effects", got)
			}
			// The status is noted after the answer is sent.
			for deadline := time.Now().Add(time.Second); ; {
				got := s.heard(t)[1]["status"]
				if got == c.said {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("/_calls says status %v", got)
				}
			}
			if a, err := s.say(t, "three"); err != nil || a.json["ok"] != true {
				t.Errorf("the call after: %v %v", a, err)
			}
		})
	}
}

func TestHangLetsGo(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.fault(t, map[string]any{"match": "* /slack", "fault": "hang"})
	ended := make(chan error, 1)
	go func() { _, err := s.say(t, "one"); ended <- err }()
	for len(s.heard(t)) == 0 {
	}
	s.ask(t, "GET", "/zoom/v2/users/me", nil) // nobody else is held up
	s.ask(t, "POST", "/_reset", nil)
	if err := <-ended; err == nil {
		t.Error("a hanging call was answered")
	}
	if n := len(s.told(t, "slack.message")) + len(s.heard(t)); n != 0 {
		t.Errorf("%d things outlived the reset", n)
	}
}

func TestLateCommit(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.fault(t, map[string]any{"match": "POST " + posting, "fault": "late_commit", "ms": 20, "nth": 1})
	if _, err := s.say(t, "one"); err == nil {
		t.Error("the connection was not dropped")
	}
	for deadline := time.Now().Add(5 * time.Second); len(s.told(t, "slack.message")) == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the effect never came")
		}
	}
}

// TestListLag: on a call that makes something, it keeps that out of lists; on a list, it keeps out whatever is new.
func TestListLag(t *testing.T) {
	t.Parallel()
	for _, match := range []string{"POST " + posting, "* /slack/api/conversations.history"} {
		s := start(t)
		s.fault(t, map[string]any{"match": match, "fault": "list_lag", "ms": 60000})
		if a, err := s.say(t, "one"); err != nil || a.json["ok"] != true {
			t.Fatal(a, err)
		}
		list := func() int {
			all, _ := s.ask(t, "GET", "/slack/api/conversations.history?channel=general", nil).json["messages"].([]any)
			return len(all)
		}
		if list() != 0 || len(s.told(t, "slack.message")) != 1 {
			t.Errorf("%s: listed, or not there", match)
		}
		s.ask(t, "DELETE", "/_faults", nil)
		if seen := list(); seen != 0 == strings.HasPrefix(match, "POST") {
			t.Errorf("%s: %d listed once the faults are gone", match, seen)
		}
	}
}

func TestKill(t *testing.T) {
	t.Parallel()
	for fault, effects := range map[string]int{"kill_before": 0, "kill_after": 1, "kill_after_reply": 1} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			victim := exec.Command("sleep", "60")
			if err := victim.Start(); err != nil {
				t.Skip(err)
			}
			s := start(t)
			s.fault(t, map[string]any{"match": "POST /slack", "fault": fault, "pid": victim.Process.Pid, "nth": 1})
			_, err := s.say(t, "one")
			if replied := err == nil; replied != (fault == "kill_after_reply") {
				t.Errorf("answered: %v", err)
			}
			if err := victim.Wait(); err == nil || victim.ProcessState.ExitCode() != -1 {
				t.Errorf("the process lives: %v", err)
			}
			if got := len(s.told(t, "slack.message")); got != effects {
				t.Errorf("%d effects", got)
			}
		})
	}
}

func TestBadFaults(t *testing.T) {
	t.Parallel()
	s := start(t)
	for list, want := range map[string]string{
		`{}`:                                    "list of faults",
		`[] []`:                                 "nothing after it",
		`[null]`:                                "want an object",
		`[{"match":"/slack","fault":"hang"}]`:   "METHOD /path-prefix",
		`[{"match":"* /slack","fault":"fire"}]`: "kill_after_reply",
		`[{"match":"* /slack","fault":"hang","when":1}]`:                        "when",
		`[{"match":"* /slack","fault":"hang","nth":-1}]`:                        "nth",
		`[{"match":"* /slack","fault":"latency","ms":-1}]`:                      "ms",
		`[{"match":"* /slack","fault":"status"}]`:                               "HTTP status",
		`[{"match":"* /slack","fault":"kill_after"}]`:                           "pid",
		`[{"match":"* /slack","fault":"kill_after","pid":1}]`:                   "pid",
		`[{"match":"* /slack","fault":"status","status":429,"retry_after":[]}]`: "retry_after",
	} {
		a := s.ask(t, "POST", "/_faults", list)
		detail, _ := a.json["detail"].(string)
		if a.status != 400 || a.header.Get("Content-Type") != "application/problem+json" || !strings.Contains(detail, want) {
			t.Errorf("%s: %d %s", list, a.status, a.text)
		}
	}
	if a := s.ask(t, "GET", "/_faults", nil); a.text != "[]\n" {
		t.Errorf("some were kept: %s", a.text)
	}
}

// TestSaid: what each provider says to an expired token, a missing scope and too many calls.
func TestSaid(t *testing.T) {
	t.Parallel()
	for path, want := range map[string][3]string{
		"/slack/api/auth.test":                         {"200 invalid_auth", "200 missing_scope", "429 ratelimited"},
		"/zoom/v2/users/me":                            {`401 "code":124`, `400 scopes:[user:read:user:admin]`, `429 "code":429`},
		"/google/drive/v3/files":                       {"401 authError", "403 insufficientPermissions", "429 rateLimitExceeded"},
		"/google/docs/v1/documents/x":                  {"401 UNAUTHENTICATED", "403 PERMISSION_DENIED", "429 RESOURCE_EXHAUSTED"},
		"/google/youtube/v3/channels":                  {"401 authError", "403 insufficientPermissions", "429 rateLimitExceeded"},
		"/x/2/users/me":                                {"401 Unauthorized", "403 oauth1-permissions", "429 Too Many Requests"},
		"/bluesky/xrpc/com.atproto.server.getSession":  {"400 ExpiredToken", "400 Bad token scope", "429 RateLimitExceeded"},
		"/mastodon/api/v1/accounts/verify_credentials": {"401 expired", "403 outside the authorized scopes", "429 Too many requests"},
		"/gitlab/api/v4/projects/group%2Fone":          {"401 invalid_token", "403 insufficient_scope", "429 Retry later"},
	} {
		s := start(t)
		for i, fault := range []map[string]any{{"fault": "token_expired"}, {"fault": "wrong_scope"}, {"fault": "status", "status": 429}} {
			s.ask(t, "DELETE", "/_faults", nil)
			fault["match"] = "GET " + strings.ReplaceAll(path, "%2F", "/")
			s.fault(t, fault)
			a := s.ask(t, "GET", path, nil)
			status, words, _ := strings.Cut(want[i], " ")
			if status != strconv.Itoa(a.status) || !strings.Contains(a.text, words) {
				t.Errorf("%s, %s: %d %s", path, fault["fault"], a.status, a.text)
			}
		}
	}
}

func TestLatency(t *testing.T) {
	t.Parallel()
	s := New(Options{Latency: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	req := httptest.NewRequestWithContext(ctx, "GET", "/slack/api/auth.test", nil)
	done := make(chan bool)
	out := httptest.NewRecorder()
	go func() { s.ServeHTTP(out, req); close(done) }()
	control := httptest.NewRecorder()
	s.ServeHTTP(control, httptest.NewRequest("GET", "/_calls", nil)) // not delayed
	cancel()
	<-done
	if out.Body.Len() != 0 || control.Code != 200 {
		t.Errorf("answered %q; calls %d", out.Body, control.Code)
	}
}
