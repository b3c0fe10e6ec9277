package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"tocsin/internal/auth"
	"tocsin/internal/catalogue"
	"tocsin/internal/incident"
	"tocsin/internal/report"
	"tocsin/internal/runbook"
)

// roomPage is one incident as it concerns the person who looks.
type roomPage struct {
	I          *incident.Incident
	N          string // number, for addresses
	Base       string // /i/7
	Now        time.Time
	Meter      incident.Meter
	Bar        int    // how far the longer clause of the definition has come, in percent
	Prompt     string // the question to the point person, if one is open
	Point      bool   // this person has point
	HasPoint   bool
	Roles      []roleView
	Lists      []listView
	Lines      []lineView
	Steps      []stepView
	Ran        int       // steps that are finished
	Room       *roomCard // nil: the runbook opens none
	Trouble    int
	Plan       []planned // what declaring major would do
	Links      []link
	Elapsed    time.Duration
	Due        time.Time // next update
	DueBar     int       // how much of the time until then is over, of 100
	Asked      []askedView
	Others     []other // that go on, too
	Drafts     map[string]string
	Parts      []partState // of the service, as the public is told
	PartStates []string
	Mail       bool     // readers can subscribe
	Networks   []string // that an update may have words of its own for
	Chat       bool     // an update is told in the incident's channel too
	Stages     []string
	Kinds      []string
	People     []named
	Panel      string
	Practice   *practiceView // of a drill
	Ask        []string      // who can let somebody write who may only read
}

func (p roomPage) title(*catalogue.Language) string {
	return sign(p.I.Kind, p.I.Status, p.I.Stage)[:strings.Index(sign(p.I.Kind, p.I.Status, p.I.Stage), " ")] + " " + p.I.Name + " " + p.I.Title
}

// rehearsal has the page say that it is a drill.
// partState is how the incident affects a part of the service, one of incident.ComponentStates.
type partState struct{ Name, State string }

func (p roomPage) rehearsal() bool { return p.I.Drill }

type named struct{ ID, Name, Tel string }

// roomCard says how it stands with the war room: "opening", "open" or "failed", why, and which step brings it.
type roomCard struct{ State, Why, Step string }

type link struct{ Text, URL, Key string }

type roleView struct {
	runbook.Role
	Holders []named
	Mine    bool
	Wanted  bool
	Offered bool   // to this person
	Waiting string // whom it was offered to
	Sheet   incident.Sheet
}

type listView struct {
	Role  runbook.Role
	Mine  bool
	Items []incident.ListItem
	Done  int
}

type lineView struct {
	incident.Line
	Who    string
	Said   string
	Spoken bool
	Record bool // of what the machine did: folded away unless asked for
	Mine   bool
	Public string // what the world reads, when it is public and differs
}

type stepView struct {
	incident.Run
	Card   report.Card
	Mark   string
	Folded bool // finished, and nothing about it needs a hand
	Spoilt bool // what it made may be made anew
}

type planned struct{ Title, Text string }

// roomOf makes the room of the incident that a request names.
func (c *console) roomOf(r *http.Request) (roomPage, error) {
	i, err := c.Ledger.View(r.Context(), r.PathValue("id"))
	if err != nil {
		return roomPage{}, err
	}
	acc, _ := auth.From(r.Context())
	lang, now := c.lang(r), c.Ledger.Now()
	n := strings.TrimPrefix(i.Name, "INC-")
	p := roomPage{I: i, N: n, Base: "/i/" + n, Now: now, Meter: i.Meter(now), Point: i.Holds(acc.Person.ID, "point_person"), HasPoint: len(i.Roles["point_person"]) > 0,
		Elapsed: report.Elapsed(i, now), Due: i.UpdateDue(), Stages: incident.Stages, Kinds: incident.Spoken, Panel: r.URL.Query().Get("panel")}
	if i.Prompt.Open {
		p.Prompt = report.Prompt(lang, i, i.Prompt.Reason)
	}
	for n, clause := range p.Meter.Clauses {
		if e, err := runbook.Compile(clause.Expr); err == nil {
			p.Meter.Clauses[n].Text = runbook.ExplainIn(lang, e)
		}
	}
	p.Bar = bar(i, now)
	for _, one := range c.Directory.List() {
		p.People = append(p.People, named{one.ID, one.Name, one.Contact})
	}
	if !acc.CanWrite() {
		p.Ask = c.admins()
	}
	p.Practice = c.practice(i, acc, now)
	duties, err := c.onDuty(r)
	if err != nil {
		return p, err
	}
	p.Asked = c.askedFor(r, i, duties)
	if p.Others, err = c.others(r, i); err != nil {
		return p, err
	}
	p.DueBar = dueBar(i, p.Due, now)
	c.fillRoles(&p, acc)
	c.fillLines(&p, lang, acc)
	c.fillSteps(&p, lang, acc)
	p.Drafts = map[string]string{}
	for _, s := range incident.Stages {
		p.Drafts[s] = report.DraftUpdate(i, s, now, c.Links.Page(i.Name))
	}
	p.PartStates, p.Mail = incident.ComponentStates, c.Subscribers != nil && !i.Drill
	p.Networks = c.Ledger.Services().Able["social.post"]
	p.Chat = slices.ContainsFunc(i.Runbook.Steps, c.tellsChat)
	for _, name := range c.Ledger.Components() {
		p.Parts = append(p.Parts, partState{name, i.ComponentNow(name)})
	}
	if i.Kind != incident.Major && i.Status == incident.Active {
		p.Plan = c.plan(i, now)
	}
	return p, nil
}

