package web

import (
	"fmt"
	"html/template"
	"maps"
	"time"

	"tocsin/internal/catalogue"
	"tocsin/internal/report"
)

// spoken are the functions of templates whose results depend on the language.
func spoken(l *catalogue.Language) template.FuncMap {
	all := l.Funcs()
	maps.Copy(all, template.FuncMap{
		"sign": func(kind, status, stage string) string { return l.Word(sign(kind, status, stage)) },
		"date": func(t time.Time, layout string) string { return l.Date(t, layout) },
		"span": func(d time.Duration) string { return report.SpanIn(l, d) },
		"in":   func(t, now time.Time) string { return report.SpanIn(l, t.Sub(now)) },
		"utc":  func(t, now time.Time) template.HTML { return moment(l, t, now) },
	})
	return all
}

// moment is a time in UTC, to which times.js adds what the reader's own clock shows.
func moment(l *catalogue.Language, t, now time.Time) template.HTML {
	return template.HTML(fmt.Sprintf(`<time datetime="%s">%s</time>`, t.UTC().Format(time.RFC3339), //nolint:gosec // a time, and a text that is escaped
		template.HTMLEscapeString(report.ClockIn(l, t, now))))
}

// Words that the log holds for kinds, states and the like, which pages show through word and words.
var _ = []string{
	catalogue.Mark("fact"), catalogue.Mark("finding"), catalogue.Mark("guess"), catalogue.Mark("action"), catalogue.Mark("decision"), catalogue.Mark("update"), catalogue.Mark("impact"),
	catalogue.Mark("confirmed"), catalogue.Mark("ruled out"),
	catalogue.Mark("internal"), catalogue.Mark("public"), catalogue.Mark("private"),
	catalogue.Mark("investigating"), catalogue.Mark("identified"), catalogue.Mark("monitoring"), catalogue.Mark("resolved"),
	catalogue.Mark("waiting"), catalogue.Mark("due"), catalogue.Mark("started"), catalogue.Mark("done"), catalogue.Mark("failed"), catalogue.Mark("unsure"), catalogue.Mark("by hand"), catalogue.Mark("skipped"),
	catalogue.Mark("running"), catalogue.Mark("paused"), catalogue.Mark("stopped"),
	catalogue.Mark("active"), catalogue.Mark("cancelled"), catalogue.Mark("major"), catalogue.Mark("minor"),
}

// How a part of the service is.
var _ = []string{catalogue.Mark("operational"), catalogue.Mark("degraded performance"), catalogue.Mark("partial outage"), catalogue.Mark("major outage")}

// What people may do, as package auth calls it.
var _ = []string{catalogue.Mark("none"), catalogue.Mark("viewer"), catalogue.Mark("responder"), catalogue.Mark("admin"), catalogue.Mark("owner")}

// Why words are taken out of what is public, as package redact says it.
var _ = []string{
	catalogue.Mark("acts"), catalogue.Mark("account page"), catalogue.Mark("beside a person"), catalogue.Mark("chat id"), catalogue.Mark("done by"),
	catalogue.Mark("e-mail address"), catalogue.Mark("given name"), catalogue.Mark("handle"), catalogue.Mark("has a role"), catalogue.Mark("home folder"), catalogue.Mark("honorific"),
	catalogue.Mark("initial and name"), catalogue.Mark("internal host"), catalogue.Mark("login"), catalogue.Mark("login made from the name"),
	catalogue.Mark("mention"), catalogue.Mark("name"), catalogue.Mark("name run together"), catalogue.Mark("name with a role"),
	catalogue.Mark("name with an initial"), catalogue.Mark("network address"), catalogue.Mark("on the phone"), catalogue.Mark("part of a name"),
	catalogue.Mark("role before a name"), catalogue.Mark("secret"), catalogue.Mark("signature"), catalogue.Mark("somebody from somewhere"),
	catalogue.Mark("somebody's"), catalogue.Mark("speaker"), catalogue.Mark("speaks"), catalogue.Mark("spoken to"), catalogue.Mark("title"),
	catalogue.Mark("two capitalised words"), catalogue.Mark("two given names"), catalogue.Mark("value of a user key"), catalogue.Mark("waited for"),
}
