package runbook

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

func from(known map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := known[name]; return v, ok }
}

func TestFill(t *testing.T) {
	t.Parallel()
	get := from(map[string]string{"title": "Outage {id}", "id": "INC-1", "room.url": "https://x/<here>", "step_2.url": "u"})
	for _, c := range []struct {
		text, want string
		missing    []string
	}{
		{"", "", nil},
		{"no braces", "no braces", nil},
		{"{id} {title}", "INC-1 Outage {id}", nil}, // what was filled in is not read again
		{"{room.url}{step_2.url}", "https://x/<here>u", nil},
		{"{nobody} {id} {nobody} {x.y}", "{nobody} INC-1 {nobody} {x.y}", []string{"nobody", "x.y"}},
		{"{{id}}", "{INC-1}", nil},
		{"{Id} { id } {id.} {.id} {i-d} {a.b.c} {} { {1}", "{Id} { id } {id.} {.id} {i-d} {a.b.c} {} { {1}", nil},
		{"äöü {id} €", "äöü INC-1 €", nil},
	} {
		got, missing := Fill(c.text, get)
		if got != c.want || !slices.Equal(missing, c.missing) {
			t.Errorf("%q: %q, missing %q", c.text, got, missing)
		}
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	get := from(map[string]string{"id": "INC-1", "doc.url": "https://d/{id}", "public.url": "https://p", "text": "see <here>"})
	for _, c := range []struct {
		name, text string
		sub        map[string][]string
		want       string
		missing    []string
	}{
		{"nothing to replace", "{id}", nil, "INC-1", nil},
		{"the first known wins", "a <here> b", map[string][]string{"<here>": {"other.url", "public.url", "doc.url"}}, "a https://p b", nil},
		{"values are not read again", "{text} <here> {id}", map[string][]string{"<here>": {"doc.url"}}, "see <here> https://d/{id} INC-1", nil},
		{"none is known", "a <here> {who}", map[string][]string{"<here>": {"x.url", "y.url"}}, "a <here> {who}", []string{"x.url", "y.url", "who"}},
		{"every occurrence", "<here><here>", map[string][]string{"<here>": {"id"}}, "INC-1INC-1", nil},
		{"brackets become a link", "refer to [runbook]", map[string][]string{"[runbook]": {"public.url"}}, "refer to [runbook](https://p)", nil},
		{"the longer piece wins", "<here> <here>!", map[string][]string{"<here>": {"id"}, "<here>!": {"public.url"}}, "INC-1 https://p", nil},
		{"pieces go before placeholders", "{id}", map[string][]string{"{id}": {"public.url"}, "id": {"text"}}, "https://p", nil},
		{"a piece that is not there", "{id}", map[string][]string{"<here>": {"x.url"}}, "INC-1", nil},
		{"an empty piece", "{id}", map[string][]string{"": {"public.url"}}, "INC-1", nil},
	} {
		got, missing := Step{Text: c.text, Substitute: c.sub}.Render(get)
		if got != c.want || !slices.Equal(missing, c.missing) {
			t.Errorf("%s: %q, missing %q", c.name, got, missing)
		}
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"15m": 15 * time.Minute, "1h": time.Hour, "1h30m": 90 * time.Minute, "90s": 90 * time.Second,
		"60m": time.Hour, "1h0m5s": time.Hour + 5*time.Second, "0s": 0, "500ms": 500 * time.Millisecond, "-5m": -5 * time.Minute, "10h10m10s": 36610 * time.Second} {
		var s Span
		if err := json.Unmarshal([]byte(`"`+text+`"`), &s); err != nil || s.Duration() != want {
			t.Errorf("%s is %s, %v", text, s, err)
		}
		var back Span
		if b, err := json.Marshal(s); err != nil || json.Unmarshal(b, &back) != nil || back != s {
			t.Errorf("%s becomes %s, %v", text, b, err)
		}
	}
	for text, want := range map[Span]string{Span(15 * time.Minute): "15m", Span(time.Hour): "1h", Span(90 * time.Minute): "1h30m", 0: "0s",
		Span(10 * time.Second): "10s", Span(20 * time.Minute): "20m", Span(100 * time.Hour): "100h", Span(time.Hour + time.Second): "1h0m1s"} {
		if text.String() != want {
			t.Errorf("%s, not %s", text, want)
		}
	}
	for _, bad := range []string{`15`, `"15"`, `"soon"`, `{}`, `""`} {
		var s Span
		if err := json.Unmarshal([]byte(bad), &s); err == nil {
			t.Errorf("%s is read as %s", bad, s)
		}
	}
}