// bar is how far the stated ETA or the running disruption reaches into the hour of the definition.
func bar(i *incident.Incident, now time.Time) int {
	limit := i.Runbook.Definition.Passed.Duration()
	if limit <= 0 {
		return 0
	}
	longest := time.Duration(0)
	if d := i.ETA.Span(); d != nil {
		longest = *d
	}
	if !i.Disruption.Since.IsZero() {
		longest = max(longest, now.Sub(i.Disruption.Since))
	}
	return int(min(100, max(0, longest*100/limit)))
}

func (c *console) fillRoles(p *roomPage, acc auth.Account) {
	wanted, soon := p.I.Wanted(), report.Planner(p.I)
	for _, role := range p.I.Runbook.Roles {
		v := roleView{Role: role, Mine: p.I.Holds(acc.Person.ID, role.ID),
			Wanted: slices.ContainsFunc(wanted, func(w runbook.Role) bool { return w.ID == role.ID })}
		for _, id := range p.I.Roles[role.ID] {
			holder, _ := c.Directory.Get(id) // who has left has no telephone
			v.Holders = append(v.Holders, named{id, c.Directory.Name(id), holder.Contact})
		}
		if o, ok := p.I.Offers[role.ID]; ok {
			v.Offered, v.Waiting, v.Sheet = o.To == acc.Person.ID, c.Directory.Name(o.To), o.Sheet
		}
		p.Roles = append(p.Roles, v)
		list := listView{Role: role, Mine: v.Mine, Items: slices.DeleteFunc(p.I.List(role.ID, p.Now), func(it incident.ListItem) bool { return it.Step.Private && !acc.Confided(p.I) })}
		for n, item := range list.Items {
			if item.Finished {
				list.Done++
			}
			list.Items[n].Step.Text, _ = item.Step.Render(soon(c.Names(p.I, item.Run)))
		}
		p.Lists = append(p.Lists, list)
	}
	slices.SortStableFunc(p.Lists, func(a, b listView) int {
		switch {
		case a.Mine == b.Mine:
			return 0
		case a.Mine:
			return -1
		}
		return 1
	})
}

// fillLines makes the timeline. Private lines are for those whom they concern (R32).
func (c *console) fillLines(p *roomPage, lang *catalogue.Language, acc auth.Account) {
	red := c.Redactor(p.I)
	versions := map[int64]bool{} // of the post-mortem, which saves itself more often than anybody wants to read
	for _, section := range incident.Sections {
		for _, l := range p.I.Versions(section) {
			versions[l.Seq] = true
		}
	}
	for _, l := range p.I.Lines {
		if acc.Hidden(p.I, l) || l.Kind == "postmortem_edited" && !versions[l.Seq] {
			continue
		}
		v := lineView{Line: l, Who: c.Directory.Name(l.By), Said: report.SentenceIn(lang, p.I, l, c.Directory.Name), Mine: l.By == acc.Person.ID}
		v.Spoken = slices.Contains(incident.Spoken, l.Kind) || l.Kind == "update" || l.Kind == "impact"
		v.Record = strings.HasPrefix(l.Kind, "step_") || l.Kind == "pseudonyms" || l.Kind == "nudged"
		if l.Visibility == incident.Public && !l.Struck {
			if public := red.Text(l.Text).String(); public != l.Text {
				v.Public = public
			}
		}
		p.Lines = append(p.Lines, v)
	}
	slices.SortStableFunc(p.Lines, func(a, b lineView) int { return b.At.Compare(a.At) })
}

var marks = map[string]string{incident.Waiting: "◌", incident.Due: "◔", incident.Started: "⟳", incident.Done: "✔", incident.Failed: "✖",
	incident.Unsure: "?", incident.HandDone: "✋", incident.Skipped: "⤼"}

