package web

import (
	"cmp"
	"net/http"
	"strings"

	"tocsin/internal/blame"
	"tocsin/internal/catalogue"
	"tocsin/internal/connect"
	"tocsin/internal/incident"
	"tocsin/internal/redact"
	"tocsin/internal/report"
	"tocsin/internal/runbook"
)

// checkedPage is an update as it would go out, and what might be better about it. Nothing of it is kept.
type checkedPage struct {
	Networks []network
	Outside  redact.Text  // as the public page shows it
	Document string       // its line of the public document; empty: there is none
	Mail     *mailPreview // to subscribers; nil: there is none
	Chat     []inChannel  // to the organisation's own chat
	Same     bool         // nothing of it is replaced
	Hints    []hint
}

// mailPreview is an update as subscribers get it, and how many addresses that are.
type mailPreview struct {
	Subject, Text string
	Addresses     int
}

// inChannel is an update as a chat channel is told of it.
type inChannel struct{ Channel, Text string }

// network is an update as one network would show it.
type network struct {
	Name      string
	Text      string
	Shortened bool
	Weight    int // as the network counts
	Limit     int
}

// hint is one thing that might be better: the words, what is wrong with them and what to write instead.
type hint struct{ Words, Message, Rewrite string }

// check shows what an update that is being written would look like (R7, R13, R16), or an entry for the public (R13, R14).
func (c *console) check(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	i, err := c.Ledger.View(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	text, stage := r.PostFormValue("text"), cmp.Or(r.PostFormValue("stage"), i.Stage, incident.Stages[0])
	written := []string{text} // and what a network is given instead
	red := c.Redactor(i)
	p := checkedPage{Outside: red.Text(text)}
	p.Same = p.Outside.String() == text
	if r.PostFormValue("kind") == "say" {
		find := blame.CheckPublic
		if r.PostFormValue("as") == "guess" {
			find = blame.CheckGuess
		}
		p.Hints = append(c.outside(c.lang(r), red, text), hintsOn(c.lang(r), text, find(text, c.everybody()...))...)
		c.write(w, http.StatusOK, "room", "checked", c.frame(r, "", p))
		return
	}
	if i.Link("document.create") != "" {
		p.Document = c.Ledger.Now().UTC().Format("2006-01-02 15:04") + "  update  " + p.Outside.String() // as report.Document writes it
	}
	if c.Subscribers != nil && !i.Drill {
		m := &mailPreview{}
		if m.Subject, m.Text, m.Addresses, err = c.Subscribers.Preview(r.Context(), i.Name, red.Text(report.Title(i)), stage, p.Outside); err != nil {
			c.fail(w, r, err)
			return
		}
		p.Mail = m
	}
	p.Chat = c.inChannels(i, &incident.Updated{Stage: stage, Text: text})
	for _, to := range c.Connectors {
		f, ok := to.(connect.Fitter)
		if !ok {
			continue
		}
		said := p.Outside
		if own := r.PostFormValue("networks." + to.Name()); strings.TrimSpace(own) != "" {
			said = red.Text(own)
			written = append(written, own)
		}
		n := network{Name: to.Name(), Text: f.Fit(said.String(), c.Links.Page(i.Name))}
		n.Weight, n.Limit = f.Weigh(n.Text)
		n.Shortened = n.Text != strings.TrimSpace(said.String())
		p.Networks = append(p.Networks, n)
	}
	lang := c.lang(r)
	p.Hints = hintsOn(lang, text, blame.CheckUpdate(text, blame.Update{Stage: r.PostFormValue("stage"), Next: r.PostFormValue("next") != "", People: c.everybody()}))
	for _, text := range written {
		p.Hints = append(p.Hints, c.outside(lang, red, text)...)
	}
	c.write(w, http.StatusOK, "room", "checked", c.frame(r, "", p))
}

// outside says which words don't go out as they are typed (R13).
func (c *console) outside(l *catalogue.Language, red *redact.Redactor, text string) (out []hint) {
	found := red.Find(text)
	for _, s := range found.Redact {
		out = append(out, hint{text[s.Start:s.End], l.T("Names a person; it is replaced on the way."), l.T("Name the role, or nobody.")})
	}
	for _, s := range append(found.Flag, found.Hold...) {
		out = append(out, hint{text[s.Start:s.End], l.T("In doubt (%s): it is masked on the way.", l.Word(s.Why)), l.T("Leave it out, or settle it in the public preview.")})
	}
	return out
}

// inChannels is what the runbook's steps would post in chat of an update.
func (c *console) inChannels(i *incident.Incident, u *incident.Updated) (out []inChannel) {
	told := supposing(i, u, c.Ledger.Now())
	for _, run := range told.Runs() {
		if run.For == told.Seq && c.tellsChat(run.Step) {
			card := report.ByHand(told, run, c.Names(told, run)).Redacted(c.Redactor(told))
			out = append(out, inChannel{card.To, card.Text})
		}
	}
	return out
}

// tellsChat is whether a step posts each update in a chat that is set up.
func (c *console) tellsChat(s runbook.Step) bool {
	return s.Each == "update" && s.Kind == "chat.post" && !c.Ledger.Services().LeavesOut(s)
}

// hints reads a text that is being written for words that look for somebody to blame (R29). Nothing of it is kept.
func (c *console) hints(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	text := r.PostFormValue("text")
	found := blame.Check(text, c.everybody()...)
	c.write(w, http.StatusOK, "hints", "hints", c.frame(r, "", hintsOn(c.lang(r), text, found[:min(8, len(found))])))
}

func hintsOn(l *catalogue.Language, text string, found []blame.Finding) []hint {
	var out []hint
	for _, f := range found {
		h := hint{text[f.Start:f.End], l.Word(f.Message), l.Word(f.Rewrite)}
		if f.End-f.Start == len(strings.TrimSpace(text)) { // it is about the whole
			h.Words = ""
		}
		out = append(out, h)
	}
	return out
}

// everybody lists the names of everybody.
func (c *console) everybody() []string {
	var out []string
	for _, one := range c.Directory.List() {
		out = append(out, one.Name)
	}
	return out
}
