package cli

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// TestStory carries a major outage from its declaration to its post-mortem by the command line alone, with a live stream that YouTube
// refuses: every verb says what became of what it set going, in words and by its exit code.
func TestStory(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	res, err := http.Post(services.url+"/_faults", "application/json", strings.NewReader(`[{"match":"POST /google/youtube/v3/liveBroadcasts","fault":"wrong_scope"}]`))
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	a, stop := start(t, dir, services)
	t.Cleanup(stop)
	var token, said bytes.Buffer
	if code := Main([]string{"token", "create", "--quiet", "--data", dir}, strings.NewReader(""), &token, &said, nil); code != exitOK {
		t.Fatalf("token create: %d %s", code, said.String())
	}
	environ := []string{"TOCSIN_SERVER=http://" + a.o.console.Addr().String(), "TOCSIN_TOKEN=" + strings.TrimSpace(token.String())}
	for _, c := range []struct {
		line string // words split at blanks; _ stands for a blank within one
		code int
		out  string // part of stdout
		says string // part of stderr
	}{
		{"status", exitOK, "", "All quiet"},
		{"declare Pushes_fail --disrupting --eta soon", exitUsage, "", "length of time"},
		{"declare Pushes_fail --disrupting --wait", exitOK, "INC-1  Pushes fail", "✔ Open a war room  http"},
		{"take janitor", exitUsage, "", "janitor"},
		{"take point", exitOK, "INC-1", ""},
		{"declare-minor", exitConflict, "", "minor"},
		{"guess the_disk_is_full", exitOK, "INC-1", ""},
		{"eta 90m", exitOK, "ETA", "tocsin declare-major"},
		{"definition --exit-code", 20, "Definition of a major outage", ""},
		{"declare-major -n", exitOK, "", "@channel, we have a major outage and need help reviewing public documents"},
		{"declare-major", exitUsage, "", "--yes"},
		{"declare-major --yes", exitPartly, "INC-1", "✖ Set up the live stream: "},
		{"declare-major --yes", exitConflict, "", "already"},
		{"status --exit-code", 20, "INC-1    major", ""},
		{"steps card create_stream", exitOK, "tocsin steps by-hand create_stream --url LINK, with the link where people watch", ""},
		{"steps card nothing", exitNotFound, "", "tocsin steps"},
		{"steps by-hand create_stream --url https://video.example.com/live", exitOK, "done by hand", ""},
		{"steps by-hand connect_stream --done", exitOK, "", ""},
		{"update We_know_the_cause. --stage identified --next 30m", exitOK, "We know the cause.", "✔ Post the update from the status account"},
		{"update We_know_more. --stage nonsense", exitUsage, "", "nonsense"},
		{"wait --for resolved --timeout 300ms", exitTimeout, "", "300ms"},
		{"wait --for major", exitOK, "", ""},
		{"redact list", exitOK, "", "Nothing is taken out"},
		{"preview", exitOK, "We know the cause.", ""},
		{"resolve It_works_again. --no-wait", exitOK, "Resolved", ""},
		{"steps by-hand end_stream --done -i 1", exitOK, "", ""},
		{"postmortem publish -i 1", exitOK, "", "✔ Make the post-mortem an issue labelled outage  http"},
		{"show 2", exitNotFound, "", "no incident 2"},
		{"show 1", exitOK, "major, resolved", ""},
	} {
		args := strings.Fields(c.line)
		for n := range args {
			if n > 0 && !strings.Contains(args[n-1], "card") && !strings.Contains(args[n-1], "by-hand") {
				args[n] = strings.ReplaceAll(args[n], "_", " ")
			}
		}
		var out, said bytes.Buffer
		code := Main(args, strings.NewReader(""), &out, &said, environ)
		if code != c.code || !strings.Contains(out.String(), c.out) || !strings.Contains(said.String(), c.says) {
			t.Errorf("tocsin %s: exit %d (want %d)\n%s%s", c.line, code, c.code, out.String(), said.String())
		}
	}
}
