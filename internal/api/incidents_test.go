package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"tocsin/internal/incident"
)

func TestListPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for n := range 5 {
		h.must("ana", "POST", "/api/v1/incidents", fmt.Sprintf(`{"title":"Number %d","point":true}`, n+1))
	}
	h.must("ana", "POST", "/api/v1/incidents/2/commands", `{"kind":"resolve"}`)
	h.must("ana", "POST", "/api/v1/incidents/3/commands", `{"kind":"declare_major"}`)
	var seen []string
	for path := "/api/v1/incidents?limit=2"; path != ""; {
		a := h.must("vera", "GET", path, "")
		got := a.json(t)
		for _, i := range got["incidents"].([]any) {
			seen = append(seen, dig(t, i, "id").(string))
		}
		next, more := got["next"].(string)
		if link := a.header.Get("Link"); more != (link != "") || more && !strings.Contains(link, "cursor="+next) {
			t.Errorf("next %v, Link %q", got["next"], link)
		}
		if path = ""; more {
			path = "/api/v1/incidents?limit=2&cursor=" + next
		}
	}
	if want := "INC-5 INC-4 INC-3 INC-2 INC-1"; strings.Join(seen, " ") != want {
		t.Errorf("pages hold %v, want %s", seen, want)
	}
	for query, want := range map[string]int{"status=resolved": 1, "status=active": 4, "kind=major": 1, "q=number": 5, "q=Number+4": 1, "q=zebra": 0, "status=cancelled": 0} {
		if got := h.must("ana", "GET", "/api/v1/incidents?"+query, "").json(t)["incidents"].([]any); len(got) != want {
			t.Errorf("%s: %d incidents, want %d", query, len(got), want)
		}
	}
	first := h.must("ana", "GET", "/api/v1/incidents?q=Number+4", "").json(t)
	if got := dig(t, first, "incidents.0.point.0.name"); got != "Ana Diaz" {
		t.Errorf("point %v", got)
	}
}

func TestReadRoutes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.declared()
	h.clock.Add(1)
	h.do("ana", `{"kind":"say","as":"guess","text":"Perhaps the load balancer, says Bo Karlsson","visibility":"public","at":"-5m"}`)
	h.do("ana", `{"kind":"declare_major"}`)
	h.do("ana", `{"kind":"update","text":"Ana Diaz is on it","next":"20m"}`)
	h.do("ana", `{"kind":"impact","text":"Nobody can pay"}`)

	lines := h.must("vera", "GET", "/api/v1/incidents/1/timeline", "").json(t)["entries"].([]any)
	if dig(t, lines[0], "kind") != "guess" || dig(t, lines[0], "text") != "Perhaps the load balancer, says Bo Karlsson" || dig(t, lines[0], "id") != "e7" {
		t.Errorf("what happened first comes first, as it was typed: %v", lines[0])
	}
	after := h.must("vera", "GET", "/api/v1/incidents/1/timeline?after=7", "").json(t)["entries"].([]any)
	if len(after) != len(lines)-7 {
		t.Errorf("%d entries after the 7th of %d", len(after), len(lines))
	}

	public := h.must("vera", "GET", "/api/v1/incidents/1/timeline?public=1", "")
	for _, name := range []string{"Ana", "Diaz", "Bo", "Karlsson", "ana", `"by"`, "recorded_at"} {
		if strings.Contains(public.body, name) {
			t.Errorf("public timeline holds %s: %s", name, public.body)
		}
	}
	if got := public.json(t)["entries"].([]any); len(got) != 4 || dig(t, got[0], "mark") != "Not confirmed" {
		t.Errorf("guess, major, update, impact: %v", got)
	}
	preview := h.must("vera", "GET", "/api/v1/incidents/1/preview", "")
	if strings.Contains(preview.body, "Diaz") || dig(t, preview.json(t), "impact") != "Nobody can pay" {
		t.Errorf("preview: %s", preview.body)
	}

	steps := h.must("vera", "GET", "/api/v1/incidents/1/steps", "").json(t)["steps"].([]any)
	found := map[string]any{}
	for _, s := range steps {
		found[dig(t, s, "id").(string)] = s
	}
	for path, want := range map[string]any{
		"open_war_room.state": "due", "open_war_room.automatic": true, "open_war_room.requirement.0": "R8", "open_war_room.role": "engineer",
		"open_war_room.attempts": float64(0), "open_war_room.ref": "", "open_war_room.url": "", "open_war_room.error": "", "open_war_room.next_try": nil,
		"publish_document.state": "waiting", "publish_document.blocked_by.0": "write_document", "post_general.to": "general",
		"post_update:e9.text": "team-member-", "declare_major.state": "done", "declare_major.automatic": false, "impact_note.state": "done",
	} {
		have := dig(t, found, path)
		if text, ok := have.(string); ok && strings.HasSuffix(path, ".text") {
			if !strings.HasPrefix(text, want.(string)) {
				t.Errorf("%s: %q", path, text)
			}
		} else if have != want {
			t.Errorf("%s: %v, want %v", path, have, want)
		}
	}
	if _, ok := found["data_loss"]; ok {
		t.Error("a viewer sees a private step")
	}

	for role, want := range map[string]string{"": "point_person", "comms": "communications_manager", "marketing": "marketing_representative", "all": "engineer"} {
		got := h.must("ana", "GET", "/api/v1/incidents/1/todo?role="+role, "").json(t)
		if dig(t, got, "roles.0") != want || len(got["items"].([]any)) == 0 {
			t.Errorf("todo of %q: %v", role, got["roles"])
		}
	}
	if got := h.must("vera", "GET", "/api/v1/incidents/1/definition", "").json(t); got["met"] != true || got["prompt"] != nil {
		t.Errorf("definition: %v", got)
	}
	if got := h.must("vera", "GET", "/api/v1/incidents/1/postmortem", "").json(t); got["markdown"] != "# INC-1" || dig(t, got, "draft.title") != "Checkout fails" || got["published"] != nil {
		t.Errorf("post-mortem: %v", got)
	}
	if got := h.must("vera", "GET", "/api/v1/runbook", "").json(t); got["name"] != "production-incidents" || dig(t, got, "definition.passed") != "1h" {
		t.Errorf("runbook: %v", got["name"])
	}
	shown := h.must("vera", "GET", "/api/v1/incidents/1", "").json(t)
	for path, want := range map[string]any{"kind": "major", "stage": "investigating", "updates.0.text": "Ana Diaz is on it", "updates.0.next": "2026-11-23T09:21:00Z",
		"impact.text": "Nobody can pay", "impact.by.id": "ana", "links.public": "https://status.example/status/INC-1"} {
		if have := dig(t, shown, path); have != want {
			t.Errorf("%s: %v, want %v", path, have, want)
		}
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.declared()
	for step, url := range map[string]string{"open_war_room": "https://meet.example/1", "open_channel": "https://chat.example/1"} {
		h.do("ana", `{"kind":"step_by_hand","step":"`+step+`","url":"`+url+`"}`)
	}
	h.do("ana", `{"kind":"declare_major"}`)
	h.do("ana", `{"kind":"step_by_hand","step":"license_room","url":"https://meet.example/2"}`)
	got := h.must("vera", "GET", "/api/v1/incidents/1", "").json(t)
	for path, want := range map[string]any{"links.war_room": "https://meet.example/2", "links.channel": "https://chat.example/1", "links.stream": "", "steps.by_hand": float64(3)} {
		if have := dig(t, got, path); have != want {
			t.Errorf("%s: %v, want %v", path, have, want)
		}
	}
}

