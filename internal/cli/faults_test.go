package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"tocsin/internal/connect"
	"tocsin/internal/connect/all"
	"tocsin/internal/connect/github"
	"tocsin/internal/connect/mattermost"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
)

// service is a provider in the table of bad days: one step, and the call of that step which makes something.
type service struct {
	name   string
	id     string
	with   func(c all.Config, base string) all.Config // its part of the configuration alone, or one for stand-ins at base
	step   string                                     // YAML
	match  string                                     // the call
	made   string                                     // what the stand-ins call the thing made
	renews bool                                       // it gets a new token by itself
	reads  bool                                       // it reads something before that call
}

var services = []service{
	{name: "Slack", id: "slack", with: func(c all.Config, _ string) all.Config { return all.Config{Slack: c.Slack} },
		step: "{kind: chat.post, with: {channel: general}, text: Pushes fail}", match: "POST /slack/api/chat.postMessage", made: "slack.message"},
	{name: "Zoom", id: "zoom", with: func(c all.Config, _ string) all.Config { return all.Config{Zoom: c.Zoom} },
		step: "{kind: room.open, text: Pushes fail}", match: "POST /zoom/v2/users/", made: "zoom.meeting", renews: true},
	{name: "Google Docs", id: "google", with: func(c all.Config, _ string) all.Config { return all.Config{Google: c.Google} },
		step: "{kind: document.create, text: Pushes fail}", match: "POST /google/drive/v3/files", made: "google.document", renews: true},
	{name: "X", id: "x", with: func(c all.Config, _ string) all.Config { return all.Config{X: c.X} },
		step: "{kind: social.post, text: Pushes fail}", match: "POST /x/2/tweets", made: "x.tweet"},
	{name: "Mastodon", id: "mastodon", with: func(c all.Config, _ string) all.Config { return all.Config{Mastodon: c.Mastodon} },
		step: "{kind: social.post, text: Pushes fail}", match: "POST /mastodon/api/v1/statuses", made: "mastodon.status"},
	{name: "Bluesky", id: "bluesky", with: func(c all.Config, _ string) all.Config { return all.Config{Bluesky: c.Bluesky} },
		step: "{kind: social.post, text: Pushes fail}", match: "POST /bluesky/xrpc/com.atproto.repo.putRecord", made: "bluesky.post", renews: true},
	{name: "YouTube", id: "youtube", with: func(c all.Config, _ string) all.Config { return all.Config{YouTube: c.YouTube} },
		step: "{kind: stream.create, text: Pushes fail}", match: "POST /google/youtube/v3/liveBroadcasts", made: "youtube.broadcast", renews: true},
	{name: "GitLab", id: "gitlab", with: func(c all.Config, _ string) all.Config { return all.Config{GitLab: c.GitLab} },
		step: "{kind: tracker.issue, with: {labels: outage}}", match: "POST /gitlab/api/v4/projects/", made: "gitlab.issue"},
	{name: "GitHub", id: "github", with: func(_ all.Config, base string) all.Config {
		return all.Config{GitHub: github.Config{BaseURL: base + "/github/api/v3", Token: "github_pat_drill", Repository: "example/infrastructure"}}
	},
		step: "{kind: tracker.issue, with: {labels: outage}}", match: "POST /github/api/v3/repos/", made: "github.issue", reads: true},
	{name: "Mattermost", id: "mattermost", with: func(_ all.Config, base string) all.Config {
		return all.Config{Mattermost: mattermost.Config{BaseURL: base + "/mattermost", Token: "drill", Team: "example"}}
	},
		step: "{kind: chat.post, with: {channel: general}, text: Pushes fail}", match: "POST /mattermost/api/v4/posts", made: "mattermost.post", reads: true},
}

// attemptLasts is the deadline of one attempt in this test, in place of the ten seconds of `serve`.
const attemptLasts = 3 * time.Second

// TestBadDays is every service × every bad day, over real HTTP through the whole server: what the log says, when the next attempt is, how
// often the thing was made. Its table is docs/reliability.md.
func TestBadDays(t *testing.T) {
	t.Parallel()
	type cell struct{ s, d int }
	results := map[cell]badly{}
	var mu sync.Mutex
	var all sync.WaitGroup
	room := make(chan struct{}, 8)
	for s := range services {
		for d := range badDays {
			if badDays[d].slack && services[s].name != "Slack" {
				continue
			}
			all.Go(func() {
				room <- struct{}{}
				defer func() { <-room }()
				b := endure(t, services[s], badDays[d])
				mu.Lock()
				defer mu.Unlock()
				results[cell{s, d}] = b
			})
		}
	}
	all.Wait()
	var table strings.Builder
	for s, of := range services {
		fmt.Fprintf(&table, "\n### %s\n\n| what goes wrong | what people read | what follows |\n|---|---|---|\n", of.name)
		for d, day := range badDays {
			b, ok := results[cell{s, d}]
			if !ok {
				continue
			}
			if wrong := b.judge(of, day); wrong != "" {
				t.Errorf("%s, %s: %s: %+v", of.name, day.name, wrong, b)
			}
			fmt.Fprintf(&table, "| %s | %s | %s |\n", day.name, b.words(), b.story(of))
		}
	}
	generated(t, "../../docs/reliability.md", map[string]string{"bad days": table.String() + "\n"})
}