func (c *console) fillSteps(p *roomPage, lang *catalogue.Language, acc auth.Account) {
	for _, run := range p.I.Runs() {
		if run.Step.Kind == "" || run.State == incident.Waiting && (!run.Wanted || c.Ledger.Services().LeavesOut(run.Step)) || run.Step.Private && !acc.Confided(p.I) {
			continue
		}
		v := stepView{Run: run, Card: report.ByHand(p.I, run, c.Names(p.I, run)).Redacted(c.Redactor(p.I)), Mark: marks[run.State], Spoilt: p.I.Spoilt(run)}
		if run.State == incident.Failed || run.State == incident.Unsure || run.State == incident.HandDone && run.Claimed {
			p.Trouble++
		} else if run.Finished {
			v.Folded = true
			p.Ran++
		}
		p.Steps = append(p.Steps, v)
		if run.Step.Kind == "room.open" {
			p.Room = &roomCard{State: "opening", Why: run.Error, Step: run.ID}
			if run.State == incident.Failed || run.State == incident.Unsure || run.State == incident.HandDone && run.URL == "" {
				p.Room.State = "failed"
			}
		}
	}
	add := func(text, url, key string) {
		if url != "" {
			p.Links = append(p.Links, link{text, url, key})
		}
	}
	if url, _ := p.I.WarRoom(); url != "" && p.Room != nil {
		p.Room.State = "open"
	}
	add(lang.T("Document"), p.I.Link("document.create"), "d")
	add(lang.T("Channel"), p.I.Link("chat.channel"), "")
	add(lang.T("Live stream"), p.I.Link("stream.create"), "")
	if p.I.Announced() && (c.Drill || !p.I.Drill) {
		add(lang.T("Public page"), c.Links.Page(p.I.Name), "")
	}
	add(lang.T("Issue"), p.I.Link("tracker.issue"), "")
	add(lang.T("Copy to print"), p.Base+"/print", "")
}

// plan is what declaring a major outage would make due, with the exact texts (R19).
func (c *console) plan(i *incident.Incident, now time.Time) []planned {
	major := supposing(i, &incident.MajorDeclared{}, now)
	before := map[string]bool{}
	for _, run := range i.Runs() {
		before[run.ID] = run.Wanted
	}
	var out []planned
	soon := report.Planner(major)
	for _, run := range major.Runs() {
		if !run.Wanted || before[run.ID] || !run.Step.Automatic() || c.Ledger.Services().LeavesOut(run.Step) {
			continue
		}
		p := planned{Title: run.Step.Title}
		if run.Step.Kind == "chat.post" || run.Step.Kind == "social.post" {
			p.Text, _ = run.Step.Render(soon(c.Names(major, run)))
		}
		out = append(out, p)
	}
	return out
}

// supposing is the incident as it would stand if that happened next.
func supposing(i *incident.Incident, ev incident.Event, now time.Time) *incident.Incident {
	log := make([]incident.Entry, 0, len(i.Lines)+1)
	for _, l := range i.Lines {
		log = append(log, incident.Entry{Seq: l.Seq, At: l.At, Recorded: l.Recorded, By: l.By, Event: l.Event})
	}
	log = append(log, incident.Entry{Seq: i.Seq + 1, At: now, Recorded: now, By: incident.System, Event: ev})
	return incident.Fold(i.ID, i.Name, log)
}

func (c *console) room(w http.ResponseWriter, r *http.Request) {
	p, err := c.roomOf(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	f := c.frame(r, p.title(c.lang(r)), p)
	if p.Panel == "" {
		c.write(w, http.StatusOK, "room", "layout.html", f)
		return
	}
	if !slices.Contains([]string{"head", "roles", "mine", "timeline", "steps", "practice"}, p.Panel) {
		c.fail(w, r, &incident.Error{Code: incident.NotFound, Message: "there is no such part of the room"})
		return
	}
	c.write(w, http.StatusOK, "room", p.Panel, f)
}

// warRoom leads to the meeting that is current, so that one link holds for the whole incident (rulings 15).
func (c *console) warRoom(w http.ResponseWriter, r *http.Request) {
	i, err := c.Ledger.View(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	url, provider := i.WarRoom()
	if url == "" {
		c.fail(w, r, &incident.Error{Code: incident.NotFound, Message: "there is no war room yet; the room of the incident shows why"})
		return
	}
	if url, err = c.Join(provider, url); err != nil {
		c.fail(w, r, err)
		return
	}
	http.Redirect(w, r, url, http.StatusSeeOther)
}

// dueBar is how much of the time from the last word to the public until the next is over, of 100.
func dueBar(i *incident.Incident, due, now time.Time) int {
	from := i.Declared.At
	if n := len(i.Updates); n > 0 {
		from = i.Updates[n-1].At
	}
	if !due.After(from) {
		return 100
	}
	return int(min(max(100*now.Sub(from)/due.Sub(from), 0), 100))
}
