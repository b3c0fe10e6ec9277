package redact

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"testing"
)

var pair = Roster{
	{ID: "a", Name: "Ana Kovač", Handles: []string{"akovac", "U0AK12345"}, Emails: []string{"ana.kovac@example.com"}, Initials: Strings{"AK"}},
	{ID: "b", Name: "Benedikt Voss", Handles: []string{"bvoss"}},
}

func TestText(t *testing.T) {
	r := New(pair, map[string]int{"a": 3})
	for in, want := range map[string]string{
		"":                                  "",
		"Ana's terminal":                    "team-member-3's terminal",
		"Ana Kovač’s terminal":              "team-member-3’s terminal",
		"@akovac and <@U0AK12345|ana> look": "team-member-3 and team-member-3 look",
		"mail ana.kovac+oncall@example.com": "mail team-member-3",
		"$ ssh akovac@db1.example.com":      "$ ssh team-member-3@db1.example.com",
		"Voss, Benedikt acked":              "a team member acked",
		"team-member-3 asked team-member-4": "team-member-3 asked team-member-4",
		"**An**a wrote `x`":                 "team-member-3 wrote `x`",
		"**Ana** wrote":                     "**team-member-3** wrote",
	} {
		if got := r.Text(in).String(); got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
	}
	if r.Text("") != (Text{}) || !r.Text("").IsZero() || r.Text("x").IsZero() {
		t.Error("the zero value is the empty text")
	}
	if r.Text("x") != Literal("x") {
		t.Error("equal texts differ")
	}
}

func TestSharedName(t *testing.T) {
	r := New(Roster{{ID: "1", Name: "Ana Kovač"}, {ID: "2", Name: "Ana Lindqvist"}}, map[string]int{"1": 1, "2": 2})
	if got := r.Text("Ana asked Ana Lindqvist, Kovač agreed").String(); got != "a team member asked team-member-2, team-member-1 agreed" {
		t.Error(got)
	}
}

func TestMasked(t *testing.T) {
	r := New(pair, map[string]int{"a": 3})
	if got := r.Masked("Ana asked Sigrid Halvorsen from the colocation desk, cc @mrodriguez").String(); got != "team-member-3 asked someone from the colocation desk, cc someone" {
		t.Error(got)
	}
}

type letter struct {
	Title Text            `json:"title"`
	Lines []Text          `json:"lines"`
	By    map[string]Text `json:"by"`
	Next  *letter         `json:"next,omitzero"`
	Any   any             `json:"-"`
	Note  Text            `json:"note,omitzero"`
}

func TestUnsealed(t *testing.T) {
	r := New(pair, map[string]int{"a": 3})
	const in = `{"title":"Ana","lines":["ask Ana","ok"],"by":{"x":"Voss"},"next":{"title":"akovac","lines":null,"by":null}}`
	var l letter
	if err := json.Unmarshal([]byte(in), &l); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{l.Title.String(), fmt.Sprint(l.Title), fmt.Sprintf("%v %+v %#v %s %q %x", l, l, l.Title, l.Title, l.Title, l.Title), string(must(json.Marshal(l))), string(must(l.Title.MarshalText()))} {
		if strings.Contains(s, "Ana") || strings.Contains(s, "416e61") {
			t.Errorf("an unsealed text shows: %s", s)
		}
	}
	if l.Title.String() != "[withheld]" {
		t.Error(l.Title)
	}
	l.Any = &l.Lines
	r.Seal(&l)
	want := `{"title":"team-member-3","lines":["ask team-member-3","ok"],"by":{"x":"a team member"},"next":{"title":"team-member-3","lines":null,"by":null}}`
	if got := string(must(json.Marshal(l))); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	var again letter
	if err := json.Unmarshal([]byte(want), &again); err != nil {
		t.Fatal(err)
	}
	r.Seal(&again)
	if got := string(must(json.Marshal(again))); got != want {
		t.Errorf("sealing is not idempotent: %s", got)
	}
	loop := &letter{}
	loop.Next = loop
	r.Seal(loop) // ends
	var one Text
	_ = json.Unmarshal([]byte(`"Ana"`), &one)
	r.Seal(&one)
	if one.String() != "team-member-3" {
		t.Error(one)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestFormatJoinURL(t *testing.T) {
	r := New(pair, map[string]int{"a": 3})
	if got := r.Format("%s at 100%% by %s%s", r.Text("done"), r.Text("A"), r.Text("na Kovač")).String(); got != "done at 100% by team-member-3 team-member-3" {
		t.Error("two parts made a name:", got)
	}
	if got := r.Format("%s, %s", Literal("x")).String(); got != "x, " {
		t.Errorf("%q", got)
	}
	var raw Text
	_ = json.Unmarshal([]byte(`"Ana"`), &raw)
	if got := Join([]Text{Literal("a"), raw}, ", ").String(); got != "a, [withheld]" {
		t.Error(got)
	}
	for in, want := range map[string]string{
		"https://docs.example.com/d/1aB_x9/pub":            "https://docs.example.com/d/1aB_x9/pub",
		"https://git.example.com/akovac/runbooks?u=a.ana":  "https://git.example.com/team-member-3/runbooks?u=a.team-member-3",
		"https://ana:pw@example.com/":                      "https://example.com/",
		"javascript:alert(1)":                              "",
		"/relative":                                        "",
		"https://x.example/AK-Ana9-kQ2bZZ81xAnaT6v-AK_9qW": "https://x.example/AK-Ana9-kQ2bZZ81xAnaT6v-AK_9qW",
	} {
		if got := r.URL(in).String(); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}

func TestTemplatePrintsText(t *testing.T) {
	r := New(pair, map[string]int{"a": 3})
	var b strings.Builder
	if err := template.Must(template.New("").Parse(`<p title="{{.}}">{{.}}</p>`)).Execute(&b, r.Text("<Ana>")); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != `<p title="&lt;team-member-3&gt;">&lt;team-member-3&gt;</p>` {
		t.Error(got)
	}
}

func TestRosterJSON(t *testing.T) {
	var r Roster
	if err := json.Unmarshal([]byte(`[{"name":"A","initials":"AB"},{"name":"B","initials":["CD","EF"]},{"name":"C","initials":null},{"name":"D","initials":""}]`), &r); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(r[0].Initials, r[1].Initials, r[2].Initials, r[3].Initials); got != "[AB] [CD EF] [] []" {
		t.Error(got)
	}
}

func TestNumbered(t *testing.T) {
	big := company(40)
	for i := range big {
		big[i].ID = ""
	}
	named, number := Numbered(big)
	seen, inOrder := map[int]bool{}, 0
	for i, p := range named {
		n := number[p.ID]
		if p.ID == "" || n < 1 || n > len(big) || seen[n] {
			t.Fatalf("person %d has number %d", i, n)
		}
		seen[n] = true
		if n == i+1 {
			inOrder++
		}
	}
	if inOrder > 10 {
		t.Errorf("%d of 40 numbers tell the place in the roster", inOrder)
	}
}
