package public

import (
	"fmt"
	"strings"

	"tocsin/internal/redact"
)

// markdown is the full record as text: for reading without a browser, for programs, for keeping.
func (s *Site) markdown(i *record, base setting) []byte {
	v := s.view(i, base, s.moment())
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	if v.Drill {
		say("**DRILL: this is practice. Nothing is wrong.**\n")
	}
	say("# %s %s: %s\n", v.Sign.Shape, v.Sign.Word, md(v.Title))
	say("%s · %s · started %s", i.name(), v.Outage.Word, v.Started.Full())
	for _, t := range []struct {
		word word
		at   stamp
	}{{"ended", v.Ended}, {"expected to be over by", v.ETA}, {"next update by", v.NextUpdate}} {
		if !t.at.IsZero() {
			say("· %s %s", t.word, t.at.Full())
		}
	}
	say("\nPeople's names are removed: we look at systems, not persons. All times are UTC.\n")
	if !v.Impact.IsZero() {
		say("## What this means for you\n\n%s\n", md(v.Impact))
	}
	if !v.Stream.IsZero() {
		say("- Live stream: <%s>", v.Stream)
	}
	if !v.Document.IsZero() {
		say("- Public document: <%s>", v.Document)
	}
	say("- This page: <%s>\n\n## Timeline\n", v.URL())
	for _, e := range i.page.Entries {
		ev := viewOf(i.n, e, true, s.moment())
		line := md(ev.Text)
		if ev.RuledOut {
			line = "~~" + line + "~~"
		}
		if !ev.Mark.IsZero() {
			line += " *(" + md(ev.Mark) + ")*"
		}
		if ev.Corrected {
			line += " *(corrected)*"
		}
		kind := ev.Kind.Word
		if ev.Stage != "" {
			kind = ev.Stage
		}
		say("- %s **%s** %s", e.At.Format("2006-01-02 15:04 UTC"), kind, line)
	}
	if len(i.page.Entries) == 0 {
		say("Nothing yet.")
	}
	return []byte(b.String())
}

var markdownSigns = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "#", `\#`,
	"|", `\|`, "~", `\~`, "&", `\&`, "!", `\!`)

// md writes a text so that it reads as it was typed, on one line.
func md(t redact.Text) string {
	return markdownSigns.Replace(strings.Join(strings.Fields(t.String()), " "))
}
