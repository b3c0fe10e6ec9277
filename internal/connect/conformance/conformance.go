// Package conformance holds every connector to the contract of package connect, over real HTTP against a stand-in.
//
// A connector's test makes the connector, lists one Sample per kind of its table, in the order an incident would do them, and calls
// Run. The suite owns no provider knowledge: what a provider's faults and error codes mean is tested beside the provider.
package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/connect"
	"tocsin/internal/redact"
)

// Suite is one connector and what to ask of it.
type Suite struct {
	Connector connect.Connector
	// Samples holds exactly one sample per kind in the connector's table. They run in this order, each against what the earlier ones made.
	Samples []Sample
	// Secrets are the canaries put into the configuration. None may appear in a result, an error or a finding.
	Secrets []string
	// Seal turns unsealed redact.Text into public text; nil means a redactor that knows nobody.
	Seal func(any)
	// Leaks is handed to document.publish; nil means nothing leaks.
	Leaks func(artefact string) []string
}

// Sample is one request. Raw returns a value of the kind's wire request, or any value with the same JSON; made holds the results of the
// samples before, so that room.end can name the room that room.open opened. connect's request structs hold redact.Text, which only a
// redactor makes: where a kind has one, return map[string]any{"text": "…"}.
type Sample struct {
	Kind connect.Kind
	Raw  func(made map[connect.Kind]connect.Result) any
}

// Fixed makes a sample that does not depend on what was made before.
func Fixed(kind connect.Kind, request any) Sample {
	return Sample{Kind: kind, Raw: func(map[connect.Kind]connect.Result) any { return request }}
}

// IngestKey is the stream key that the suite's Call.Ingest gives; it counts as a secret.
const IngestKey = "canary-ingest-key-5417"

// Promised names the outputs of each kind as package connect documents them, "url" and "id" being Result.URL and Result.Ref.
var Promised = map[connect.Kind][]string{
	connect.RoomOpen:        {"url", "id", "licensed", "host"},
	connect.RoomLicense:     {"url", "id", "licensed"},
	connect.RoomLivestream:  nil,
	connect.RoomGoLive:      nil,
	connect.RoomEnd:         nil,
	connect.DocumentCreate:  {"url", "id"},
	connect.DocumentWrite:   {"revision"},
	connect.DocumentShare:   nil,
	connect.DocumentPublish: {"url", "revision"},
	connect.ChatChannel:     {"id", "name", "url"},
	connect.ChatPost:        {"id", "channel", "url"},
	connect.ChatPin:         nil,
	connect.ChatInvite:      nil,
	connect.SocialPost:      {"id", "url"},
	connect.StreamCreate:    {"url", "id", "stream"},
	connect.StreamLive:      nil,
	connect.StreamEnd:       nil,
	connect.TrackerIssue:    {"url", "id"},
	connect.TrackerOpen:     nil,
	connect.TrackerComment:  nil,
	connect.TrackerUpdate:   {"state"},
	connect.MailSend:        {"id"},
	connect.HookSend:        {"id"},
}

// Run checks, for each operation: unreadable requests are refused; a cancelled context gives Retry or Unknown; what is promised is put
// out; class LookUp finds nothing before and exactly what was made after; classes Set and Key give the same when done twice; and no
// secret appears anywhere. The calls go to the stand-in in order, so a caller may count what it received afterwards.
func Run(t *testing.T, s Suite) {
	t.Helper()
	table := s.Connector.Operations()
	if s.Connector.Name() == "" {
		t.Error("the connector has no name")
	}
	sampled := map[connect.Kind]bool{}
	made := map[connect.Kind]connect.Result{}
	for _, sample := range s.Samples {
		op, ok := table[sample.Kind]
		if !ok || sampled[sample.Kind] {
			t.Fatalf("%s: not in the table, or sampled twice", sample.Kind)
		}
		sampled[sample.Kind] = true
		t.Run(string(sample.Kind), func(t *testing.T) { made[sample.Kind] = s.one(t, sample, op, made) })
		if t.Failed() {
			return // later samples rest on this one's result
		}
	}
	for kind := range table {
		if !sampled[kind] {
			t.Errorf("%s is in the table and has no sample", kind)
		}
	}
	t.Run("check", func(t *testing.T) {
		for _, f := range s.Connector.Check(t.Context()) {
			s.noSecret(t, f)
			if f.What == "" || !f.OK && f.Fix == "" {
				t.Errorf("finding without subject, or without a way to fix it: %+v", f)
			}
		}
	})
}

