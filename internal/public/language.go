package public

import (
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tocsin/internal/catalogue"
	"tocsin/internal/redact"
	"tocsin/internal/report"
)

// tongue is a language that pages are made in. Feeds, records and the status API are English; what people wrote stays as they wrote it.
type tongue struct {
	*catalogue.Language
	set   *template.Template
	query string // keeps the language on links: "?lang=de"; empty in English
}

// tongues are all languages, English first.
var tongues = speak()

func speak() []*tongue {
	var all []*tongue
	for n, l := range catalogue.Languages() {
		t := &tongue{Language: l}
		if n > 0 {
			t.query = "?lang=" + l.Tag
		}
		t.set = template.Must(template.New("").Funcs(t.funcs()).ParseFS(pageFiles, "pages/*.html"))
		all = append(all, t)
	}
	return all
}

// english is what is read by whoever asks for no language we have.
var english = tongues[0]

// funcs are the functions of templates whose results depend on the language. They are given what templates hold: words, stamps, spans, and
// texts that are redacted.
func (t *tongue) funcs() template.FuncMap {
	all := t.Funcs()
	maps.Copy(all, template.FuncMap{
		"lang":    func() string { return t.Tag },
		"q":       func() string { return t.query },
		"amp":     func() string { return strings.Replace(t.query, "?", "&", 1) },
		"w":       func(w word) string { return t.Word(string(w)) },
		"text":    t.text,
		"clock":   func(s stamp) string { return t.Date(s.UTC(), layoutClock) },
		"full":    func(s stamp) string { return t.Date(s.UTC(), layoutFull) },
		"made":    func(s stamp) string { return t.Date(s.UTC(), "2 Jan 2006, 15:04:05 UTC") },
		"day":     func(s stamp) string { return t.Date(s.UTC(), layoutDay) },
		"month":   func(s stamp) string { return t.Date(s.UTC(), layoutMonth) },
		"lasted":  func(s span) string { return report.SpanIn(t.Language, time.Duration(s)) },
		"percent": t.percent,
		"said":    t.said,
		"mark":    t.mark,
		"words":   func() map[string]string { return t.Script(script) },
		"others":  t.others,
	})
	return all
}

// Layouts of moments; a language may put them differently.
const (
	layoutClock = "15:04 UTC"
	layoutYear  = "2 Jan, 15:04 UTC"
	layoutFull  = "2 Jan 2006, 15:04 UTC"
	layoutDay   = "2 Jan"
	layoutMonth = "January 2006"
)

var _ = []string{catalogue.Mark("15:04 UTC"), catalogue.Mark("2 Jan, 15:04 UTC"), catalogue.Mark("2 Jan 2006, 15:04 UTC"), catalogue.Mark("2 Jan"), catalogue.Mark("January 2006")}

// text is the time of day, with as much of the date as it needs.
func (t *tongue) text(s stamp) string {
	layout := layoutFull
	switch s.near {
	case today:
		layout = layoutClock
	case thisYear:
		layout = layoutYear
	}
	return t.Date(s.UTC(), layout)
}

// percent writes hundredths of a percent.
func (t *tongue) percent(n int) string {
	s := fmt.Sprintf("%d.%02d", n/100, n%100)
	if t.query != "" {
		s = strings.Replace(s, ".", ",", 1) // of all languages there are
	}
	return s + " %"
}

// said is the text of an entry: the program's own sentence in the language, people's words as they are.
func (t *tongue) said(e entryView) string {
	if e.Ours {
		return t.Word(e.Text.String())
	}
	return e.Text.String()
}

// marks are what stands beside a guess before people's words.
var marks = []string{catalogue.Mark("Confirmed"), catalogue.Mark("Ruled out"), catalogue.Mark("Not confirmed"), catalogue.Mark("Contradicts an earlier entry")}

// mark is how sure something is: our words in the language, people's reason as they wrote it.
func (t *tongue) mark(m redact.Text) string {
	s := m.String()
	for _, ours := range marks {
		if rest, ok := strings.CutPrefix(s, ours); ok {
			return t.Word(ours) + rest
		}
	}
	return s
}

// The program's own sentences among the entries, as package report writes them.
var _ = []string{catalogue.Mark("A major outage was declared."), catalogue.Mark("The outage is over."), catalogue.Mark("It was not over: work goes on."), catalogue.Mark("(removed)")}

// choice is another language of a page.
type choice struct{ Tag, Name, Query string }

// others are the languages that a page can be read in beside its own. English is asked for by name, as a browser may prefer another.
func (t *tongue) others() []choice {
	var out []choice
	for _, l := range catalogue.Languages() {
		if l.Tag != t.Tag {
			out = append(out, choice{l.Tag, l.Name, "?lang=" + l.Tag})
		}
	}
	return out
}

// key names a document in a language.
func (t *tongue) key(path string) string {
	if t == english {
		return path
	}
	return t.Tag + " " + path
}

// tongueOf is the language of a request: the one that is asked for by ?lang=, else the one the browser prefers.
func tongueOf(r *http.Request) *tongue {
	if t := asked(r); t != nil {
		return t
	}
	accept := r.Header.Get("Accept-Language")
	if accept == "" || strings.HasPrefix(accept, "en") { // as most do
		return english
	}
	return named(catalogue.Preferred(accept).Tag)
}

// asked is the language that a request asks for by name; nil: none of ours.
func asked(r *http.Request) *tongue {
	if r.URL.RawQuery == "" {
		return nil
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil
	}
	return named(q.Get("lang"))
}

func named(tag string) *tongue {
	for _, t := range tongues {
		if t.Tag == tag {
			return t
		}
	}
	return nil
}

// pages makes a page in every language.
func (s *Site) pages(docs map[string]*document, path string, render func(t *tongue, m moment) string) {
	for _, t := range tongues {
		d := s.timed(typeHTML, func(m moment) []byte { return []byte(render(t, m)) })
		d.header["Content-Language"] = []string{t.Tag}
		d.header["Vary"] = []string{"Accept-Encoding, Accept-Language"}
		docs[t.key(path)] = d
	}
}

// execute fills a template. Templates and what they are given belong together, so they can't fail; a test fills each.
func (t *tongue) execute(name string, v any) string {
	var b strings.Builder
	if err := t.set.ExecuteTemplate(&b, name, v); err != nil {
		panic(err)
	}
	return b.String()
}
