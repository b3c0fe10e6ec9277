package runbook

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the goldens anew")

func small(t testing.TB) string {
	t.Helper()
	src, err := os.ReadFile("testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// problems parses and lists what is wrong, a line each.
func problems(t testing.TB, src string) string {
	t.Helper()
	r, err := Parse([]byte(src))
	if err == nil {
		return ""
	}
	var ps Problems
	if !errors.As(err, &ps) || len(ps) == 0 {
		t.Fatalf("the error is %#v, not Problems", err)
	}
	if r != nil {
		t.Error("a runbook besides an error")
	}
	var out []string
	for _, p := range ps {
		out = append(out, p.String())
	}
	return strings.Join(out, "\n")
}

func TestSmallIsWhole(t *testing.T) {
	t.Parallel()
	if got := problems(t, small(t)); got != "" {
		t.Error(got)
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	const after = "questions: [What went well]\n"
	for _, c := range []struct{ name, old, new, want string }{
		// The file itself.
		{"unknown field", "title: Small", "titel: Small", "3:1: unknown field \"titel\"; did you mean \"title\"?"},
		{"unknown field of a step", "    kind: room.open", "    knid: room.open", "19:5: step \"open_room\": unknown field \"knid\"; did you mean \"kind\"?"},
		{"unknown field far from any", "nudges: {role", "nudges: {whatever: 1, role", "38:10: nudges: unknown field \"whatever\"; known are role, page, due"},
		{"duplicate key", "version: 1", "version: 1\nversion: 2", "3:1: \"version\" stands here a second time, first in line 2; keep one of them"},
		{"duplicate key in a step", "    kind: room.open", "    kind: room.open\n    role: engineer", "20:5: \"role\" stands here a second time, first in line 16; keep one of them"},
		{"second document", after, after + "---\nname: b\n", "47:1: a second document begins here; a file holds one runbook, leave out the \"---\""},
		{"anchor", "version: 1", "version: &v 1", "2:10: a runbook has no anchors (&); write it out, or put the text in quotes"},
		{"alias", "version: 1", "version: *v", "2:10: a runbook has no aliases (*); write out what it stands for, or put the text in quotes"},
		{"merge", "  - id: look\n", "  - <<: {id: look}\n", "29:5: a runbook has no merges (<<); write the fields out"},
		{"tag", "version: 1", "version: !!int 1", "2:10: a runbook has no tags (!); leave it out, or put the text in quotes"},
		{"directive", "name: small", "%YAML 1.2\n---\nname: small", "1:1: a runbook has no directives (%); leave the line out"},
		{"open bracket", "lists: [point_person]", "lists: [point_person", "18:5: this can't be read as YAML: ',' or ']' must be specified"},
		{"tab", "    role: engineer\n    lists", "\trole: engineer\n    lists", "16:1: this can't be read as YAML: found character '\t' that cannot start any token"},

		// Types.
		{"list for text", "title: Small", "title: [Small]", "3:8: title: must be text, not a list"},
		{"number for text", "title: Small", "title: 5", "3:8: title: must be text; put it in quotes: \"5\""},
		{"text for number", "version: 1", "version: one", "2:10: version: must be a whole number, like 1"},
		{"fraction for number", "version: 1", "version: 1.5", "2:10: version: must be a whole number, like 1"},
		{"zero version", "version: 1", "version: 0", "2:10: version: must be 1 or more; add one with each change"},
		{"text for list", "needs: [open_room]", "needs: open_room", "24:12: step \"say_so\": needs: must be a list ([a, b], or a line \"- a\" for each), not text"},
		{"text for mapping", "nudges: {role: [2m], page: 8m, due: 5m}", "nudges: 5m", "38:9: nudges: must be fields with values (name: value), not text"},
		{"text for truth", "    kind: room.open", "    kind: room.open\n    manual: yes", "20:13: step \"open_room\": manual: must be true or false, without quotes"},
		{"nothing", "title: Small", "title:", "3:7: title: has no value; give it one, or leave the line out"},
		{"number for a key", "visible: [fact]", "5: [fact]", "42:1: a field's name is a plain word; put it in quotes if it looks like something else"},
		{"the file is a list", small(t), "- a\n", "1:1: must be fields with values (name: value), not a list"},
		{"the file is empty", small(t), "# nothing\n", "1:1: the file is empty; begin with a copy of the default runbook"},
		{"a step is text", "  - id: look\n", "  - look\n  - id: look\n", "29:5: step 3: must be fields with values (name: value), not text"},

		// Head, roles, definition.
		{"bad name", "name: small", "name: Small Runbook", "1:7: name: \"Small Runbook\" is no name; use small letters, digits and -, like production-incidents"},
		{"no name", "name: small\n", "", "1:1: name is missing; say a short name like production-incidents"},
		{"empty title", "title: Small", "title: \"\"", "3:8: title: is empty; say what people call this runbook"},
		{"bad role id", "  - id: engineer", "  - id: Engineer", "9:9: role \"Engineer\": id: \"Engineer\" is no id; use a small letter first, then small letters, digits and _, at most 60\n16:11: step \"open_room\": role: there is no role \"engineer\"; write its id, Engineer\n31:11: step \"look\": role: there is no role \"engineer\"; write its id, Engineer"},
		{"duplicate role", "  - id: engineer", "  - id: point_person", "9:9: role \"point_person\": id: \"point_person\" is used already, in line 5; choose another id\n16:11: step \"open_room\": role: there is no role \"engineer\"; write its id, point_person\n31:11: step \"look\": role: there is no role \"engineer\"; write its id, point_person"},
		{"ambiguous alias", "    name: Engineer", "    name: Engineer\n    aliases: [Lead]", "11:15: role \"engineer\": aliases: \"Lead\" already means role \"point_person\"; choose another word"},
		{"role without wanted", "    wanted: major\n", "", "9:5: role \"engineer\": wanted is missing; say when somebody must hold the role: declared, major or never"},
		{"nobody wanted", "wanted: declared", "wanted: major", "5:3: roles: nobody is wanted when an incident is declared; give at least one role wanted: declared"},
		{"bad wanted", "wanted: major", "wanted: sometimes", "11:13: role \"engineer\": wanted: \"sometimes\" is not known; known are always, never, declared, major, minor, resolved, cancelled, postmortem, signed_off, disrupting, roles, staffed, told, reviewed, impact, decided, eta, elapsed"},
		{"no definition", "definition: {major: eta > 1h and disrupting, ask: 45m, passed: 1h}\n", "", "1:1: definition is missing; say what a major outage is, like definition: {major: eta > 1h and disrupting}"},
		{"no major", "major: eta > 1h and disrupting, ", "", "12:13: definition: major is missing; say what a major outage is: eta > 1h and disrupting"},
		{"bad definition", "eta > 1h and disrupting", "eta > 1h and broken", "12:34: definition: major: \"broken\" is not known; known are always, never, declared, major, minor, resolved, cancelled, postmortem, signed_off, disrupting, roles, staffed, told, reviewed, impact, decided, eta, elapsed"},
		{"definition without comparison", "major: eta > 1h and disrupting", "major: disrupting and eta", "12:36: definition: major: compare eta with a length of time, as in eta > 1h"},
		{"ask after passed", "ask: 45m", "ask: 2h", "12:51: definition: ask: 2h is not before passed (1h); the question comes first"},
		{"zero span", "ask: 45m", "ask: 0s", "12:51: definition: ask: a length of time must be more than nothing, not 0s; write it like 15m, or leave the line out"},
		{"negative span", "page: 8m", "page: -8m", "38:28: nudges: page: a length of time must be more than nothing, not -8m; write it like 15m, or leave the line out"},
		{"bare number for a span", "page: 8m", "page: 8", "38:28: nudges: page: \"8\" is not a length of time; write it like 15m or 1h30m"},
		{"words for a span", "role: [2m]", "role: [two minutes]", "38:17: nudges: role: \"two minutes\" is not a length of time; write it like 15m or 1h30m"},

		// Steps.
		{"duplicate step", "  - id: look", "  - id: say_so", "29:9: step \"say_so\": id: \"say_so\" is used already, in line 20; choose another id\n34:13: step \"say_so\": needs: the step needs itself; leave it out"},
		{"bad step id", "  - id: look", "  - id: look-at-it", "29:9: step \"look-at-it\": id: \"look-at-it\" is no id; use a small letter first, then small letters, digits and _, at most 60"},
		{"reserved step id", "  - id: look", "  - id: public", "29:9: step \"public\": id: \"public\" is taken: {public.…} means the incident's own; choose another id"},
		{"no step id", "  - id: look\n    title", "  - title", "29:5: step 3: id is missing; say a short name of small letters, digits and _"},
		{"no step title", "    title: Look at it\n", "", "29:5: step \"look\": title is missing; say what is to be done, in a few words"},
		{"no when", "    when: major\n", "", "29:5: step \"look\": when is missing; say when the step falls due: declared, major, resolved …"},
		{"unknown role", "role: engineer\n    lists", "role: enginer\n    lists", "16:11: step \"open_room\": role: there is no role \"enginer\"; did you mean \"engineer\"?"},
		{"alias for a role", "lists: [point_person]", "lists: [lead]", "17:13: step \"open_room\": lists: there is no role \"lead\"; write its id, point_person"},
		{"own role in lists", "lists: [point_person]", "lists: [engineer]", "17:13: step \"open_room\": lists: it is on the list of engineer already; leave it out here"},
		{"bad when", "when: declared and not resolved", "when: declared and solved", "23:24: step \"say_so\": when: \"solved\" is not known; did you mean \"resolved\"?"},
		{"bad when in quotes", "when: declared and not resolved", "when: \"declared and (resolved\"", "23:34: step \"say_so\": when: a closing parenthesis is missing"},
		{"bad when in a block", "when: declared and not resolved", "when: >-\n      declared\n      and", "23:11: step \"say_so\": when: column 13: the expression ends too early"},
		{"bad done", "done: reviewed", "done: eta > soon", "33:17: step \"look\": done: \"soon\" is not a length of time; write it like 45m, 1h or 1h30m"},
		{"done of a kind", "    kind: room.open", "    kind: room.open\n    done: major", "20:11: step \"open_room\": done: is for what a person does; a step of kind room.open is done when the machine has done it"},
		{"bad each", "    kind: room.open", "    kind: room.open\n    each: day", "20:11: step \"open_room\": each: \"day\" is not known; write update (once for every public update), call (once for everyone asked for) or follow_up (once for each)"},
		{"bad on_uncertain", "    kind: room.open", "    kind: room.open\n    on_uncertain: guess", "20:19: step \"open_room\": on_uncertain: \"guess\" is not known; write lookup (see whether it is there) or ask (the point person)"},
		{"unknown kind", "kind: room.open", "kind: room.opne", "19:11: step \"open_room\": kind: \"room.opne\" is not known; did you mean \"room.open\"?"},
		{"machine's field without a kind", "    done: reviewed", "    manual: true", "33:13: step \"look\": manual: is for steps that the machine does; give the step a kind, or leave this out"},
		{"no text", "    text: \"come to {open_room.url}, see <here>\"\n    substitute: {\"<here>\": [public.url]}\n", "", "20:5: step \"say_so\": text is missing; chat.post needs one"},
		{"no with", "    with: {channel: general}\n", "", "20:5: step \"say_so\": channel is missing; chat.post needs with: {channel: …}"},
		{"no channel", "{channel: general}", "{chanel: general}", "26:11: step \"say_so\": with: channel is missing; chat.post needs with: {channel: …}"},
		{"nobody makes what the kind needs", "kind: room.open", "kind: document.share", "19:11: step \"open_room\": kind: document.share builds on what document.create makes, and no step has that kind; add one, and put it into needs\n27:20: step \"say_so\": text: {open_room.url}: step \"open_room\" makes nothing that a text could name"},
		{"what the kind needs comes later", "    done: reviewed\n    needs: [say_so]\n", "    kind: room.end\n", "33:11: step \"look\": kind: room.end builds on what room.open makes; put open_room into needs"},
		{"kept in step for nothing", "    kind: chat.post\n", "    kind: chat.post\n    keep: true\n", "26:11: step \"say_so\": keep: chat.post can't be kept in step; document.write, document.publish, tracker.update and chat.invite can"},
		{"optional for a person", "    done: reviewed", "    optional: true", "33:15: step \"look\": optional: is for steps that the machine does; give the step a kind, or leave this out"},
		{"an event nobody sends", "    kind: chat.post\n    with: {channel: general}\n", "    kind: hook.send\n    with: {event: incident.resolve}\n", "26:12: step \"say_so\": with: event: \"incident.resolve\" is not known; did you mean \"incident.resolved\"?"},
		{"mail to nobody", "    kind: chat.post\n    with: {channel: general}\n", "    kind: mail.send\n    with: {subject: It is down}\n", "26:11: step \"say_so\": with: nobody is written to; give each: call (whoever is asked for) or with: {to: \"ada@example.com\"}"},
		{"private in public", "    kind: chat.post\n", "    kind: social.post\n    private: true\n", "26:14: step \"say_so\": private: social.post is seen by everyone; a private step can't do it"},
		{"unknown need", "needs: [open_room]", "needs: [open_rom]", "24:13: step \"say_so\": needs: there is no step \"open_rom\"; did you mean \"open_room\"?"},
		{"needs itself", "needs: [say_so]", "needs: [look]", "34:13: step \"look\": needs: the step needs itself; leave it out"},
		{"needs twice", "needs: [say_so]", "needs: [say_so, say_so]", "34:21: step \"look\": needs: \"say_so\" stands here twice; leave one out"},
		{"cycle", "    kind: room.open", "    kind: room.open\n    needs: [look]", "25:13: step \"say_so\": needs: these steps wait for each other: open_room needs look needs say_so needs open_room; take one of the needs out"},

		// References.
		{"unknown name", "come to {open_room.url}", "come to {place}", "27:20: step \"say_so\": text: there is no {place}; known are title, id, room, public.url, room.url, runbook.url, postmortem.url, started, stage, text, next, eta, organisation; or write {step.output}"},
		{"unknown step", "{open_room.url}", "{close_room.url}", "27:20: step \"say_so\": text: {close_room.url}: there is no step \"close_room\"; known are open_room, say_so, look"},
		{"unknown output", "{open_room.url}", "{open_room.link}", "27:20: step \"say_so\": text: {open_room.link}: step \"open_room\" makes url, id, licensed, not \"link\""},
		{"person's step has no output", "It is over: {public.url}", "It is over: {look.url}", "41:26: templates: resolved: {look.url}: step \"look\" makes nothing that a text could name"},
		{"in a block", "as others would.", "as {others} would.", "37:10: step \"look\": text: there is no {others}; known are title, id, room, public.url, room.url, runbook.url, postmortem.url, started, stage, text, next, eta, organisation; or write {step.output}"},
		{"in with", "{channel: general}", "{channel: \"{open_room.channel}\"}", "26:22: step \"say_so\": with: channel: {open_room.channel}: step \"open_room\" makes url, id, licensed, not \"channel\""},
		{"output of many", "    kind: room.open", "    kind: room.open\n    each: call", "28:20: step \"say_so\": text: {open_room.url}: step \"open_room\" is done once for each call, so there is no one url"},
		{"itself", "{open_room.url}", "{say_so.url}", "27:20: step \"say_so\": text: {say_so.url} may not be known yet; put say_so into needs"},
		{"unknown in substitute", "[public.url]", "[publik.url]", "28:29: step \"say_so\": substitute: <here>: {publik.url}: there is no step \"publik\"; known are open_room, say_so, look"},
		{"braces in substitute", "[public.url]", "[\"{public.url}\"]", "28:29: step \"say_so\": substitute: <here>: write the name without braces: public.url"},
		{"nothing in substitute", "[public.url]", "[]", "28:18: step \"say_so\": substitute: <here>: says nothing to put in its place; give a list like [public.url]"},
		{"piece not in the text", "see <here>", "see here", "28:18: step \"say_so\": substitute: <here>: the text does not contain this; write it exactly as it stands there"},

		// Telling.
		{"unknown stage", "  resolved: \"It", "  fixed: \"It", "41:3: templates: fixed: there is no such stage; known are investigating, identified, monitoring, resolved"},
		{"unknown cadence", "minor: 30m", "medium: 30m", "39:34: cadence: medium: unknown; write major or minor, or one of them with a stage, like major.investigating"},
		{"unknown stage of a cadence", "major.identified", "major.identfied", "39:11: cadence: major.identfied: there is no stage \"identfied\"; did you mean \"identified\"?"},
		{"cadence after it is over", "major.identified", "major.resolved", "39:11: cadence: major.resolved: nothing is due once it is resolved; leave it out"},
		{"unknown kind of entry", "visible: [fact]", "visible: [facts]", "42:11: visible: \"facts\" is no kind of entry that people write; did you mean \"fact\"?"},
		{"choice without title", "{id: none, title: Nothing}", "{id: none}", "44:5: choice \"none\": title is missing; say what the choice is called"},
		{"empty question", "[What went well]", "[\"\"]", "45:13: questions: the question is empty; leave it out"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			base := small(t)
			if !strings.Contains(base, c.old) {
				t.Fatalf("small.yaml has no %q", c.old)
			}
			if got := problems(t, strings.Replace(base, c.old, c.new, 1)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	deep := func(n int) string { return "description: " + strings.Repeat("[", n) + strings.Repeat("]", n) + "\n" }
	for _, c := range []struct{ name, src, want string }{
		{"NUL", "name: a\ntitle: a\x00b\n", "2:9: control character U+0000 does not belong in a text; take it out"},
		{"escape", "name: ä\x1b\n", "1:8: control character U+001B does not belong in a text; take it out"},
		{"not UTF-8", "name: ä\xff\n", "1:8: byte 0xff is not UTF-8; save the file as UTF-8"},
		{"too long", strings.Repeat("a", maxSource+1), "1:1: the file is 1048577 bytes long; a runbook has at most 1048576"},
		{"too deep", deep(maxNest), "1:33: this nests deeper than 20; a runbook needs no more than 5"},
		{"far too deep", deep(40_000), "1:33: this nests deeper than 20; a runbook needs no more than 5"},
		{"empty lines", "name: a\n" + strings.Repeat("\n", 200), "102:1: more than 100 empty lines in a row; take them out"},
		{"empty", "", "1:1: the file is empty; begin with a copy of the default runbook"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := problems(t, c.src); got != c.want {
				t.Errorf("got\n%.300s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestTooManySteps(t *testing.T) {
	t.Parallel()
	var steps strings.Builder
	for n := range MaxSteps - 2 {
		fmt.Fprintf(&steps, "  - {id: s%d, title: Step, role: engineer, when: major}\n", n)
	}
	src := strings.Replace(small(t), "nudges:", steps.String()+"nudges:", 1)
	if got, want := problems(t, src), "535:5: steps: more than 500 steps; a list that long is not followed by anyone, split the runbook"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A long ring is named by its ends.
func TestLongCycle(t *testing.T) {
	t.Parallel()
	var steps strings.Builder
	for n := range 20 {
		fmt.Fprintf(&steps, "  - {id: s%d, title: Step, role: engineer, when: major, needs: [s%d]}\n", n, (n+1)%20)
	}
	src := strings.Replace(small(t), "nudges:", steps.String()+"nudges:", 1)
	want := `57:65: step "s19": needs: these steps wait for each other: s0 needs s1 needs s2 needs s3 needs s4 needs s5 needs 9 more, ` +
		`the last of which needs s15 needs s16 needs s17 needs s18 needs s19 needs s0; take one of the needs out`
	if got := problems(t, src); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Everything wrong is said at once, in the order of the source.
func TestAllAtOnce(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("testdata/many.yaml")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "many.golden", []byte(problems(t, string(src))+"\n"))
	r, err := Parse(src)
	if r != nil || !strings.HasSuffix(err.Error(), " more)") || strings.Contains(err.Error(), "\n") {
		t.Errorf("the error is %q", err)
	}
}

func TestProblemsAreBounded(t *testing.T) {
	t.Parallel()
	var bad strings.Builder
	for n := range 900 {
		fmt.Fprintf(&bad, "x%d: 1\n", n)
	}
	_, err := Parse([]byte(bad.String()))
	var ps Problems
	errors.As(err, &ps)
	if len(ps) != maxProblems+1 || !strings.Contains(ps[maxProblems].Message, "more problems") {
		t.Errorf("%d problems, the last %s", len(ps), ps[len(ps)-1])
	}
}

// Line ends and a byte order mark of other systems make no difference.
func TestOtherSystems(t *testing.T) {
	t.Parallel()
	want, _ := Parse([]byte(small(t)))
	for _, src := range []string{"\ufeff" + small(t), strings.ReplaceAll(small(t), "\n", "\r\n"), strings.ReplaceAll(small(t), "\n", "\r")} {
		got, err := Parse([]byte(src))
		if err != nil {
			t.Error(err)
		} else if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
	bad := strings.ReplaceAll(strings.Replace(small(t), "role: engineer", "role: nobody", 1), "\n", "\r\n")
	if got := problems(t, bad); !strings.HasPrefix(got, "16:11: ") {
		t.Error(got)
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for name, src := range map[string]string{"default": string(DefaultYAML()), "small": small(t)} {
		r, err := Parse([]byte(src))
		if err != nil {
			t.Fatal(name, err)
		}
		asJSON, err := json.Marshal(r)
		if err != nil {
			t.Fatal(name, err)
		}
		back := new(Runbook)
		if err := json.Unmarshal(asJSON, back); err != nil {
			t.Fatal(name, err)
		}
		if d := cmp.Diff(r, back); d != "" {
			t.Errorf("%s: JSON changes it: %s", name, d)
		}
		again, _ := json.Marshal(back)
		if !bytes.Equal(asJSON, again) {
			t.Errorf("%s: its JSON is not stable", name)
		}
		asYAML, err := yaml.Marshal(r)
		if err != nil {
			t.Fatal(name, err)
		}
		if back, err = Parse(asYAML); err != nil {
			t.Errorf("%s: YAML that was written is refused: %v", name, err)
		} else if d := cmp.Diff(r, back); d != "" {
			t.Errorf("%s: YAML changes it: %s", name, d)
		}
	}
}

// Sources that are made to cost much cost little.
func TestHostile(t *testing.T) {
	t.Parallel()
	wide := func(pre, piece string) string { return pre + strings.Repeat(piece, (maxSource-len(pre))/len(piece)) }
	for _, src := range []string{
		wide("", "["), wide("", "{"), wide("", "- "), wide("", "? "), wide("", "a: "), wide("", "[a: "), wide("", "a:\n"), wide("", "? a\n"),
		wide("", "a: 1\n"), wide("{", "a,"), wide("[", "[],"), wide("", "\n"), wide("a: |\n  ", "\n"), wide("a: |\n  ", "b\n\n  "), wide("", "- |\n"),
		wide("a: \"", "\\"), wide("", "'"), wide("", "\""), wide("a: ", "!a "), wide("a: ", "&a "), wide("", "---\n"), wide("", "|\n"),
		wide("steps:\n", "- {}\n"), wide("steps:\n", "-\n"), wide("steps: [{id: a, text: \"", "{a.b}"), wide("definition: {major: ", "not "),
		wide("definition: {major: ", "("), wide("definition: {major: ", "major or "), wide("name: ", "x"), wide("steps: [{needs: [", "a,"),
		wide("{", "a: "), wide("[", "? "), wide("[", "- "), wide("a: [", ": "), everyoneNeedsEveryone(),
	} {
		t.Run(src[:20], func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			if _, err := Parse([]byte(src)); err == nil {
				t.Error("it is accepted")
			}
			if took := time.Since(begun); took > 20*time.Second {
				t.Errorf("it takes %s", took)
			}
		})
	}
}

// everyoneNeedsEveryone is as many needs as fit, each step building on the last.
func everyoneNeedsEveryone() string {
	var steps strings.Builder
	for n := range MaxSteps {
		fmt.Fprintf(&steps, "- {id: s%d, kind: room.end, text: \"{s499.url}\", needs: [", n)
		for m := range 160 {
			fmt.Fprintf(&steps, "s%d,", (n+m*3)%MaxSteps)
		}
		steps.WriteString("]}\n")
	}
	return "steps:\n" + steps.String()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); d != "" {
		t.Errorf("%s (-want +got, -update writes it anew):\n%s", path, d)
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	r := &Runbook{Steps: []Step{{ID: "c", Needs: []string{"b", "a"}}, {ID: "d"}, {ID: "a"}, {ID: "b", Needs: []string{"nobody"}}, {ID: "x", Needs: []string{"y"}}, {ID: "y", Needs: []string{"x"}}}}
	var got []string
	for _, s := range r.Order() {
		got = append(got, s.ID)
	}
	if want := []string{"a", "b", "c", "d", "y", "x"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestLookUp(t *testing.T) {
	t.Parallel()
	r := Default()
	for _, word := range []string{"point_person", "Point Person", "point-person", " LEAD ", "ic", "point"} {
		if role, ok := r.Role(word); !ok || role.ID != "point_person" {
			t.Errorf("%q means %q, %v", word, role.ID, ok)
		}
	}
	for _, word := range []string{"", " ", "person", "pointperson"} {
		if role, ok := r.Role(word); ok {
			t.Errorf("%q means %q", word, role.ID)
		}
	}
	if s, ok := r.Step("open_war_room"); !ok || s.Kind != "room.open" {
		t.Error("no step open_war_room")
	}
	if _, ok := r.Step("Open_war_room"); ok {
		t.Error("ids of steps are exact")
	}
}
