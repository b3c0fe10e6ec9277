package cli

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tocsin/internal/report"
)

// TestPrint holds that what each role does can be printed: from files without any server, and of an incident as it stands, on the command
// line as in the console.
func TestPrint(t *testing.T) {
	t.Parallel()
	people := filepath.Join(t.TempDir(), "people.yaml")
	if err := os.WriteFile(people, []byte("people: [{name: Ana Díaz, roles: [engineer], contact: '+34 600 000 000'}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string][]string{
		"runbook print --people " + people:                                {"<!doctype html>", "Marketing representative", "34 600 000 000"},
		"runbook print --markdown --role ic --people " + people:           {"# Point person\n", "Ana Díaz **+34 600 000 000** Engineer"},
		"runbook print --role marketing --markdown":                       {"# Marketing representative\n", "None are known"},
		"runbook print --role janitor":                                    {"engineer, point_person"},
		"runbook print --people " + filepath.Join(t.TempDir(), "nothing"): {"the people can't be read"},
	} {
		out, words, code := tocsin(t, strings.Fields(line)...)
		if bad := code != exitOK; bad != (out == "") {
			t.Errorf("tocsin %s: exit %d\n%s%s", line, code, out, words)
		}
		for _, w := range want {
			if !strings.Contains(out+words, w) {
				t.Errorf("tocsin %s lacks %q:\n%s%s", line, w, out, words)
			}
		}
	}
	dir := t.TempDir()
	a, stop := startWith(t, dir, Config{Capabilities: map[string][]string{}, People: people})
	t.Cleanup(stop)
	h := &hands{t: t, run: desk(t, a, dir), did: map[string]string{}}
	h.do("declare", "Pushes fail", "--point")
	h.do("steps", "by-hand", "open_channel", "--url", "https://hand.example/channel")
	md := h.do("runbook", "print", "--role", "point", "-i", "1", "--markdown")
	for _, want := range []string{"**INC-1 Pushes fail** (minor, active)", "- [x] **Open a chat channel for the incident**", "https://hand.example/channel", "/i/1/war-room", "+34 600 000 000"} {
		if !strings.Contains(md, want) {
			t.Errorf("the copy of the incident lacks %q:\n%s", want, md)
		}
	}
	if said, code := h.run("runbook", "print", "--role", "janitor", "-i", "1"); code != exitUsage || !strings.Contains(said, "engineer, point_person") {
		t.Errorf("for a role that is not: %d %s", code, said)
	}
	secret, err := a.auth.LinkFor(t.Context(), "ana-diaz", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	base := "http://" + a.o.console.Addr().String()
	open := func(path string) (*http.Response, string) {
		q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		return answer(t, browser, q)
	}
	if _, page := open("/i/1/print"); strings.Contains(page, "Pushes fail") {
		t.Error("who is not signed in reads the copy")
	}
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/link", strings.NewReader("token="+secret))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.Header.Set("Origin", base)
	answer(t, browser, q)
	for path, want := range map[string]string{"/i/1/print?role=point": "Pushes fail", "/runbooks/production-incidents/print": "Marketing representative", "/i/1/print?role=janitor": "no role janitor"} {
		if res, page := open(path); !strings.Contains(page, want) || res.StatusCode == http.StatusOK && res.Header.Get("Content-Security-Policy") != report.SheetPolicy {
			t.Errorf("%s: %d %v lacks %q:\n%s", path, res.StatusCode, res.Header, want, page)
		}
	}
}

// answer sends a request and reads all of its answer.
func answer(t *testing.T, c *http.Client, q *http.Request) (*http.Response, string) {
	t.Helper()
	res, err := c.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}
