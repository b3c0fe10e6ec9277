package runbook

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestDefaultIsWhole(t *testing.T) {
	t.Parallel()
	if got := problems(t, string(DefaultYAML())); got != "" {
		t.Fatal(got)
	}
	if again := Default(); again != Default() {
		t.Error("it is parsed more than once")
	}
	for _, s := range Default().Steps {
		if s.Kind != "" && s.ByHand == "" {
			t.Errorf("step %q does not say how to do it by hand", s.ID)
		}
		if s.Kind == "" && s.Text == "" {
			t.Errorf("step %q does not say what to do", s.ID)
		}
		if len(s.Requirement) == 0 {
			t.Errorf("step %q carries out no line of the runbook", s.ID)
		}
	}
	for _, r := range Default().Roles {
		if r.Instructions == "" {
			t.Errorf("role %q has no instructions", r.ID)
		}
	}
	for _, stage := range stages {
		if Default().Templates[stage] == "" {
			t.Errorf("no draft for stage %s", stage)
		}
	}
}

// A copy handed out is the caller's own.
func TestDefaultYAMLIsACopy(t *testing.T) {
	t.Parallel()
	DefaultYAML()[0] = 'x'
	if DefaultYAML()[0] != '#' {
		t.Error("the embedded source can be changed")
	}
}

// elsewhere are the requirements that no step carries out, with the place that does.
var elsewhere = map[string]string{
	"R4":  "the role communications_manager and its instructions",
	"R30": "this package: data, versioned, pinned into the log of each incident",
}

func TestRequirements(t *testing.T) {
	t.Parallel()
	cited := map[string][]string{}
	for _, s := range Default().Steps {
		for _, r := range s.Requirement {
			cited[r] = append(cited[r], s.ID)
		}
	}
	for n := 1; n <= 32; n++ {
		r := fmt.Sprintf("R%d", n)
		switch {
		case cited[r] == nil && elsewhere[r] == "":
			t.Errorf("%s is carried out by nothing", r)
		case cited[r] != nil && elsewhere[r] != "":
			t.Errorf("%s is said to be elsewhere, and cited by %v", r, cited[r])
		}
		delete(cited, r)
	}
	if len(cited) > 0 {
		t.Errorf("cited, but no requirement: %v", cited)
	}
	if role, ok := Default().Role("communications_manager"); !ok || role.Instructions == "" {
		t.Error("R4: there is no communications manager")
	}
}

// lines says for every line of the runbook that asks for something which steps and roles carry it out.
var lines = []struct{ line, by string }{
	{"Engineer: the person in charge", "role engineer"},
	{"Point person: the person that is coordinating", "role point_person"},
	{"Communications manager: the person who manages", "role communications_manager"},
	{"Marketing representative: someone from marketing", "role marketing_representative, step review_document"},
	{"Production engineers will", ""},
	{"Open a war room on Zoom immediately", "step open_war_room"},
	{"Create a [Google Doc]", "step create_document, step write_document"},
	{"Publish this document using", "step publish_document"},
	{"Make this document GitLab editable", "step share_document"},
	{"Tweet a link to this document", "step tweet_document"},
	{"Redact the names", "step write_document"},
	{"Document partial findings", "step document_findings"},
	{"Write a post mortem issue", "step write_postmortem, step postmortem_issue"},
	{"The point person will", ""},
	{"Handle updating the @gitlabstatus account", "step keep_updated, step post_update"},
	{"Synchronize efforts", "step synchronise"},
	{"Pull other people in", "step pull_in, step call_people, step mail_people"},
	{"Declare a major outage", "step declare_major"},
	{"Post `@channel, we have a major outage and need help creating", "step post_general"},
	{"Post `@channel, we have a major outage and need help reviewing", "step post_marketing"},
	{"Post `@channel, we have a major outage and are working", "step post_devrel"},
	{"Move the war room to a paid account", "step license_room, step move_people"},
	{"The communications manager will", ""},
	{"Setup a not time limited Zoom war room", "step license_room"},
	{"Setup Youtube Live Streaming", "step create_stream, step connect_stream, step start_meeting, step start_stream, step go_live"},
	{"The Marketing representative will", ""},
	{"Review the Google Doc", "step review_document"},
	{"Include a note about how", "step impact_note"},
	{"Decide how to handle further communications", "step further_communication"},
}

func TestLineByLine(t *testing.T) {
	t.Parallel()
	var asked []string
	for l := range strings.SplitSeq(handbook(t), "\n") {
		if l, ok := strings.CutPrefix(strings.TrimSpace(l), "* "); ok {
			asked = append(asked, l)
		}
	}
	if len(asked) != len(lines) {
		t.Fatalf("the runbook has %d lines, the table %d", len(asked), len(lines))
	}
	for n, l := range lines {
		if !strings.HasPrefix(asked[n], l.line) {
			t.Errorf("line %d is %q, not %q", n+1, asked[n], l.line)
		}
		for by := range strings.SplitSeq(l.by, ", ") {
			what, id, _ := strings.Cut(by, " ")
			_, isStep := Default().Step(id)
			_, isRole := Default().Role(id)
			if by != "" && !(what == "step" && isStep) && !(what == "role" && isRole) {
				t.Errorf("%q: there is no %s", l.line, by)
			}
		}
	}
}

// R6, R15, R20 to R22: what the runbook gives word for word.
func TestWordForWord(t *testing.T) {
	t.Parallel()
	if got := Default().Definition.Major; got != "eta > 1h and disrupting" {
		t.Errorf("a major outage is %q", got)
	}
	if s, _ := Default().Step("postmortem_issue"); s.With["labels"] != "outage" {
		t.Errorf("the issue is labelled %q", s.With["labels"])
	}
	posts := regexp.MustCompile("Post `(.*)` into the #(.*) slack channel").FindAllStringSubmatch(handbook(t), -1)
	if len(posts) != 3 {
		t.Fatalf("the runbook has %d posts", len(posts))
	}
	for n, post := range posts {
		s, ok := Default().Step("post_" + post[2])
		if !ok || s.Text != post[1] || s.With["channel"] != post[2] || s.Kind != "chat.post" {
			t.Errorf("#%s gets %q, the runbook says %q", post[2], s.Text, post[1])
		}
		if want := fmt.Sprintf("R%d", 20+n); !slices.Equal(s.Requirement, []string{want}) {
			t.Errorf("#%s cites %v, not %s", post[2], s.Requirement, want)
		}
	}
	known := func(name string) (string, bool) { return "https://example.org/" + name, true }
	for id, want := range map[string]string{
		"post_general": "@channel, we have a major outage and need help creating a live streaming war room, refer to " +
			"[runbooks-production-incident](https://example.org/runbook.url)",
		"post_devrel": "@channel, we have a major outage and are working to solve it, you can find the public doc " +
			"https://example.org/publish_document.url",
	} {
		s, _ := Default().Step(id)
		if got, missing := s.Render(known); got != want || len(missing) > 0 {
			t.Errorf("%s says %q, missing %v", id, got, missing)
		}
	}
}

func handbook(t *testing.T) string {
	t.Helper()
	src, err := os.ReadFile("testdata/production-incidents.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}
