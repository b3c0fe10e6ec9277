package github

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tocsin/internal/connect"
	"tocsin/internal/connect/conformance"
	"tocsin/internal/contract"
	"tocsin/internal/redact"
	"tocsin/internal/standin"
)

const canary = "github_pat_canary_5150"

const repository = "/github/api/v3/repos/example/infrastructure"

// stand is a stand-in and a connector to it. What people do there goes to plain, where it is not judged.
type stand struct {
	*Connector
	url, plain string
}

func newStand(t *testing.T) stand {
	t.Helper()
	s := standin.New(standin.Options{})
	server := httptest.NewServer(contract.Watch(t, s))
	t.Cleanup(server.Close)
	plain := httptest.NewServer(s)
	t.Cleanup(plain.Close)
	t.Cleanup(func() { _ = s.Close() })
	c, err := New(Config{BaseURL: server.URL + "/github/api/v3/", Token: canary, Repository: "example/infrastructure"}, server.Client())
	if err != nil {
		t.Fatal(err)
	}
	return stand{c, server.URL, plain.URL}
}

// send sends JSON as a person would.
func send(t *testing.T, method, url string, body any) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer someone")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s", method, url, resp.Status)
	}
}

// fault makes the nth call like match go wrong.
func (s stand) fault(t *testing.T, match, fault string, nth int) {
	t.Helper()
	send(t, http.MethodPost, s.url+"/_faults", []map[string]any{{"match": match, "fault": fault, "nth": nth}})
}

// objects gives what there is of a kind.
func (s stand) objects(t *testing.T, kind string) []map[string]any {
	t.Helper()
	resp, err := http.Get(s.url + "/_objects")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var all map[string][]map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all[kind]
}

func call(t *testing.T, request any) connect.Call {
	t.Helper()
	raw, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	return connect.Call{Mark: "mark-1", Since: time.Now(), Raw: raw, Seal: redact.New(nil, nil).Seal}
}

// own checks that err is a *connect.Error without a secret.
func own(t *testing.T, err error) *connect.Error {
	t.Helper()
	var e *connect.Error
	if !errors.As(err, &e) {
		t.Fatalf("want a *connect.Error, have %T %v", err, err)
	}
	if strings.Contains(fmt.Sprintf("%v %+v", err, *e), canary) {
		t.Errorf("the token shows: %v", err)
	}
	return e
}

var wanted = map[string]any{"title": "Post-mortem", "body": "# What happened\nnothing", "confidential": true}

func TestConformance(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	conformance.Run(t, conformance.Suite{
		Connector: s.Connector,
		Secrets:   []string{canary},
		Samples: []conformance.Sample{
			conformance.Fixed(connect.TrackerIssue, wanted),
			{Kind: connect.TrackerComment, Raw: func(made map[connect.Kind]connect.Result) any {
				return map[string]string{"id": made[connect.TrackerIssue].Ref, "text": "One more thing"}
			}},
			{Kind: connect.TrackerUpdate, Raw: func(made map[connect.Kind]connect.Result) any {
				return map[string]any{"id": made[connect.TrackerIssue].Ref, "mark": "conformance-tracker-issue", "title": "Post-mortem, read again",
					"body": "# What happened\nsomething", "due": "2026-12-05", "closed": true}
			}},
		},
	})
	issues := s.objects(t, "github.issue")
	const text = "Due: 2026-12-05\n\n# What happened\nsomething\n\n<!-- tocsin:conformance-tracker-issue -->"
	if len(issues) != 1 || issues[0]["body"] != text || issues[0]["state"] != "closed" || issues[0]["title"] != "Post-mortem, read again" {
		t.Fatalf("%v", issues)
	}
	if label := issues[0]["labels"].([]any)[0].(map[string]any)["name"]; label != "outage" {
		t.Errorf("label %v", label)
	}
}

