package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/runbook"
	"tocsin/internal/store"
)

// everyone who may ask, by what tests call them.
var everyone = []string{"", "vera", "bo", "ana", "adam", "olga", "olga:read", "olga:write", "olga:admin"}

// Who may use a route.
var (
	readers = []string{"vera", "bo", "ana", "adam", "olga", "olga:read", "olga:write", "olga:admin"}
	writers = []string{"bo", "ana", "adam", "olga", "olga:write", "olga:admin"}
	admins  = []string{"adam", "olga", "olga:admin"}
)

// matrix has a row for every route. A route without one fails the test.
var matrix = map[string]struct {
	may  []string
	body string
}{
	"GET /api/v1/incidents":                                {readers, ""},
	"POST /api/v1/incidents":                               {writers, `{"title":"Another"}`},
	"GET /api/v1/incidents/{id}":                           {readers, ""},
	"GET /api/v1/incidents/{id}/timeline":                  {readers, ""},
	"GET /api/v1/incidents/{id}/todo":                      {readers, ""},
	"GET /api/v1/incidents/{id}/steps":                     {readers, ""},
	"GET /api/v1/incidents/{id}/definition":                {readers, ""},
	"GET /api/v1/incidents/{id}/print":                     {readers, ""},
	"GET /api/v1/incidents/{id}/preview":                   {readers, ""},
	"GET /api/v1/incidents/{id}/redactions":                {readers, ""},
	"GET /api/v1/incidents/{id}/postmortem":                {readers, ""},
	"GET /api/v1/incidents/{id}/events":                    {readers, ""},
	"POST /api/v1/incidents/{id}/commands":                 {writers, `{"kind":"say","text":"hello"}`},
	"POST /api/v1/incidents/{id}/plan":                     {writers, `{"kind":"say","text":"hello"}`},
	"POST /api/v1/incidents/{id}/entries/{entry}/pictures": {writers, "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"},
	"GET /api/v1/incidents/{id}/pictures/{picture}":        {readers, ""},
	"GET /api/v1/runbook":                                  {readers, ""},
	"GET /api/v1/people":                                   {readers, ""},
	"GET /api/v1/on-call":                                  {readers, ""},
	"GET /api/v1/on-call.ics":                              {readers, ""},
	"PUT /api/v1/on-call/rotations/{role}":                 {admins, `{"people":["bo","ana"],"start":"2026-11-23 09:00","days":7}`},
	"DELETE /api/v1/on-call/rotations/{role}":              {admins, ""},
	"POST /api/v1/on-call/overrides":                       {writers, `{"role":"engineer","person":"bo","until":"8h"}`},
	"DELETE /api/v1/on-call/overrides/{override}":          {writers, ""},
	"GET /api/v1/anniversaries":                            {readers, ""},
	"POST /api/v1/people":                                  {admins, `{"id":"new","name":"New Person"}`},
	"GET /api/v1/me":                                       {readers, ""},
	"GET /api/v1/scenarios":                                {readers, ""},
	"GET /api/v1/incidents/{id}/score":                     {readers, ""},
	"GET /api/v1/runbook/versions":                         {readers, ""},
	"GET /api/v1/runbook/versions/{version}":               {readers, ""},
	"PUT /api/v1/runbook":                                  {admins, wholeBook},
	"POST /api/v1/runbook/check":                           {readers, `{"source":"x"}`},
	"GET /api/v1/audit":                                    {admins, ""},
	"GET /api/v1/insights":                                 {readers, ""},
	"GET /api/v1/connectors":                               {readers, ""},
	"POST /api/v1/connectors/{name}/check":                 {admins, ""},
	"POST /api/v1/blame":                                   {readers, `{"text":"hello"}`},
}

// wholeBook is the embedded runbook as a draft.
var wholeBook = func() string {
	body, err := json.Marshal(RunbookDraft{Source: string(runbook.DefaultYAML())})
	if err != nil {
		panic(err)
	}
	return string(body)
}()