// A word that names nobody is refused by the command itself; handles, names and addresses stand for people.
func TestPeopleByWord(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.declared()
	for _, word := range []string{"ana", "@AnaDi", "ana diaz", "ANA@example.com"} {
		h.do("bo", `{"kind":"give_role","role":"engineer","to":"`+word+`","note":"please"}`)
		got := h.must("bo", "GET", "/api/v1/incidents/1", "").json(t)
		if dig(t, got, "roles.0.offer.to.id") != "ana" || dig(t, got, "roles.0.offer.note") != "please" {
			t.Errorf("%s: %v", word, dig(t, got, "roles.0"))
		}
	}
	h.ask("bo", "POST", "/api/v1/incidents/1/commands", `{"kind":"give_role","role":"engineer","to":"zoe"}`).problem(t, 422, "invalid")
	h.do("bo", `{"kind":"pull_in","who":"marketing"}`)
	h.do("bo", `{"kind":"pull_in","who":"Vera Viewer"}`)
	h.do("bo", `{"kind":"follow_up","text":"Write a test","owner":"@anadi"}`)
	got := h.must("bo", "GET", "/api/v1/incidents/1", "").json(t)
	if dig(t, got, "follow_ups.0.owner.name") != "Ana Diaz" {
		t.Errorf("owner: %v", got["follow_ups"])
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.declared()
	big := strings.Repeat("a", maxBody+1)
	for _, c := range []struct {
		as, method, path, body string
		status                 int
		code, field            string
	}{
		{"ana", "GET", "/api/v1/nothing", "", 404, "not_found", ""},
		{"ana", "GET", "/elsewhere", "", 404, "not_found", ""},
		{"ana", "DELETE", "/api/v1/incidents", "", 405, "method_not_allowed", ""},
		{"ana", "GET", "/api/v1/incidents/INC-9", "", 404, "not_found", ""},
		{"ana", "GET", "/api/v1/incidents/x", "", 404, "not_found", ""},
		{"ana", "GET", "/api/v1/incidents/INC-9/events", "", 404, "not_found", ""},
		{"ana", "POST", "/api/v1/incidents/9/commands", `{"kind":"resolve"}`, 404, "not_found", ""},
		{"ana", "GET", "/api/v1/incidents?limit=0", "", 422, "invalid", ""},
		{"ana", "GET", "/api/v1/incidents?limit=many", "", 422, "invalid", ""},
		{"ana", "GET", "/api/v1/incidents?status=asleep", "", 422, "invalid", ""},
		{"ana", "GET", "/api/v1/incidents?cursor=x", "", 422, "invalid", "cursor"},
		{"ana", "GET", "/api/v1/incidents/1/todo?role=chef", "", 422, "invalid", "role"},
		{"ana", "GET", "/api/v1/incidents/1/events?after=x", "", 422, "invalid", "after"},
		{"ana", "POST", "/api/v1/incidents", "", 400, "malformed", ""},
		{"ana", "POST", "/api/v1/incidents", "{", 400, "malformed", ""},
		{"ana", "POST", "/api/v1/incidents", `{"title":"x"} {}`, 400, "malformed", ""},
		{"ana", "POST", "/api/v1/incidents", "[]", 422, "invalid", ""},
		{"ana", "POST", "/api/v1/incidents", `{"title":" "}`, 422, "invalid", "title"},
		{"ana", "POST", "/api/v1/incidents", `{"titel":"x"}`, 422, "invalid", "titel"},
		{"ana", "POST", "/api/v1/incidents", `{"title":5}`, 422, "invalid", "title"},
		{"ana", "POST", "/api/v1/incidents", `{"title":"x","eta":"soon"}`, 422, "invalid", "eta"},
		{"ana", "POST", "/api/v1/incidents/1/commands", `{"text":"x"}`, 422, "invalid", "kind"},
		{"ana", "POST", "/api/v1/incidents/1/commands", `{"kind":"fly"}`, 422, "invalid", "kind"},
		{"ana", "POST", "/api/v1/incidents/1/commands", `{"kind":"wake"}`, 422, "invalid", "kind"},
		{"ana", "POST", "/api/v1/incidents/1/commands", `{"kind":"step_start","step":"open_war_room"}`, 422, "invalid", "kind"},
		{"ana", "POST", "/api/v1/incidents/1/commands", `{"kind":"say","text":"x","entry_kind":"fact"}`, 422, "invalid", ""},
		{"ana", "POST", "/api/v1/incidents/1/commands", `{"kind":"settle_guess","entry":"e99","outcome":"confirmed"}`, 404, "not_found", ""},
		{"ana", "POST", "/api/v1/incidents/1/commands", `{"kind":"reopen","why":"x"}`, 409, "conflict", ""},
		{"bo", "POST", "/api/v1/incidents/1/commands", `{"kind":"declare_major"}`, 403, "forbidden", ""},
		{"bo", "POST", "/api/v1/incidents/1/plan", `{"kind":"declare_major"}`, 403, "forbidden", ""},
		{"ana", "POST", "/api/v1/incidents/1/commands", big, 413, "too_large", ""},
		{"", "POST", "/api/v1/incidents/1/commands", big, 401, "unauthenticated", ""},
	} {
		p := h.ask(c.as, c.method, c.path, c.body).problem(t, c.status, c.code)
		if c.field != "" && p["field"] != c.field {
			t.Errorf("%s %s %.60s: field %v, want %s", c.method, c.path, c.body, p["field"], c.field)
		}
	}
	if a := h.ask("ana", "PUT", "/api/v1/incidents", ""); a.header.Get("Allow") == "" {
		t.Error("405 without Allow")
	}
	if a := h.ask("", "GET", "/api/v1/incidents", ""); !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Bearer") {
		t.Error("401 without WWW-Authenticate")
	}
	if i := h.must("ana", "GET", "/api/v1/incidents/1", "").json(t); i["seq"] != float64(6) {
		t.Errorf("what was refused left a trace: seq %v", i["seq"])
	}
}

