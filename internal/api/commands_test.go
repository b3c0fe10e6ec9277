package api

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"tocsin/internal/incident"
)

func TestCommandAnswers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.declared()
	got := h.do("bo", `{"kind":"say","as":"finding","text":"Disk is full"}`).json(t)
	for path, want := range map[string]any{"entries.0.id": "e7", "entries.0.kind": "finding", "entries.0.by.name": "Bo Karlsson", "entries.0.text": "Disk is full",
		"entries.0.visibility": "internal", "incident.id": "INC-1", "incident.seq": float64(7)} {
		if have := dig(t, got, path); have != want {
			t.Errorf("%s: %v, want %v", path, have, want)
		}
	}
	h.do("bo", `{"kind":"amend","entry":"e7","text":"Disk is nearly full"}`)
	h.do("bo", `{"kind":"say","text":"No, it is not","contradicts":"e7"}`)
	lines := h.must("bo", "GET", "/api/v1/incidents/1/timeline", "").json(t)
	for path, want := range map[string]any{"entries.6.text": "Disk is nearly full", "entries.6.amended.0.was": "Disk is full", "entries.6.amended.0.by.id": "bo",
		"entries.7.about": "e7", "entries.8.contradicts": "e7"} {
		if have := dig(t, lines, path); have != want {
			t.Errorf("%s: %v, want %v", path, have, want)
		}
	}
	again := h.do("ana", `{"kind":"take_role","role":"point"}`).json(t)
	if got := again["entries"].([]any); len(got) != 0 {
		t.Errorf("what is so already makes no entries: %v", got)
	}
}

func TestIdempotency(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, c := range []struct{ path, body, other string }{
		{"/api/v1/incidents", `{"title":"Once","point":true}`, `{"title":"Twice"}`},
		{"/api/v1/incidents/1/commands", `{"kind":"say","text":"once"}`, `{"kind":"say","text":"twice"}`},
	} {
		key := strings.Repeat("k", 250) + c.path[len(c.path)-5:]
		first := h.must("ana", "POST", c.path, c.body, "Idempotency-Key", key)
		if first.header.Get("Idempotency-Replayed") != "" {
			t.Error("the first is no repeat")
		}
		second := h.must("ana", "POST", c.path, c.body, "Idempotency-Key", key)
		if second.status != first.status || second.header.Get("Idempotency-Replayed") != "true" || second.header.Get("Location") != first.header.Get("Location") {
			t.Errorf("repeat of %s: %d %v", c.path, second.status, second.header)
		}
		h.ask("ana", "POST", c.path, c.other, "Idempotency-Key", key).problem(t, 409, "conflict")
		h.must("bo", "POST", c.path, c.other, "Idempotency-Key", key) // keys are each author's own
		h.ask("ana", "POST", c.path, c.body, "Idempotency-Key", strings.Repeat("k", 256)).problem(t, 422, "invalid")
	}
	// The same command under another name of the incident is the same command.
	ulid := h.must("ana", "GET", "/api/v1/incidents/1", "").json(t)["ulid"].(string)
	h.must("ana", "POST", "/api/v1/incidents/INC-1/commands", `{"kind":"say","text":"named"}`, "Idempotency-Key", "n")
	h.must("ana", "POST", "/api/v1/incidents/"+ulid+"/commands", `{"text":"named","kind":"say"}`, "Idempotency-Key", "n")

	var wait sync.WaitGroup
	for range 10 {
		wait.Go(func() {
			h.must("ana", "POST", "/api/v1/incidents/1/commands", `{"kind":"say","text":"raced"}`, "Idempotency-Key", "r")
		})
	}
	wait.Wait()
	lines := h.must("ana", "GET", "/api/v1/incidents/1/timeline", "").body
	for text, want := range map[string]int{`"once"`: 1, `"twice"`: 1, `"named"`: 1, `"raced"`: 1} {
		if n := strings.Count(lines, `"text":`+text); n != want {
			t.Errorf("%s stands %d times, want %d", text, n, want)
		}
	}
	if n := len(h.must("ana", "GET", "/api/v1/incidents", "").json(t)["incidents"].([]any)); n != 2 {
		t.Errorf("%d incidents, want 2", n)
	}
}