// operations lists what the router has, as "GET /path".
func operations(s *server) map[string]*huma.Operation {
	out := map[string]*huma.Operation{}
	for path, item := range s.api.OpenAPI().Paths {
		v := reflect.ValueOf(item).Elem()
		for n := range v.NumField() {
			if op, ok := v.Field(n).Interface().(*huma.Operation); ok && op != nil {
				out[op.Method+" "+path] = op
			}
		}
	}
	return out
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.declared()
	dot := h.must("ana", "POST", "/api/v1/incidents/INC-1/entries/e1/pictures", matrix["POST /api/v1/incidents/{id}/entries/{entry}/pictures"].body)
	_, dotID, _ := strings.Cut(dot.body, `"pictures":[{"id":"`)
	close(h.stop) // streams of events end at once
	for name, op := range operations(h.server) {
		row, ok := matrix[name]
		if !ok {
			t.Errorf("%s has no row in the matrix", name)
			continue
		}
		if len(op.Security) == 0 {
			t.Errorf("%s is documented as open to all", name)
		}
		path := strings.NewReplacer("{id}", "INC-1", "{name}", "builtin", "{entry}", "e1", "{picture}", dotID[:32], "{version}", "1", "{role}", "engineer").Replace(op.Path)
		for _, as := range everyone {
			path := path
			if strings.Contains(path, "{override}") { // one that is there
				o := h.must("ana", "POST", "/api/v1/on-call/overrides", matrix["POST /api/v1/on-call/overrides"].body)
				path = strings.Replace(path, "{override}", fmt.Sprint(o.json(t)["id"]), 1)
			}
			a := h.ask(as, op.Method, path, row.body)
			switch {
			case as == "":
				a.problem(t, http.StatusUnauthorized, "unauthenticated")
			case slices.Contains(row.may, as):
				if a.status >= 300 {
					t.Errorf("%s as %s: %d %s", name, as, a.status, a.body)
				}
			default:
				a.problem(t, http.StatusForbidden, "forbidden")
			}
		}
	}
	if have, want := len(operations(h.server)), len(matrix); have != want {
		t.Errorf("%d routes, %d rows", have, want)
	}
}

func TestBadCredentials(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, value := range []string{"Bearer x", "Bearer tcs_" + strings.Repeat("a", 52), "Bearer ", "bearer " + h.tokens["ana"] + "x"} {
		a := h.ask("", "GET", "/api/v1/incidents", "", "Authorization", value)
		a.problem(t, http.StatusUnauthorized, "unauthenticated")
	}
	h.must("", "GET", "/api/v1/incidents", "", "Authorization", "bearer "+h.tokens["ana"])
	if err := h.people.Put(t.Context(), func() (p store.Person) { p = cast[3]; p.Rights = "none"; return p }()); err != nil {
		t.Fatal(err)
	}
	h.ask("bo", "GET", "/api/v1/incidents", "").problem(t, http.StatusUnauthorized, "unauthenticated")
}

func TestPeopleRoute(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	viewer := h.must("vera", "GET", "/api/v1/people", "")
	for _, private := range []string{"contact", "emails", "handles", "rights", "+34"} {
		if strings.Contains(viewer.body, private) {
			t.Errorf("a viewer sees %s", private)
		}
	}
	if !strings.Contains(viewer.body, `"Ana Diaz"`) {
		t.Error("a viewer sees no names")
	}
	if !strings.Contains(h.must("bo", "GET", "/api/v1/people", "").body, "+34 600 000 000") {
		t.Error("a responder can call nobody")
	}
	put := func(as, body string) answer { return h.ask(as, "POST", "/api/v1/people", body) }
	if a := put("adam", `{"name":"Eva Novák","handles":["@eva"]}`); a.status != http.StatusCreated || a.json(t)["id"] != "eva-novak" || a.json(t)["rights"] != "responder" {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := put("adam", `{"name":"Eva Novák","handles":["@eva"]}`); a.status != http.StatusOK {
		t.Errorf("the same again: %d %s", a.status, a.body)
	}
	put("adam", `{"name":"Eva Novák","handles":["@other"]}`).problem(t, http.StatusConflict, "conflict")
	if a := put("adam", `{"id":"eva-novak","name":"Eva Novák","rights":"viewer"}`); a.status != http.StatusOK || a.json(t)["rights"] != "viewer" {
		t.Errorf("%d %s", a.status, a.body)
	}
	for _, body := range []string{`{"id":"eva-novak","name":"Eva","rights":"owner"}`, `{"id":"olga","name":"Olga","rights":"viewer"}`, `{"id":"olga","name":"Olga Other"}`} {
		put("adam", body).problem(t, http.StatusForbidden, "forbidden")
	}
	for _, body := range []string{`{"name":""}`, `{"name":"x","id":"system"}`, `{"name":"x","id":"A B"}`, `{"name":"x","rights":"king"}`, `{"name":"x","phone":"1"}`} {
		put("adam", body).problem(t, http.StatusUnprocessableEntity, "invalid")
	}
	if a := put("olga", `{"id":"adam","name":"Adam Adminson","rights":"owner"}`); a.status != http.StatusOK {
		t.Errorf("the owner makes an owner: %d %s", a.status, a.body)
	}
	if me := h.must("olga:write", "GET", "/api/v1/me", "").json(t); fmt.Sprint(me["can"]) != "[read write]" || me["scope"] != "write" || me["id"] != "olga" || me["via"] != "token" {
		t.Errorf("me: %v", me)
	}
}