// With the database away every route that needs it says so, and no secret stands in answer or log.
func TestDatabaseTrouble(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.declared()
	token := h.tokens["ana"]
	if _, err := h.store.Writer().ExecContext(t.Context(), "ALTER TABLE entry RENAME TO elsewhere"); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{"GET", "/api/v1/incidents/1"}, {"POST", "/api/v1/incidents/1/commands"}} {
		body := ""
		if c[0] == "POST" {
			body = `{"kind":"say","text":"hello"}`
		}
		a := h.ask("ana", c[0], c[1], body)
		a.problem(t, 503, "unavailable")
		if a.header.Get("Retry-After") == "" {
			t.Error("503 without Retry-After")
		}
		if strings.Contains(a.body, "elsewhere") || strings.Contains(a.body, "SQL") || strings.Contains(a.body, token) {
			t.Errorf("too much is told: %s", a.body)
		}
	}
	if _, err := h.store.Writer().ExecContext(t.Context(), "ALTER TABLE token RENAME TO tokens"); err != nil {
		t.Fatal(err)
	}
	h.ask("ana", "GET", "/api/v1/people", "").problem(t, 503, "unavailable")
	if strings.Contains(h.log.String(), token) {
		t.Error("the log holds a token")
	}
}

func TestPanicIsAnAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(o *Options) {
		o.Postmortem = func(*incident.Incident) (string, any) { panic("boom") }
	})
	h.declared()
	h.ask("ana", "GET", "/api/v1/incidents/1/postmortem", "").problem(t, http.StatusInternalServerError, "internal")
}
