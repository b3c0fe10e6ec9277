package cli

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tocsin/internal/api"
)

// TestByHand carries the whole runbook out by hand over the command line, every step by its card alone, while no service can be used: none
// is set up, each answers 503 for ever, or all are part of the outage.
func TestByHand(t *testing.T) {
	t.Parallel()
	alone := map[string][]string{"room": {"zoom"}, "document": {"google"}, "chat": {"slack"}, "social": {"x"}, "stream": {"youtube"}, "tracker": {"gitlab"}}
	for name, declare := range map[string][]string{
		"none is set up": nil,
		"all answer 503": nil,
		"all are down":   {"--down", "slack,zoom,google,youtube,x,gitlab"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			services, halt, err := startStandins(0)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(halt)
			inject(t, services.url, `{"match":"* /","fault":"status","status":503}`)
			cfg := drillConfig(services.url)
			if name == "none is set up" {
				cfg = Config{}
			}
			cfg.Capabilities, cfg.People = alone, filepath.Join(t.TempDir(), "people.yaml")
			roster := "people: [{name: Ana Díaz, handles: ['@ana'], roles: [engineer], contact: '+34 600 000 000'}, {name: owner, id: owner}]"
			if err := os.WriteFile(cfg.People, []byte(roster), 0o600); err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			a, stop := startWith(t, dir, cfg)
			t.Cleanup(stop)
			h := &hands{t: t, run: desk(t, a, dir), did: map[string]string{}}
			h.do(append([]string{"declare", "Database deleted", "--service", "database", "--disrupting", "--eta", "6h", "--point"}, declare...)...)
			h.do("take", "engineer")
			h.all()
			h.do("declare-major", "--yes", "--no-wait")
			for _, role := range []string{"comms", "marketing"} {
				h.do("take", role)
			}
			h.do("update", "We lost our database and restore it from a copy.", "--stage", "identified", "--next", "30m", "--no-wait")
			h.do("page", "@ana")
			h.do("page", "engineer", "--why", "who knows the copies")
			h.do("impact", "Nobody can use the service.")
			h.do("review", "approve")
			h.all()
			h.do("update", "It is over.", "--stage", "resolved", "--no-wait")
			h.do("resolve", "--no-wait")
			h.do("further", "blog", "-i", "1")
			h.all()
			h.do("postmortem", "publish", "-i", "1", "--no-wait")
			h.all()
			h.do("review", "approve", "--of", "postmortem", "-i", "1")
			h.all()
			h.finished()
			for step, links := range map[string][]string{
				"tweet_document":   {"https://hand.example/publish_document"},
				"post_devrel":      {"https://hand.example/publish_document"},
				"pin_announcement": {"https://hand.example/announce"},
				"share_document":   {"https://hand.example/create_document"},
				"connect_stream":   {"https://hand.example/create_stream", "https://hand.example/license_room"},
				"open_issue":       {"https://hand.example/postmortem_issue"},
				"post_general":     {"#general", "@channel, we have a major outage and need help creating a live streaming war room, refer to [runbooks-production-incident](http"},
				"write_document":   {"We lost our database and restore it from a copy.", "Nobody can use the service."},
				"postmortem_issue": {"# Post-mortem", "an issue labelled outage", "We lost our database"},
				"open_channel":     {"#inc-1-database-deleted"},
				"invite_people":    {"#inc-1-database-deleted", "Text     owner"},
				"announce":         {"#inc-1-database-deleted", "/i/1/war-room", "https://hand.example/open_channel"},
			} {
				for _, l := range links {
					if !strings.Contains(h.did[step], l) {
						t.Errorf("the card of %s lacks %q:\n%s", step, l, h.did[step])
					}
				}
			}
			calls := 0
			for id, card := range h.did {
				if strings.HasPrefix(id, "call_people:") && strings.Contains(card, "Call     Ana Díaz +34 600 000 000") {
					calls++
				}
			}
			if calls != 2 {
				t.Errorf("%d of 2 calls say whom to phone: %v", calls, h.did)
			}
			if said := h.do("postmortem", "-i", "1"); !strings.Contains(said, "Database deleted") || !strings.Contains(said, "https://hand.example/publish_document") {
				t.Errorf("the post-mortem lacks what was made by hand:\n%s", said)
			}
			if said := h.do("show", "1"); !strings.Contains(said, "https://hand.example/license_room") || !strings.Contains(said, "https://hand.example/postmortem_issue") {
				t.Errorf("the incident lacks what was made by hand:\n%s", said)
			}
		})
	}
}

// hands is a person who does what the machine would.
type hands struct {
	t   *testing.T
	run func(args ...string) (string, int)
	did map[string]string // step → the card it was done by
}

// do gives one command, which must be taken.
func (h *hands) do(args ...string) string {
	h.t.Helper()
	said, code := h.run(args...)
	if code != exitOK && code != exitPartly {
		h.t.Fatalf("tocsin %s: exit %d\n%s", strings.Join(args, " "), code, said)
	}
	return said
}

func (h *hands) steps() (steps []api.Step) {
	h.t.Helper()
	_, out, _ := strings.Cut(h.do("steps", "--json", "-i", "1"), "{")
	var body struct{ Steps []api.Step }
	if err := json.NewDecoder(strings.NewReader("{" + out)).Decode(&body); err != nil {
		h.t.Fatalf("%v: %s", err, out)
	}
	return body.Steps
}

// all does everything that can be done, until nothing more can.
func (h *hands) all() {
	h.t.Helper()
	for {
		did := false
		for _, s := range h.steps() {
			if s.Finished || s.State == "waiting" || h.did[s.ID] != "" {
				continue
			}
			if s.Kind == "" {
				if said, code := h.run("todo", "done", s.ID, "-i", "1"); code != exitOK {
					h.t.Fatalf("todo done %s: %d %s", s.ID, code, said)
				}
				h.did[s.ID] = s.Text
			} else {
				h.one(s)
			}
			did = true
		}
		if !did {
			return
		}
	}
}

// one does a step by its card: what the last line says, with a link where it asks for one.
func (h *hands) one(s api.Step) {
	h.t.Helper()
	card := h.do("steps", "card", s.ID, "-i", "1")
	for _, open := range []string{"{", "(link from:", "<here>"} {
		if strings.Contains(card, open) {
			h.t.Errorf("the card of %s is not complete:\n%s", s.ID, card)
		}
	}
	if !strings.Contains(card, "  How ") {
		h.t.Errorf("the card of %s does not say how:\n%s", s.ID, card)
	}
	_, then, ok := strings.Cut(card, "  Then     tocsin ")
	if !ok && slices.ContainsFunc(h.steps(), func(now api.Step) bool { return now.ID == s.ID && now.Finished }) {
		h.did[s.ID] = card
		return // the machine left it out meanwhile: it is optional, and no service is set up
	}
	if !ok {
		h.t.Fatalf("the card of %s does not say what to fill in:\n%s", s.ID, card)
	}
	then, _, _ = strings.Cut(strings.TrimSpace(then), ",")
	then = strings.ReplaceAll(then, "LINK", "https://hand.example/"+strings.ReplaceAll(s.ID, ":", "-"))
	h.do(append(strings.Fields(then), "-i", "1")...)
	h.did[s.ID] = card
}

// finished holds that nothing is left.
func (h *hands) finished() {
	h.t.Helper()
	left := map[string]string{}
	for _, s := range h.steps() {
		if !s.Finished {
			left[s.ID] = s.State
		}
	}
	for _, id := range slices.Sorted(maps.Keys(left)) {
		h.t.Errorf("%s is %s", id, left[id])
	}
}
