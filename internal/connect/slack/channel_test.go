package slack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"tocsin/internal/connect"
)

// workspaceOf is a workspace with channels and nothing else; drop names the method whose next answer is lost after it was carried out.
type workspaceOf struct {
	mu       sync.Mutex
	channels []map[string]any
	drop     string
}

func (w *workspaceOf) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	method := r.URL.Path[len("/api/"):]
	answer := map[string]any{"ok": true}
	switch method {
	case "auth.test":
		answer["user_id"], answer["url"] = "U00BOT", "https://acme.slack.example/"
	case "conversations.create":
		for _, ch := range w.channels {
			if ch["name"] == r.FormValue("name") {
				fmt.Fprint(rw, `{"ok":false,"error":"name_taken"}`)
				return
			}
		}
		ch := w.add(r.FormValue("name"), "U00BOT", "", time.Now())
		answer["channel"] = ch
	case "conversations.setPurpose", "conversations.setTopic":
		field := map[string]string{"conversations.setPurpose": "purpose", "conversations.setTopic": "topic"}[method]
		for _, ch := range w.channels {
			if ch["id"] == r.FormValue("channel") {
				ch[field] = map[string]any{"value": r.FormValue(field)}
				answer["channel"] = ch
			}
		}
	case "conversations.list":
		// One channel a page.
		at := 0
		fmt.Sscanf(r.FormValue("cursor"), "page%d", &at)
		if at < len(w.channels) {
			answer["channels"] = w.channels[at : at+1]
		}
		if at+1 < len(w.channels) {
			answer["response_metadata"] = map[string]any{"next_cursor": fmt.Sprintf("page%d", at+1)}
		}
	}
	if method == w.drop {
		w.drop = ""
		panic(http.ErrAbortHandler)
	}
	json.NewEncoder(rw).Encode(answer)
}

func (w *workspaceOf) add(name, creator, purpose string, created time.Time) map[string]any {
	ch := map[string]any{"id": fmt.Sprintf("C0000%04d", len(w.channels)), "name": name, "creator": creator, "created": created.Unix(),
		"purpose": map[string]any{"value": purpose}, "topic": map[string]any{"value": ""}}
	w.channels = append(w.channels, ch)
	return ch
}

func TestChannelLostAnswers(t *testing.T) {
	t.Parallel()
	for _, drop := range []string{"conversations.create", "conversations.setPurpose", "conversations.setTopic"} {
		t.Run(drop, func(t *testing.T) {
			t.Parallel()
			w := &workspaceOf{drop: drop}
			x := at(t, w.ServeHTTP)
			op := x.Operations()[connect.ChatChannel]
			c := call(t, connect.ChannelRequest{Name: "inc-1", Topic: "Database & <disk> down"})
			_, err := op.Do(t.Context(), c)
			if e := own(t, err); e.Kind != connect.Unknown {
				t.Fatalf("a lost answer gave %s", e.Kind)
			}
			found, err := op.Find(t.Context(), c)
			if err != nil || found == nil {
				t.Fatalf("Find gave %+v, %v", found, err)
			}
			again, err := op.Do(t.Context(), c)
			if err != nil || again.Ref != found.Ref || again.Ref != "C00000000" || again.Outputs["name"] != "inc-1" || again.URL != "https://acme.slack.example/archives/C00000000" {
				t.Errorf("done again: %+v, %v; found: %+v", again, err, found)
			}
			if len(w.channels) != 1 {
				t.Errorf("%d channels", len(w.channels))
			}
			if topic := w.channels[0]["topic"].(map[string]any)["value"]; topic != "Database & <disk> down" {
				t.Errorf("topic %q", topic)
			}
		})
	}
}

// A taken name is not taken for ours: not one of another incident, of other people, or from another time.
func TestChannelNameTakenByOthers(t *testing.T) {
	t.Parallel()
	w := &workspaceOf{}
	w.add("inc-1", "U00BOT", "Opened by Tocsin for an incident "+stamp("mark-12"), time.Now())
	w.add("inc-1-2", "U00BOB", "", time.Now())
	w.add("inc-1-3", "U00BOT", "", time.Now().Add(-time.Hour))
	x := at(t, w.ServeHTTP)
	op := x.Operations()[connect.ChatChannel]
	c := call(t, connect.ChannelRequest{Name: "inc-1", Topic: "down"})
	if found, err := op.Find(t.Context(), c); err != nil || found != nil {
		t.Fatalf("Find gave %+v, %v", found, err)
	}
	got, err := op.Do(t.Context(), c)
	if err != nil || got.Outputs["name"] != "inc-1-4" {
		t.Errorf("got %+v, %v", got, err)
	}
}
