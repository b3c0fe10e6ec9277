package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"
)

// desk gives the command line of the owner of a Tocsin that runs over dir. It gives what was printed, data and words, and the exit code.
func desk(t *testing.T, a *app, dir string) func(args ...string) (said string, code int) {
	t.Helper()
	var token, words bytes.Buffer
	if code := Main([]string{"token", "create", "--quiet", "--data", dir}, strings.NewReader(""), &token, &words, nil); code != exitOK {
		t.Fatalf("token create: %d %s", code, words.String())
	}
	environ := []string{"TOCSIN_SERVER=http://" + a.o.console.Addr().String(), "TOCSIN_TOKEN=" + strings.TrimSpace(token.String())}
	return func(args ...string) (string, int) {
		var out bytes.Buffer
		code := Main(args, strings.NewReader(""), &out, &out, environ)
		return out.String(), code
	}
}

// TestServiceDown declares an outage of services that steps are carried out with: what they would do goes another way from the start, and
// is told; they aren't called until they are up.
func TestServiceDown(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	dir := t.TempDir()
	a, stop := start(t, dir, services)
	t.Cleanup(stop)
	tocsin := desk(t, a, dir)
	calls := func() string {
		_, body := get(t, t.Context(), services.url+"/_calls")
		return body
	}
	for _, c := range []struct {
		line string // words split at blanks; _ stands for a blank within one
		code int
		says []string
	}{
		{"declare Pushes_fail --down pagers", exitUsage, []string{"pagers", "gitlab, google, jitsi, "}},
		{"declare Pushes_fail --service GitLab.com --down zoom --disrupting --point --wait", exitOK, []string{"✔ Open a war room  https://meet.jit.si/"}},
		{"show", exitOK, []string{"Down      GitLab, Zoom"}},
		{"timeline", exitOK, []string{"Zoom and GitLab are part of this outage. Through Jitsi: Open a war room", "By hand: Connect the war room with the live stream",
			"Until it is up these wait: Make the post-mortem an issue labelled outage"}},
		{"down slack --why no_answers", exitOK, []string{"Slack is part of this outage (no answers). Until it is up these wait: Bring everyone with a role into the channel. By hand: ", "Post to #general"}},
		{"declare-major --yes", exitPartly, []string{"▲ Post to #general", "▲ Connect the war room with the live stream", "✔ Move the war room to a paid account so that it is not time limited  https://meet.jit.si/"}},
		{"steps", exitPartly, []string{"Slack is part of this outage"}},
		{"steps retry post_general", exitOK, []string{"✔ Post to #general  http"}}, // whoever says so knows better
		{"show", exitOK, []string{"Down      GitLab, Slack, Zoom"}},
		{"resolve --no-wait", exitOK, nil},
		{"show 1", exitOK, []string{"major, resolved"}},
		{"down gitlab --no-wait -i 1", exitOK, nil},
		{"postmortem publish -i 1", exitOK, []string{"◔ Make the post-mortem an issue labelled outage: GitLab is part of this outage; waits until it is up"}},
		{"postmortem -i 1", exitOK, []string{"Zoom and GitLab are part of this outage"}},
		{"up gitlab -i 1", exitOK, []string{"GitLab is up again", "✔ Make the post-mortem an issue labelled outage  http"}},
		{"down gitlab -i 1", exitOK, []string{"GitLab is part of this outage. Until it is up these wait: Keep the issue in step with the post-mortem"}},
	} {
		before := calls()
		args := strings.Fields(c.line)
		for n := range args {
			if n > 0 && args[n-1] != "retry" {
				args[n] = strings.ReplaceAll(args[n], "_", " ")
			}
		}
		said, code := tocsin(args...)
		if code != c.code {
			t.Errorf("tocsin %s: exit %d (want %d)\n%s", c.line, code, c.code, said)
		}
		for _, want := range c.says {
			if !strings.Contains(said, want) {
				t.Errorf("tocsin %s does not say %q:\n%s", c.line, want, said)
			}
		}
		if made := strings.TrimPrefix(calls(), before); strings.HasPrefix(c.line, "postmortem") && strings.Contains(made, "/gitlab/") {
			t.Errorf("GitLab is called while it is down: %s", made)
		}
	}
	if log := calls(); strings.Contains(log, "/zoom/") {
		t.Errorf("Zoom is called while it is down: %s", log)
	}
}

// TestDocumentWaits takes the document's service down in the middle of a major outage: what is public from then on is not sent there, and
// stands in the document once the service is up.
func TestDocumentWaits(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	dir := t.TempDir()
	a, stop := start(t, dir, services)
	t.Cleanup(stop)
	h := &hands{t: t, run: desk(t, a, dir)}
	google := func() (n int) {
		_, log := get(t, t.Context(), services.url+"/_calls")
		return strings.Count(log, `"/google/d`)
	}
	documents := func() string {
		_, objects := get(t, t.Context(), services.url+"/_objects")
		return objects
	}
	h.do("declare", "Pushes fail", "--disrupting", "--point", "--wait")
	h.do("declare-major", "--yes")
	h.do("down", "google")
	before := google()
	h.do("update", "We found the broken disk.", "--stage", "identified")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	comesAbout(t, ctx, func() bool {
		said := h.do("steps")
		return strings.Contains(said, "due       write_document") && strings.Contains(said, "Google Docs is part of this outage: waits until it is up")
	})
	if n := google(); before == 0 || n != before {
		t.Errorf("%d calls to Google while it is down, after %d before", n-before, before)
	}
	h.do("up", "google")
	if said := h.do("steps"); !strings.Contains(said, "done      write_document") || !strings.Contains(documents(), "We found the broken disk.") {
		t.Errorf("the document has not caught up:\n%s", said)
	}
}