func TestPlanWritesNothingAndTellsExactTexts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.declared()
	got := h.must("ana", "POST", "/api/v1/incidents/1/plan", `{"kind":"declare_major"}`).json(t)
	texts := map[string]string{}
	for _, s := range got["steps"].([]any) {
		text, _ := s.(map[string]any)["text"].(string)
		texts[dig(t, s, "id").(string)] = text
	}
	for id, want := range map[string]string{
		"post_general":   "@channel, we have a major outage and need help creating a live streaming war room, refer to [runbooks-production-incident]",
		"post_marketing": "@channel, we have a major outage and need help reviewing public documents",
		"post_devrel":    "@channel, we have a major outage and are working to solve it, you can find the public doc (link from: Publish the document to the web)",
	} {
		if texts[id] != want {
			t.Errorf("%s: %q", id, texts[id])
		}
	}
	for _, id := range []string{"create_document", "publish_document", "tweet_document", "license_room", "create_stream", "review_document", "impact_note"} {
		if _, ok := texts[id]; !ok {
			t.Errorf("%s is missing", id)
		}
	}
	for _, id := range []string{"open_war_room", "write_postmortem", "end_stream"} {
		if _, ok := texts[id]; ok {
			t.Errorf("%s does not fall due by it", id)
		}
	}
	if dig(t, got, "entries.0.kind") != "major_declared" {
		t.Errorf("entries: %v", got["entries"])
	}
	if i := h.must("ana", "GET", "/api/v1/incidents/1", "").json(t); i["kind"] != "minor" || i["seq"] != float64(6) {
		t.Errorf("a plan changed the incident: %v %v", i["kind"], i["seq"])
	}
	update := h.must("ana", "POST", "/api/v1/incidents/1/plan", `{"kind":"update","text":"Bo Karlsson found it"}`).json(t)
	if text := dig(t, update, "steps.0.text").(string); !strings.HasPrefix(text, "team-member-") || !strings.HasSuffix(text, " found it") {
		t.Errorf("what goes public is shown as it goes: %q", text)
	}
}

// Private lines and what speaks of them reach the point person, the communications manager, security and whoever administers, and
// whoever wrote them (rulings 3, R32).
func TestPrivateLines(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.declared()
	h.do("ana", `{"kind":"say","text":"user data leaked","visibility":"private"}`)
	h.do("ana", `{"kind":"amend","entry":"e7","text":"user mails leaked","why":"leaked more"}`)
	h.do("ana", `{"kind":"tick","item":"data_loss"}`)
	for as, sees := range map[string]bool{"ana": true, "bo": false, "vera": false, "adam": true, "olga": true, "olga:write": true, "olga:read": false} {
		for _, path := range []string{"/timeline", "/steps", "/todo?role=all", "/timeline?public=1"} {
			body := h.must(as, "GET", "/api/v1/incidents/1"+path, "").body
			has := strings.Contains(body, "leaked") || strings.Contains(body, "data_loss")
			if has != (sees && path != "/timeline?public=1") {
				t.Errorf("%s %s: sees private lines: %v", as, path, has)
			}
		}
	}
	h.do("bo", `{"kind":"take_role","role":"comms"}`)
	if !strings.Contains(h.must("bo", "GET", "/api/v1/incidents/1/timeline", "").body, "leaked") {
		t.Error("the communications manager does not see private lines")
	}
	h.do("bo", `{"kind":"drop_role","role":"comms"}`)
	mine := h.do("bo", `{"kind":"say","text":"I saw the dump","visibility":"private"}`).json(t)
	if dig(t, mine, "entries.0.text") != "I saw the dump" {
		t.Error("whoever writes a private line sees it")
	}
}

func TestEveryCommandIsDocumented(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	spec := h.must("", "GET", "/openapi.json", "").json(t)
	if spec["openapi"] != "3.1.0" {
		t.Errorf("openapi %v", spec["openapi"])
	}
	schemas := dig(t, spec, "components").(map[string]any)["schemas"].(map[string]any)
	mapping := dig(t, schemas, "Command.discriminator.mapping").(map[string]any)
	for _, kind := range incident.PublicKinds() {
		ref, _ := mapping[kind].(string)
		schema, ok := schemas[strings.TrimPrefix(ref, "#/components/schemas/")]
		if !ok {
			t.Errorf("%s is not documented", kind)
			continue
		}
		props := dig(t, schema, "properties").(map[string]any)
		if dig(t, props, "kind.const") != kind {
			t.Errorf("%s: kind %v", kind, props["kind"])
		}
		// Every documented field is one the command takes: an object of all of them has no unknown field.
		delete(props, "kind")
		all := map[string]any{}
		for name := range props {
			all[name] = nil
		}
		body, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := incident.NewCommand(kind, body); err != nil && strings.Contains(err.Error(), "unknown field") {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if len(mapping) != len(incident.PublicKinds()) {
		t.Errorf("%d kinds documented, %d exist", len(mapping), len(incident.PublicKinds()))
	}
	for field := range choices {
		kind, name, _ := strings.Cut(field, ".")
		if dig(t, schemas, "Command"+camel(kind)+".properties."+name+".enum") == nil {
			t.Errorf("%s has no words", field)
		}
	}
	// Every reference leads somewhere.
	text := h.must("", "GET", "/openapi.json", "").body
	for _, part := range strings.Split(text, `"$ref":"#/components/schemas/`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		if _, ok := schemas[name]; !ok {
			t.Errorf("a reference leads to %s, which is not there", name)
		}
	}
}