func (s Suite) one(t *testing.T, sample Sample, op connect.Operation, made map[connect.Kind]connect.Result) connect.Result {
	promised, known := Promised[sample.Kind]
	switch {
	case !known:
		t.Fatalf("%s is no kind of package connect", sample.Kind)
	case op.Do == nil:
		t.Fatal("no Do")
	case op.Deadline > 25*time.Second:
		t.Fatal("the deadline is longer than people may wait to be told")
	case op.Class == connect.LookUp && (op.Find == nil || op.Settle <= 0):
		t.Fatal("class look-up without Find or without a time to settle")
	case op.Class != connect.LookUp && op.Find != nil:
		t.Fatalf("class %s has a Find that nobody calls", op.Class)
	}
	raw, err := json.Marshal(sample.Raw(made))
	if err != nil {
		t.Fatal(err)
	}
	call := s.call(sample.Kind, raw)

	s.unreadable(t, op, call)
	s.cancelled(t, op, call)
	if op.Class == connect.LookUp {
		if r, err := op.Find(t.Context(), call); err != nil || r != nil {
			t.Fatalf("Find before Do gave %+v, %v; want nil, nil", r, err)
		}
	}
	got, err := op.Do(t.Context(), call)
	if err != nil {
		t.Fatalf("Do: %v", err)
	}
	s.noSecret(t, got)
	for _, name := range promised {
		if Output(got, name) == "" {
			t.Errorf("output %q is promised and empty: %+v", name, got)
		}
	}
	if got.URL != "" {
		if u, err := url.Parse(got.URL); err != nil || u.Host == "" {
			t.Errorf("url is not one to open: %q", got.URL)
		}
	}
	switch op.Class {
	case connect.LookUp:
		found, err := op.Find(t.Context(), call)
		if err != nil || found == nil {
			t.Fatalf("Find after Do gave %+v, %v; want what was made", found, err)
		}
		if diff := cmp.Diff(got, *found); diff != "" {
			t.Errorf("Find differs from Do (-did +found):\n%s", diff)
		}
		other := call
		other.Mark += "-other"
		if sample.Kind != connect.SocialPost { // the one kind whose stamp is the text itself
			if r, err := op.Find(t.Context(), other); err != nil || r != nil {
				t.Errorf("Find with another mark gave %+v, %v; want nil, nil", r, err)
			}
		}
	case connect.Set, connect.Key:
		again, err := op.Do(t.Context(), call)
		if err != nil {
			t.Fatalf("Do again: %v", err)
		}
		if diff := cmp.Diff(got, again); diff != "" {
			t.Errorf("done twice it differs (-first +second):\n%s", diff)
		}
	}
	return got
}

func (s Suite) unreadable(t *testing.T, op connect.Operation, call connect.Call) {
	call.Raw = json.RawMessage(`{"unreadable`)
	_, err := op.Do(t.Context(), call)
	if e := s.own(t, err); e != nil && e.Kind != connect.Refused {
		t.Errorf("an unreadable request gave %s; want refused", e.Kind)
	}
}

func (s Suite) cancelled(t *testing.T, op connect.Operation, call connect.Call) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := op.Do(ctx, call)
	if e := s.own(t, err); e != nil && e.Kind != connect.Retry && e.Kind != connect.Unknown {
		t.Errorf("a cancelled context gave %s; want retry or unknown", e.Kind)
	}
	if op.Find != nil {
		if _, err := op.Find(ctx, call); err == nil {
			t.Error("Find under a cancelled context claims to know")
		}
	}
}

// own checks that err is the only kind of error an operation may return, and that it holds no secret.
func (s Suite) own(t *testing.T, err error) *connect.Error {
	t.Helper()
	var e *connect.Error
	if !errors.As(err, &e) {
		t.Errorf("want a *connect.Error, have %T %v", err, err)
		return nil
	}
	if e.Message == "" {
		t.Error("an error without words")
	}
	s.noSecret(t, e)
	return e
}

func (s Suite) call(kind connect.Kind, raw json.RawMessage) connect.Call {
	c := connect.Call{
		Mark:  "conformance-" + strings.ReplaceAll(string(kind), ".", "-"),
		Since: time.Now(),
		Raw:   raw,
		Seal:  s.Seal,
		Leaks: s.Leaks,
		Ingest: func(context.Context, string) (connect.Ingest, error) {
			return connect.Ingest{URL: "rtmp://ingest.example/live2", Key: IngestKey}, nil
		},
	}
	if c.Seal == nil {
		c.Seal = redact.New(nil, nil).Seal
	}
	if c.Leaks == nil {
		c.Leaks = func(string) []string { return nil }
	}
	return c
}

func (s Suite) noSecret(t *testing.T, v any) {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range append([]string{IngestKey}, s.Secrets...) {
		if secret != "" && strings.Contains(string(b), secret) {
			t.Errorf("a secret shows in %T", v)
		}
	}
}

// Output reads an output as a later step would: "url" and "id" are fields of the result, the others are in its table.
func Output(r connect.Result, name string) string {
	switch {
	case name == "url" && r.URL != "":
		return r.URL
	case name == "id" && r.Ref != "":
		return r.Ref
	}
	return r.Outputs[name]
}
