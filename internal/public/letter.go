package public

import (
	"slices"
	"strings"

	"tocsin/internal/catalogue"
	"tocsin/internal/redact"
	"tocsin/internal/report"
)

// Letter is a mail to somebody who subscribed, or asked to. It holds words of ours and sealed texts, as pages do.
type Letter struct {
	Subject, Text string
	Unsubscribe   string // address that ends the subscription when something is posted to it (RFC 8058); empty: there is none
}

// News are the entries of a page that subscribers are written about: every update; the end, unless an update said so; that it was not over.
func News(p report.Page) (news []report.PublicEntry) {
	stage := ""
	for _, e := range p.Entries {
		switch {
		case e.Struck:
		case e.Kind == "update":
			if stage = e.Stage; !e.Quiet {
				news = append(news, e)
			}
		case e.Kind == "resolved" && stage != resolved, e.Kind == "reopened":
			stage = ""
			news = append(news, e)
		}
	}
	return news
}

// Letter tells of an entry as it reads now, to whom the secret of its links belongs. false: there is nothing to tell, for it is no longer
// public, or was practice.
func (s *Site) Letter(incident string, entry int64, lang, secret string) (Letter, bool) {
	e := s.all.Load()
	n, _ := number(incident)
	i := e.byNumber[n]
	if i == nil || i.page.Drill {
		return Letter{}, false
	}
	at := slices.IndexFunc(i.page.Entries, func(p report.PublicEntry) bool { return p.Seq == entry && !p.Struck })
	if at < 0 {
		return Letter{}, false
	}
	return s.letter(e, i, i.page.Entries[at], lang, secret), true
}

// Draft is the letter that an update would make which nobody sent yet.
func (s *Site) Draft(incident string, title redact.Text, stage string, text redact.Text) Letter {
	e := s.all.Load()
	n, _ := number(incident)
	i := e.byNumber[n]
	if i == nil {
		i = &record{n: n, page: report.Page{Title: title, Status: "active"}, stage: investigating}
	}
	return s.letter(e, i, report.PublicEntry{Kind: "update", Stage: stage, Text: text, At: s.o.Now()}, catalogue.English.Tag, "…")
}

func (s *Site) letter(e *edition, i *record, entry report.PublicEntry, lang, secret string) Letter {
	t, m := speaks(lang), s.moment()
	v := viewOf(i.n, entry, true, m)
	what := v.Kind.Word
	if v.Stage != "" {
		what = v.Stage
	}
	manage := string(e.base) + "/manage/" + secret + t.query
	return Letter{
		Subject: line(t.T("%s status", e.organisation) + ": " + t.Word(string(what)) + ": " + i.page.Title.String()),
		Text: strings.Join([]string{
			line(t.Word(string(i.outage().Word)) + ": " + i.page.Title.String()),
			t.Word(string(what)) + ", " + t.Date(v.At.UTC(), layoutFull),
			t.said(v),
			t.T("Full timeline:") + "\n" + string(e.base) + "/status/" + i.name() + t.query,
			"-- \n" + t.T("You get this because you asked for mail about outages of %s. To see or end that:", e.organisation) + "\n" + manage,
		}, "\n\n"),
		Unsubscribe: manage,
	}
}

// Asking asks whether an address is to be written to about every outage, or the one named. known: it is already, and is told where to end that.
func (s *Site) Asking(incident, lang, secret string, known bool) Letter {
	t, e := speaks(lang), s.all.Load()
	about, who := t.T("every outage"), e.organisation
	if n, ok := number(incident); ok {
		about = t.T("%s only", (&record{n: n}).name())
	}
	subject := line(t.T("%s status", who)) + ": "
	if known {
		return Letter{
			Subject: subject + t.T("you get mail already"),
			Text: t.T("Somebody asked for mail about outages of %s to this address (%s). It gets it already. To see or end that:", who, about) + "\n" +
				string(e.base) + "/manage/" + secret + t.query,
		}
	}
	return Letter{
		Subject: subject + t.T("please confirm"),
		Text: t.T("Somebody asked for mail about outages of %s to this address (%s). If it was you, open this page within 24 hours and confirm:", who, about) + "\n" +
			string(e.base) + "/confirm/" + secret + t.query + "\n\n" + t.T("If it was not you, do nothing: nothing more will come."),
	}
}

// speaks is the tongue of letters in a language.
func speaks(lang string) *tongue {
	if t := named(lang); t != nil {
		return t
	}
	return english
}

// line makes one line of a text.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }
