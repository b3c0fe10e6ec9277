package gitlab

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tocsin/internal/connect"
	"tocsin/internal/connect/conformance"
	"tocsin/internal/contract"
	"tocsin/internal/standin"
)

// stand is a stand-in and a connector to it.
type stand struct {
	*Connector
	url string
}

func newStand(t *testing.T) stand {
	t.Helper()
	s := standin.New(standin.Options{})
	server := httptest.NewServer(contract.Watch(t, s))
	t.Cleanup(server.Close)
	t.Cleanup(func() { _ = s.Close() })
	c, err := New(Config{BaseURL: server.URL + "/gitlab", Token: canary, Project: "gitlab-com/infrastructure"}, server.Client())
	if err != nil {
		t.Fatal(err)
	}
	return stand{c, server.URL}
}

// fault makes the nth call like match go wrong.
func (s stand) fault(t *testing.T, match, fault string, nth int) {
	t.Helper()
	b, err := json.Marshal([]map[string]any{{"match": match, "fault": fault, "nth": nth}})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(s.url+"/_faults", "application/json", bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		t.Fatalf("faults: %s", resp.Status)
	}
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

var wanted = map[string]any{"title": "Post-mortem", "body": "# What happened\n/close\nnothing", "confidential": true}

func TestConformance(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	of := func(text string) func(map[connect.Kind]connect.Result) any {
		return func(made map[connect.Kind]connect.Result) any {
			return map[string]string{"id": made[connect.TrackerIssue].Ref, "text": text}
		}
	}
	conformance.Run(t, conformance.Suite{
		Connector: s.Connector,
		Secrets:   []string{canary},
		Samples: []conformance.Sample{
			conformance.Fixed(connect.TrackerIssue, wanted),
			{Kind: connect.TrackerOpen, Raw: of("")},
			{Kind: connect.TrackerComment, Raw: of("One more thing")},
			{Kind: connect.TrackerUpdate, Raw: func(made map[connect.Kind]connect.Result) any {
				return map[string]any{"id": made[connect.TrackerIssue].Ref, "mark": "conformance-tracker-issue", "title": "Post-mortem, read again",
					"body": "# What happened\n/close\nsomething", "due": "2026-12-05", "closed": true}
			}},
		},
	})
	issues := s.objects(t, "gitlab.issue")
	if len(issues) != 1 {
		t.Fatalf("%d issues; want 1", len(issues))
	}
	b, _ := json.Marshal(issues[0])
	for _, want := range []string{`"title":"Post-mortem, read again"`, `"state":"closed"`, `something`, `"confidential":false`, `outage`, `<!-- tocsin:conformance-tracker-issue -->`, `\\/close`} {
		if !strings.Contains(strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(b)), want) {
			t.Errorf("the issue lacks %s: %s", want, b)
		}
	}
}

// Made, and the answer was lost: found, and exactly one; the search's lag does no harm.
func TestFoundAfterALoss(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"reset_after", "malformed", "truncate"} {
		s := newStand(t)
		op := s.Operations()[connect.TrackerIssue]
		c := call(t, wanted)
		s.fault(t, "POST /gitlab/api/v4/projects", fault, 1)
		if _, err := op.Do(t.Context(), c); own(t, err).Kind != connect.Unknown {
			t.Fatalf("%s: %v", fault, err)
		}
		issue, err := op.Find(t.Context(), c)
		if err != nil || issue == nil || issue.Ref == "" || issue.URL == "" || len(s.objects(t, "gitlab.issue")) != 1 {
			t.Fatalf("%s: %+v, %v", fault, issue, err)
		}
		op = s.Operations()[connect.TrackerComment]
		c = call(t, map[string]string{"id": issue.Ref, "text": "One more thing"})
		s.fault(t, "POST /gitlab/api/v4/projects", fault, 1)
		if _, err := op.Do(t.Context(), c); own(t, err).Kind != connect.Unknown {
			t.Fatalf("%s: %v", fault, err)
		}
		if note, err := op.Find(t.Context(), c); err != nil || note == nil || !strings.HasPrefix(note.URL, issue.URL+"#note_") {
			t.Errorf("%s: %+v, %v", fault, note, err)
		}
	}
	for _, fault := range []string{"reset_before", "login_page"} {
		s := newStand(t)
		op := s.Operations()[connect.TrackerIssue]
		c := call(t, wanted)
		s.fault(t, "POST /gitlab/api/v4/projects", fault, 1)
		if _, err := op.Do(t.Context(), c); own(t, err).Kind != connect.Unknown {
			t.Fatalf("%s: %v", fault, err)
		}
		if issue, err := op.Find(t.Context(), c); err != nil || issue != nil {
			t.Errorf("%s: %+v, %v", fault, issue, err)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	op := s.Operations()[connect.TrackerIssue]
	s.fault(t, "POST /gitlab", "token_expired", 1)
	if _, err := op.Do(t.Context(), call(t, wanted)); own(t, err).Kind != connect.Refused {
		t.Error(err)
	}
	s.fault(t, "POST /gitlab", "wrong_scope", 1)
	if _, err := op.Do(t.Context(), call(t, wanted)); own(t, err).Kind != connect.Refused || own(t, err).Scope == "" {
		t.Error(err)
	}
	s.fault(t, "GET /gitlab", "token_expired", 0)
	for _, f := range s.Check(t.Context()) {
		if f.OK || f.Fix == "" || strings.Contains(f.Note+f.Fix, canary) {
			t.Errorf("%+v", f)
		}
	}
}