// The world reads what stands in a public repository: nothing confidential gets there.
func TestConfidentialStaysPrivate(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	send(t, http.MethodPatch, s.plain+repository, map[string]any{"private": false})
	op := s.Operations()[connect.TrackerIssue]
	_, err := op.Do(t.Context(), call(t, wanted))
	if e := own(t, err); e.Kind != connect.Refused || !strings.Contains(e.Message, "make the repository private") || len(s.objects(t, "github.issue")) != 0 {
		t.Fatal(err)
	}
	if _, err := op.Do(t.Context(), call(t, map[string]any{"title": "Follow-up"})); err != nil || len(s.objects(t, "github.issue")) != 1 {
		t.Fatal(err)
	}
	if found := s.Check(t.Context()); found[1].OK || !strings.Contains(found[1].Note, "public") {
		t.Errorf("%+v", found)
	}
	// The answer about the repository is lost: nothing was made, and nothing is assumed.
	s.fault(t, "GET "+repository, "truncate", 1)
	if _, err := op.Do(t.Context(), call(t, wanted)); own(t, err).Kind != connect.Retry || len(s.objects(t, "github.issue")) != 1 {
		t.Error(err)
	}
}

// Made, and the answer was lost: found, and exactly one.
func TestFoundAfterALoss(t *testing.T) {
	t.Parallel()
	for lost, made := range map[string]bool{"reset_after": true, "malformed": true, "truncate": true, "reset_before": false, "login_page": false} {
		s := newStand(t)
		op := s.Operations()[connect.TrackerIssue]
		c := call(t, wanted)
		s.fault(t, "POST "+repository, lost, 1)
		if _, err := op.Do(t.Context(), c); own(t, err).Kind != connect.Unknown {
			t.Fatalf("%s: %v", lost, err)
		}
		issue, err := op.Find(t.Context(), c)
		if err != nil || (issue != nil) != made {
			t.Fatalf("%s: %+v, %v", lost, issue, err)
		}
		if !made {
			continue
		}
		op = s.Operations()[connect.TrackerComment]
		c = call(t, map[string]string{"id": issue.Ref, "text": "One more thing"})
		s.fault(t, "POST "+repository, lost, 1)
		if _, err := op.Do(t.Context(), c); own(t, err).Kind != connect.Unknown {
			t.Fatalf("%s: %v", lost, err)
		}
		if said, err := op.Find(t.Context(), c); err != nil || said == nil || !strings.HasPrefix(said.URL, issue.URL+"#issuecomment-") {
			t.Errorf("%s: %+v, %v", lost, said, err)
		}
	}
}

// More issues than one page holds were made since: the one that is looked for is on the second.
func TestFoundOnALaterPage(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	op := s.Operations()[connect.TrackerIssue]
	for n := range 100 {
		send(t, http.MethodPost, s.plain+repository+"/issues", map[string]any{"title": fmt.Sprint("Other ", n), "labels": []string{}})
	}
	c := call(t, wanted)
	made, err := op.Do(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := op.Find(t.Context(), c); err != nil || found == nil || found.Ref != made.Ref || made.Ref != "101" {
		t.Errorf("%+v, %v", found, err)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	op := s.Operations()[connect.TrackerIssue]
	s.fault(t, "POST /github", "token_expired", 1)
	if _, err := op.Do(t.Context(), call(t, wanted)); own(t, err).Kind != connect.Refused {
		t.Error(err)
	}
	s.fault(t, "POST /github", "wrong_scope", 1)
	if _, err := op.Do(t.Context(), call(t, wanted)); own(t, err).Kind != connect.Refused || own(t, err).Scope != "issues=write" {
		t.Error(err)
	}
	s.fault(t, "GET /github", "token_expired", 0)
	for _, f := range s.Check(t.Context()) {
		if f.OK || f.Fix == "" || strings.Contains(f.Note+f.Fix, canary) {
			t.Errorf("%+v", f)
		}
	}
}
