package cli

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin/internal/incident"
	"tocsin/internal/report"
)

// TestBurst writes fifty entries at once, while Google says once that it is too much: they come in few batches, all of them within 5 s,
// and what people wrote around them stays.
func TestBurst(t *testing.T) {
	t.Parallel()
	p := newPaper(t, 0)
	p.byHand("type", `{"text":"My own note 🙂\nand its second line"}`)
	var before []struct{ N int }
	p.read("/_calls", &before)
	p.ask("/_faults", `[{"match":"POST /google/docs/","nth":1,"fault":"status","status":429,"retry_after":1}]`)
	for n := range 50 {
		p.say(fmt.Sprintf("Shard %02d of 50 is restored", n))
	}
	last := time.Now()
	p.inStep()

	d := p.sheets()[0]
	at := 0
	for n := range 50 {
		line := fmt.Sprintf("Shard %02d of 50 is restored\n", n)
		next := strings.Index(d.Text, line)
		if next < at || strings.Count(d.Text, line) != 1 {
			t.Errorf("%q stands at %d, %d times", line, next, strings.Count(d.Text, line))
		}
		at = next
	}
	if !strings.Contains(d.Text, "My own note 🙂\nand its second line") || d.PublishedText != d.Text {
		t.Errorf("the document reads %q, published %q", d.Text, d.PublishedText)
	}
	var calls []struct {
		N, Status    int
		At           time.Time
		Method, Path string
	}
	p.read("/_calls", &calls)
	var writes, refused int
	var written, tooMuch time.Time
	for _, c := range calls[len(before):] {
		switch {
		case !strings.Contains(c.Path, ":batchUpdate"):
		case c.Status == http.StatusOK:
			if writes++; written.IsZero() && c.At.Before(tooMuch.Add(time.Second)) {
				t.Errorf("asked again %v after it was too much", c.At.Sub(tooMuch))
			}
			written = c.At
		case c.Status == http.StatusTooManyRequests:
			refused++
			tooMuch = c.At
		}
	}
	if writes < 1 || writes > 5 || refused != 1 || written.Sub(last) > 30*time.Second {
		t.Errorf("%d writes and %d refused; the last one %v after the last entry", writes, refused, written.Sub(last))
	}
}

// TestTypedName has somebody type a name into the document: it is replaced there, people are told that it was, and no revision with it was
// ever the published one.
func TestTypedName(t *testing.T) {
	t.Parallel()
	p := newPaper(t, 0)
	p.byHand("type", `{"text":"Zelda Winterbourne restarted db1, the rest of us watched."}`)
	p.say("The primary is back")
	i := p.inStep()
	d := p.sheets()[0]
	if strings.Contains(d.Text, "Zelda") || !strings.Contains(d.Text, " restarted db1, the rest of us watched.") || d.PublishedText != d.Text {
		t.Errorf("the document reads %q, published %q", d.Text, d.PublishedText)
	}
	held := 0
	for _, r := range d.Revisions {
		if strings.Contains(r.Text, "Zelda") {
			held++
			if r.Published || r.PublishAuto {
				t.Errorf("revision %s is published", r.ID)
			}
		}
	}
	if held == 0 {
		t.Error("nobody typed a name")
	}
	told := 0
	for _, l := range i.Lines {
		said := report.Sentence(i, l, p.people.Name)
		if strings.Contains(said, "1 name that was typed into the document was replaced") {
			told++
		}
		if strings.Contains(said, "Zelda") {
			t.Errorf("the timeline says %q", said)
		}
	}
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}

// TestTyping has people type while nothing else happens: what they wrote is published, the name in it replaced. Reading the document while
// nobody types leaves no trace in the log.
func TestTyping(t *testing.T) {
	t.Parallel()
	p := newPaper(t, 200*time.Millisecond)
	p.byHand("type", `{"text":"What this means for you, says Zelda Winterbourne: pushes wait, nothing is lost."}`)
	p.until("published", func(*incident.Incident) bool {
		d := p.sheets()[0]
		return strings.Contains(d.PublishedText, ": pushes wait, nothing is lost.") && !strings.Contains(d.Text, "Zelda") && d.PublishedText == d.Text
	})
	gets := func() (n int) {
		var calls []struct{ Method, Path string }
		p.read("/_calls", &calls)
		for _, c := range calls {
			if c.Method == http.MethodGet && strings.HasPrefix(c.Path, "/google/docs/") {
				n++
			}
		}
		return n
	}
	// The replacing was a change, too: the next reading sees it, those after it see nothing new.
	quiet := func() int {
		from := gets()
		comesAbout(t, t.Context(), func() bool { return gets() >= from+3 })
		i, err := p.ledger.View(t.Context(), "1")
		if err != nil {
			t.Fatal(err)
		}
		return len(i.Lines)
	}
	quiet()
	if was, is := quiet(), quiet(); was != is {
		t.Errorf("%d entries became %d", was, is)
	}
	// A document that is gone is told of, though nobody wanted to write to it.
	p.byHand("delete", `{}`)
	p.until("told of", func(i *incident.Incident) bool {
		run, _ := i.Find("write_document")
		return run.State == incident.Failed && strings.Contains(run.Error, "no such document")
	})
}

// TestLostDocument has the document locked, thrown away or deleted: the step says so, and a new one is made when somebody wants it, even
// where the answer to its making is lost.
func TestLostDocument(t *testing.T) {
	t.Parallel()
	for act, word := range map[string]string{"lock": "locked", "trash": "in the trash", "delete": "no such document"} {
		t.Run(act, func(t *testing.T) {
			t.Parallel()
			p := newPaper(t, 0)
			old := p.sheets()[0]
			p.byHand(act, `{}`)
			p.say("The primary is back")
			i := p.until("failed", func(i *incident.Incident) bool {
				run, _ := i.Find("write_document")
				return run.State == incident.Failed && run.Next.IsZero()
			})
			if run, _ := i.Find("write_document"); !strings.Contains(run.Error, word) {
				t.Errorf("it says %q", run.Error)
			}
			p.ask("/_faults", `[{"match":"POST /google/drive/v3/files","nth":1,"fault":"reset_after"}]`)
			p.press("step-create_document", "Make a new one")
			i = p.inStep()
			all := p.sheets()
			fresh := all[len(all)-1]
			if want := map[bool]int{true: 1, false: 2}[act == "delete"]; len(all) != want || fresh.ID == old.ID {
				t.Fatalf("%d documents", len(all))
			}
			if !strings.Contains(fresh.Text, "The primary is back") || fresh.PublishedText != fresh.Text || fresh.AppProperties["tocsin_op"] == old.AppProperties["tocsin_op"] {
				t.Errorf("the new document is %+v", fresh)
			}
			if run, _ := i.Find("create_document"); !strings.Contains(run.URL, fresh.ID) {
				t.Errorf("the link is %s", run.URL)
			}
			if run, _ := i.Find("publish_document"); run.URL == "" {
				t.Error("the new document has no public link")
			}
			if run, _ := i.Find("create_document"); !run.Adopted {
				t.Error("it was made twice or never lost")
			}
		})
	}
}
