package chart_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tocsin/internal/chart"
)

var update = flag.Bool("update", false, "write the goldens anew")

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// drawn is one of each.
func drawn() map[string]string {
	head := func(id string) chart.Head {
		return chart.Head{ID: id, Title: "Fewer <than> before & \"so\"", Desc: "what is drawn"}
	}
	hour := time.Hour
	return map[string]string{
		"bars": chart.Bars(head("bars"), []string{"2 Nov", "9 Nov", "16 Nov"}, []chart.Series{{"minor", []int{2, 0, 6}}, {"major", []int{1, 0, 0}}}),
		"rows": chart.Rows(head("rows"), []string{"done", "failed"}, []chart.Part{{"Zoom", "of 12 <attempts>", []int{9, 3}}, {"X", "of 2", []int{2, 0}}}),
		"ranges": chart.Ranges(head("ranges"), []chart.Range{{"Declared", "2 min, 30 min", 2 * time.Minute, 30 * time.Minute},
			{"Resolved", "5 h, 2 d", 5 * hour, 48 * hour}, {"Before", "−1 min", -time.Minute, 0}}),
		"dots":   chart.Dots(head("dots"), "said", "real", []chart.Dot{{hour, 3 * hour, "INC-1"}, {2 * hour, hour / 2, "INC-2"}}),
		"phases": chart.Phases(head("phases"), []chart.Mark{{"Declared", noon.Add(10 * time.Minute)}, {"Began", noon}, {"Resolved", noon.Add(hour)}}, time.Duration.String),
	}
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	for name, got := range drawn() {
		file := "testdata/" + name + ".svg"
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s; go test ./internal/chart -update writes it anew\n%s", file, diff)
		}
	}
}

// TestReads holds that a chart is well-formed, has name and description, and nothing that the pages' rules on content refuse.
func TestReads(t *testing.T) {
	t.Parallel()
	for name, svg := range drawn() {
		dec := xml.NewDecoder(strings.NewReader(svg))
		for {
			tok, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			e, ok := tok.(xml.StartElement)
			for _, a := range e.Attr {
				if ok && (a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on")) {
					t.Errorf("%s: %s has %s", name, e.Name.Local, a.Name.Local)
				}
			}
			if ok && (e.Name.Local == "script" || e.Name.Local == "style") {
				t.Errorf("%s has %s", name, e.Name.Local)
			}
		}
		for _, want := range []string{`role="img"`, `<title id="` + name + `-title">Fewer &lt;than&gt;`, `<desc id="` + name + `-desc">`, `aria-labelledby="` + name + `-title ` + name + `-desc"`} {
			if !strings.Contains(svg, want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
	}
}

func TestNothingToDraw(t *testing.T) {
	t.Parallel()
	if got := chart.Phases(chart.Head{}, []chart.Mark{{"Began", noon}}, time.Duration.String); got != "" {
		t.Error(got)
	}
	same := chart.Phases(chart.Head{}, []chart.Mark{{"Began", noon}, {"Declared", noon}}, time.Duration.String)
	for name, svg := range map[string]string{"bars": chart.Bars(chart.Head{}, nil, nil), "rows": chart.Rows(chart.Head{}, nil, nil),
		"ranges": chart.Ranges(chart.Head{}, nil), "dots": chart.Dots(chart.Head{}, "", "", nil), "same": same} {
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") || !strings.Contains(svg, "</svg>") {
			t.Errorf("%s: %s", name, svg)
		}
	}
}