// badly is what came of one step on one bad day, as the log and the stand-ins tell it.
type badly struct {
	class    string
	attempts int
	first    incident.Event // the first word of trouble; nil if there was none
	message  string
	scope    string
	told     time.Duration // from the beginning of the attempt to that word
	next     time.Duration // from that word to the next attempt or look-up; 0: none is planned
	gap      time.Duration // between the first two attempts
	looks    int
	adopted  bool
	state    string
	made     int
}

// endure carries the step out on such a day, until it is done, or waits for a person or for long.
func endure(t *testing.T, s service, d badDay) badly {
	remote, halt, err := startStandins(0)
	if err != nil {
		t.Error(err)
		return badly{}
	}
	defer halt()
	base := remote.url
	if d.base != nil {
		base = d.base(t)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir+"/data", begun()); err != nil {
		t.Error(err)
		return badly{}
	}
	book := "name: bad-day\nversion: 1\ntitle: A bad day\nroles: [{id: point_person, name: Point person, wanted: declared}]\n" +
		"definition: {major: eta > 1h and disrupting, ask: 45m, passed: 1h}\nsteps:\n" +
		"  - {id: it, title: Do it, role: point_person, when: declared, by_hand: Do it by hand., " + strings.TrimPrefix(s.step, "{") + "\n"
	if err := os.WriteFile(dir+"/runbook.yaml", []byte(book), 0o600); err != nil {
		t.Error(err)
		return badly{}
	}
	cfg := drillConfig(base)
	cfg.Connectors, cfg.Runbook = s.with(cfg.Connectors, base), dir+"/runbook.yaml"
	kind := strings.TrimPrefix(s.step, "{kind: ")
	cfg.Capabilities = map[string][]string{kind[:strings.Index(kind, ".")]: {s.id}}
	cfg.Runner = RunnerConfig{Deadline: attemptLasts, Settle: map[string]time.Duration{}}
	for _, n := range all.Names() {
		cfg.Runner.Settle[n] = 100 * time.Millisecond
	}
	l, err := listenOn("127.0.0.1:0")
	if err != nil {
		t.Error(err)
		return badly{}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 3*time.Minute)
	defer cancel()
	a, err := newApp(ctx, appOptions{data: dir + "/data", config: cfg, console: l, log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Errorf("%s, %s: %v", s.name, d.name, err)
		return badly{}
	}
	served := make(chan error, 1)
	go func() { served <- a.run(ctx) }()
	changed := make(chan struct{}, 1)
	defer a.ledger.Watch(func(ledger.Change) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	if d.fault != "" {
		if err := disturb(t.Context(), remote.url, fmt.Sprintf(`[{"match":%q,"nth":1,"fault":%s}]`, s.match, d.fault)); err != nil {
			t.Error(err)
		}
	}
	i, err := a.ledger.Do(ctx, ledger.Request{Actor: "ana", Command: &incident.Declare{Title: "Pushes fail", Point: true}})
	if err != nil {
		t.Error(err)
	}
	b := settle(ctx, a, i.Incident.ID, changed, d.base != nil)
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
	b.message = strings.ReplaceAll(b.message, strings.SplitN(base, "//", 2)[1], "HOST")
	body, err := fetch(t.Context(), remote.url+"/_objects")
	var made map[string][]json.RawMessage
	if err == nil {
		err = json.Unmarshal([]byte(body), &made)
	}
	if err != nil {
		t.Error(err)
	}
	b.made = len(made[s.made])
	return b
}

// disturb sets faults at the stand-ins.
func disturb(ctx context.Context, base, faults string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/_faults", strings.NewReader(faults))
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if res.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("the stand-ins refuse %s: %s", faults, res.Status)
	}
	return res.Body.Close()
}

// settle waits until the step is done, waits for a person, or is not tried again for a while; if the trouble lasts, until it was told.
func settle(ctx context.Context, a *app, id string, changed <-chan struct{}, lasts bool) badly {
	for {
		i, err := a.ledger.View(ctx, id)
		if err != nil {
			return badly{message: err.Error()}
		}
		b := read(i)
		run, _ := i.Find("it")
		over := run.State == incident.Done || run.State == incident.Unsure || run.State == incident.Failed && b.next > time.Minute
		if over || b.first != nil && (lasts || run.State == incident.Failed && run.Next.IsZero()) {
			return b
		}
		select {
		case <-changed:
		case <-ctx.Done():
			b.state += ", waited for in vain"
			return b
		}
	}
}

// read gathers what the log says of the step.
func read(i *incident.Incident) badly {
	var b badly
	var began []time.Time
	trouble := func(l incident.Line, ev incident.Event, message, scope string, next time.Time) {
		if b.first != nil {
			return
		}
		b.first, b.message, b.scope, b.told = ev, message, scope, l.Recorded.Sub(began[0])
		if !next.IsZero() {
			b.next = next.Sub(l.Recorded)
		}
	}
	for _, l := range i.Lines {
		switch ev := l.Event.(type) {
		case *incident.StepStarted:
			b.class, b.attempts, began = ev.Class, b.attempts+1, append(began, l.Recorded)
		case *incident.StepFailed:
			var next time.Time
			if ev.Next != nil {
				next = *ev.Next
			}
			trouble(l, ev, ev.Error, ev.Scope, next)
		case *incident.StepUnclear:
			trouble(l, ev, ev.Error, "", ev.Look)
		case *incident.StepUnsure:
			trouble(l, ev, ev.Error, "", time.Time{})
		case *incident.StepLooked:
			b.looks++
		case *incident.StepDone:
			b.adopted = ev.Adopted
		}
	}
	if len(began) > 1 {
		b.gap = began[1].Sub(began[0])
	}
	run, _ := i.Find("it")
	b.state = run.State
	return b
}

// judge holds what came of it to DESIGN §4 and gives what is wrong, empty for nothing.
func (b badly) judge(s service, d badDay) string {
	lasts := d.base != nil
	_, failed := b.first.(*incident.StepFailed)
	_, unclearly := b.first.(*incident.StepUnclear)
	means := d.means
	if means == renewed && !s.renews {
		means = turnedDown
	}
	if lasts && (s.renews || s.reads) && means == unclear {
		means = notSent // it was on its way to fetch a token, or to read
	}
	if connect.Class(b.class) == connect.Key && (means == unclear || means == happened) {
		means = notSent // sent again under the same key, it makes nothing more
	}
	lookUp := connect.Class(b.class) == connect.LookUp
	least := d.wait
	if d.dated {
		least -= time.Second // dates have whole seconds
	}
	if means != notSent && means != turnedDown && means != renewed && !lookUp {
		return "the table knows only what can be looked up"
	}
	switch {
	case means == renewed:
		if b.first != nil || b.state != incident.Done || b.attempts != 1 || b.made != 1 {
			return "a token that has run out should be renewed without a word"
		}
		return ""
	case b.first == nil || b.message == "":
		return "nobody is told"
	case b.told > attemptLasts+4*time.Second: // four of them for a slow machine
		return "people are told late"
	case means == turnedDown && (!failed || b.next != 0 || b.state != incident.Failed || b.attempts != 1 || b.made != 0):
		return "a refusal should stop the step and wait for a person"
	case d.scoped && b.scope == "":
		return "the missing scope is not named"
	case means == turnedDown:
		return ""
	case means == notSent && (!failed || b.next <= 0):
		return "what surely did not happen should be tried again"
	case d.wait > 0 && (b.told+b.next < least || b.next > d.wait+d.wait/10):
		return "Retry-After is not obeyed"
	case (means == unclear || means == happened) && !unclearly:
		return "what may have happened should be looked up"
	case lasts || b.next > time.Minute:
		return ""
	case b.state != incident.Done || b.made != 1:
		return "it should end as done, and made once"
	case means == happened && (!b.adopted || b.attempts != 1):
		return "what happened should be found and adopted"
	case means == unclear && (b.adopted || b.attempts != 2 || b.looks != 2):
		return "what did not happen should be looked up twice, then sent again"
	case means == notSent && (b.attempts != 2 || d.wait > 0 && b.gap < b.next):
		return "it should be sent again after the wait"
	}
	return ""
}

// words is what people read in the room.
func (b badly) words() string {
	if b.first == nil {
		return "nothing: a new token is fetched at once"
	}
	return strings.ReplaceAll(b.message, "|", "\\|")
}

// story is what Tocsin makes of it.
func (b badly) story(s service) string {
	var then string
	switch b.first.(type) {
	case nil:
	case *incident.StepUnclear:
		then = "looked up"
		switch {
		case b.adopted:
			then += ", found, taken over"
		case b.state == incident.Done:
			then += " twice, not there, sent again"
		default:
			then += " until the service answers; after half an hour a person is asked"
		}
	case *incident.StepFailed:
		switch {
		case b.next == 0 && b.scope != "":
			then = "stops and names the scope `" + b.scope + "`; retry once it is granted, or by hand"
		case b.next == 0:
			then = "stops; retry once it is mended, or by hand"
		case b.next > 12*time.Hour:
			then = "tried again in a day, or when a person says so; or by hand"
		case b.next > time.Minute:
			then = "tried again when the service's limit is over, or when a person says so; or by hand"
		case b.state != incident.Done && strings.HasPrefix(s.step, "{kind: tracker."):
			then = "tried again and again for two days, as the post-mortem can wait; or by hand meanwhile"
		case b.state != incident.Done:
			then = "tried again and again, 12 times in all, then a person decides; or by hand meanwhile"
		default:
			then = "tried again"
		}
	}
	if b.state == incident.Done {
		then = strings.TrimPrefix(then+"; done, made once", "; ")
	}
	return then
}
