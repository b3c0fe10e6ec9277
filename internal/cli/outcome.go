package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"tocsin/internal/drill"
	"tocsin/internal/incident"
	"tocsin/internal/redact"
	"tocsin/internal/report"
)

// outcome is what `drill --json` prints (docs/cli.md).
type outcome struct {
	Incident   string        `json:"incident"`
	Kind       string        `json:"kind"`
	URL        string        `json:"url"`
	Public     string        `json:"public_url"`
	Document   string        `json:"document_url"`
	Postmortem string        `json:"postmortem_url"`
	Issue      string        `json:"issue_url"`
	Stream     string        `json:"stream_url,omitempty"`
	Standins   string        `json:"standins_url"`
	Steps      []stepOutcome `json:"steps"`
	Timeline   struct {
		Entries int `json:"entries"`
		Public  int `json:"public"`
		Log     int `json:"log"`
	} `json:"timeline"`
	Redactions int      `json:"redactions"`
	People     []string `json:"people"`
	Duration   int64    `json:"duration_ms"`
}

type stepOutcome struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Requirement []string `json:"requirement"`
	Role        string   `json:"role"`
	Automatic   bool     `json:"automatic"`
	State       string   `json:"state"`
	Attempts    int      `json:"attempts"`
	Ref         string   `json:"ref,omitempty"`
	URL         string   `json:"url,omitempty"`
	Error       string   `json:"error,omitempty"`
}

// outcome tells what a drill came to, and all that is wrong with it: an automatic step that fell due and is not done, no post-mortem
// issue, a person's name on a public surface.
func (a *app) outcome(ctx context.Context, res drill.Result, cast *drill.Cast, standins string, took time.Duration) (outcome, []string, error) {
	i := res.Incident
	out := outcome{Incident: i.Name, Kind: i.Kind, URL: a.links.Room(i.Name), Public: a.links.Page(i.Name), Postmortem: a.links.Postmortem(i.Name),
		Standins: standins + "/", People: cast.Names(), Duration: took.Milliseconds()}
	var bad []string
	for _, run := range i.Runs() {
		out.Steps = append(out.Steps, stepOutcome{ID: run.ID, Title: run.Step.Title, Requirement: append([]string{}, run.Step.Requirement...), Role: run.Step.Role,
			Automatic: run.Step.Automatic(), State: run.State, Attempts: run.Attempt, Ref: run.Ref, URL: run.URL, Error: run.Error})
		if run.Step.Automatic() && run.State != incident.Waiting && run.State != incident.Done {
			bad = append(bad, fmt.Sprintf("%s is %s: %s", run.ID, run.State, run.Error))
		}
		if run.Step.Automatic() && run.State == incident.Waiting && run.Wanted {
			bad = append(bad, fmt.Sprintf("%s waits for %s", run.ID, strings.Join(run.Blocked, ", ")))
		}
	}
	out.Document, out.Issue, out.Stream = i.Link("document.publish"), i.Link("tracker.issue"), i.Link("stream.create")
	if out.Issue == "" {
		bad = append(bad, "there is no post-mortem issue")
	}
	r := a.redactors.of(i)
	out.Timeline.Entries, out.Timeline.Log = res.Entries, len(i.Lines)
	out.Timeline.Public = len(report.Public(i, r).Entries)
	for _, l := range i.Lines {
		if l.Visibility == incident.Public {
			out.Redactions += len(r.Find(l.Text).Redact)
		}
	}
	leaks, err := a.leaks(ctx, i, cast, standins, out, r)
	return out, append(bad, leaks...), err
}

// leaks looks for the invented names on everything the world can see: Tocsin's own pages and what the services received for the public.
func (a *app) leaks(ctx context.Context, i *incident.Incident, cast *drill.Cast, standins string, out outcome, r *redact.Redactor) ([]string, error) {
	surfaces := map[string]string{}
	paths := []string{"/status", "/history.atom", "/history.rss", "/feed.json", "/api/v2/summary.json", "/api/v2/status.json", "/api/v2/components.json", "/api/v2/incidents.json"}
	if i.Announced() {
		page := "/status/" + i.Name
		paths = append(paths, page, page+".json", page+".md")
	}
	for _, p := range paths {
		body, err := fetch(ctx, a.links.Public+p)
		if err != nil {
			return nil, err
		}
		surfaces[p] = body
	}
	for _, u := range []string{out.Document, out.Stream} {
		if u == "" {
			continue
		}
		body, err := fetch(ctx, u)
		if err != nil {
			return nil, err
		}
		surfaces[u] = body
	}
	objects, err := fetch(ctx, standins+"/_objects")
	if err != nil {
		return nil, err
	}
	var all map[string][]json.RawMessage
	if err := json.Unmarshal([]byte(objects), &all); err != nil {
		return nil, err
	}
	for _, kind := range []string{"google.document", "x.tweet", "mastodon.status", "bluesky.post", "youtube.broadcast", "youtube.stream", "gitlab.issue", "gitlab.note", "webhook.event"} {
		for n, o := range all[kind] {
			surfaces[fmt.Sprintf("%s %d", kind, n+1)] = string(o)
		}
	}
	var bad []string
	for where, body := range surfaces {
		for _, name := range cast.Names() {
			if strings.Contains(strings.ToLower(body), strings.ToLower(name)) {
				bad = append(bad, "a person's name stands on "+where)
			}
		}
		if n := len(r.Leaks(body)); n > 0 {
			bad = append(bad, fmt.Sprintf("%d traces of people's names stand on %s", n, where))
		}
	}
	return bad, nil
}

func fetch(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, 32<<20))
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answers %d", url, res.StatusCode)
	}
	return string(body), err
}

// endCard says what there is to look at.
func (e *env) endCard(out outcome, room string) {
	done, of := 0, 0
	for _, s := range out.Steps {
		if s.Automatic && s.State != incident.Waiting {
			of++
			if s.State == incident.Done {
				done++
			}
		}
	}
	fmt.Fprintf(e.out, "\n%s was a %s outage: %d of %d automatic steps done,\n%d events on the timeline, %d names redacted, %.1f s.\n\n",
		out.Incident, out.Kind, done, of, out.Timeline.Entries, out.Redactions, float64(out.Duration)/1000)
	for _, l := range [][2]string{{"Room", room}, {"Public page", out.Public}, {"Document", out.Document}, {"Live stream", out.Stream},
		{"Post-mortem", out.Postmortem}, {"Issue", out.Issue}, {"Slack, X, Zoom …", out.Standins}} {
		if l[1] != "" {
			fmt.Fprintf(e.out, "  %-16s %s\n", l[0], l[1])
		}
	}
	fmt.Fprintln(e.out, "\nThe links live as long as the drill: --hold keeps it. Next: tocsin serve")
}
