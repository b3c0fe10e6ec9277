package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSmallVerbs plays the smaller verbs one after the other: which incident is meant, whose the roles are, where pages are, what is exported.
func TestSmallVerbs(t *testing.T) {
	t.Parallel()
	dir, out := t.TempDir(), t.TempDir()
	people := filepath.Join(t.TempDir(), "people.yaml")
	if err := os.WriteFile(people, []byte("people: [{name: Bo Berg, handles: ['@bo']}, {name: Cleo Sand, handles: ['@cleo']}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, stop := startWith(t, dir, Config{Capabilities: map[string][]string{}, People: people})
	t.Cleanup(stop)
	var token, said bytes.Buffer
	if code := Main([]string{"token", "create", "--quiet", "--data", dir}, strings.NewReader(""), &token, &said, nil); code != exitOK {
		t.Fatalf("token create: %d %s", code, said.String())
	}
	base := "http://" + a.o.console.Addr().String()
	environ := []string{"TOCSIN_SERVER=" + base, "TOCSIN_TOKEN=" + strings.TrimSpace(token.String()), "XDG_STATE_HOME=" + t.TempDir(), "TOCSIN_DATA=" + dir}
	for _, c := range []struct {
		line string // words split at blanks; _ stands for a blank within one
		code int
		out  string // part of stdout
		says string // part of stderr
	}{
		{"declare Pushes_fail", exitOK, "INC-1", ""},
		{"say -k guess the_disk_is_full", exitOK, "the disk is full", ""},
		{"say -k rumour the_disk_is_full", exitUsage, "", "rumour"},

		{"assign point @bo", exitOK, "Bo Berg is point person", ""},
		{"assign engineer @cleo", exitDenied, "", "only the point person"},
		{"take point --force --why Bo_is_on_a_plane", exitOK, "after Bo Berg", ""},
		{"assign engineer @cleo", exitOK, "Cleo Sand is engineer", ""},
		{"assign engineer @cleo", exitOK, "it is so already", ""},
		{"assign engineer @bo", exitOK, "Bo Berg is engineer", ""},
		{"assign engineer @nobody", exitUsage, "", "nobody called"},
		{"assign janitor @bo", exitUsage, "", "janitor"},
		{"assign point @cleo", exitOK, "Cleo Sand is point person now, after", ""},
		{"assign point @bo", exitDenied, "", "only the point person"},

		{"declare Pulls_fail", exitOK, "INC-2", ""},
		{"fact which_one", exitUsage, "", "2 incidents are active"},
		{"use 7", exitNotFound, "", "7"},
		{"use", exitOK, "", "None"},
		{"use 1", exitOK, "INC-1  Pushes fail", ""},
		{"use", exitOK, "INC-1", ""},
		{"fact this_one", exitOK, "INC-1", "→ INC-1 (tocsin use; --clear ends that)"},
		{"fact that_one -i 2", exitOK, "INC-2", ""},
		{"use --server http://127.0.0.1:1", exitOK, "", "None"},

		{"postmortem", exitOK, "Pushes fail", "→ INC-1 (tocsin use"},
		{"open --print", exitOK, base + "/i/1\n", ""},
		{"open war-room --print", exitNotFound, "", "INC-1 has no war-room yet"},
		{"steps by-hand open_war_room --url https://meet.example.com/1", exitOK, "", ""},
		{"open war-room --print", exitOK, "https://meet.example.com/1\n", ""},
		{"open print --print", exitOK, base + "/i/1/print\n", ""},
		{"open cellar --print", exitUsage, "", "room, war-room"},

		{"update We_look_at_it_with_Bo_Berg. --no-wait -i 2", exitOK, "", ""},
		{"export --to " + out, exitOK, filepath.Join(out, "INC-1", "postmortem.md"), ""},
		{"export --to " + out, exitConflict, "", "is there already"},
		{"export 2 --public --to " + filepath.Join(out, "public"), exitOK, filepath.Join(out, "public", "INC-2", "page.json"), ""},
		{"export 9 --to " + out, exitNotFound, "", "9"},

		{"use --clear", exitOK, "", ""},
		{"fact which_one", exitUsage, "", "2 incidents are active"},

		{"token list", exitOK, "owner\tall\tmade ", ""},
		{"token revoke nothing", exitNotFound, "", "tocsin token list"},
	} {
		args := strings.Fields(c.line)
		for n := range args {
			if n > 0 && !strings.Contains(args[n], "/") && !strings.Contains(args[n-1], "by-hand") {
				args[n] = strings.ReplaceAll(args[n], "_", " ")
			}
		}
		var out, said bytes.Buffer
		code := Main(args, strings.NewReader(""), &out, &said, environ)
		if code != c.code || !strings.Contains(out.String(), c.out) || !strings.Contains(said.String(), c.says) {
			t.Errorf("tocsin %s: exit %d (want %d)\n%s%s", c.line, code, c.code, out.String(), said.String())
		}
	}
	export(t, filepath.Join(out, "INC-1"), []string{"incident.json", "postmortem.md", "steps.json", "timeline.jsonl", "timeline.md"}, "the disk is full", "Cleo Sand is engineer")
	export(t, filepath.Join(out, "public", "INC-2"), []string{"page.json", "timeline.jsonl", "timeline.md"}, "We look at it with")
	for _, file := range []string{"page.json", "timeline.jsonl", "timeline.md"} {
		if src, err := os.ReadFile(filepath.Join(out, "public", "INC-2", file)); err != nil || strings.Contains(string(src), "Bo Berg") {
			t.Errorf("%s has a name, or can't be read: %v", file, err)
		}
	}

	var list bytes.Buffer
	if code := Main([]string{"token", "list", "--json"}, strings.NewReader(""), &list, &said, environ); code != exitOK || strings.Contains(list.String(), strings.TrimSpace(token.String())) {
		t.Fatalf("token list: %d %s", code, list.String())
	}
	var tokens struct{ Tokens []tokenLine }
	if err := json.Unmarshal(list.Bytes(), &tokens); err != nil || len(tokens.Tokens) != 1 || tokens.Tokens[0].Used == nil {
		t.Fatalf("%v: %s", err, list.String())
	}
	if code := Main([]string{"token", "revoke", tokens.Tokens[0].ID}, strings.NewReader(""), &list, &said, environ); code != exitOK {
		t.Fatalf("token revoke: %d %s", code, said.String())
	}
	if code := Main([]string{"status"}, strings.NewReader(""), &list, &said, environ); code != exitDenied {
		t.Errorf("with a revoked token: exit %d", code)
	}
}

// export holds that a folder has these files and sums that fit, and that its timelines hold the texts.
func export(t *testing.T, dir string, files []string, texts ...string) {
	t.Helper()
	sums, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	want := ""
	for _, f := range files {
		src, err := os.ReadFile(filepath.Join(dir, f))
		if err != nil {
			t.Fatal(err)
		}
		want += fmt.Sprintf("%x  %s\n", sha256.Sum256(src), f)
		if f != "timeline.jsonl" && f != "timeline.md" {
			continue
		}
		for _, text := range texts {
			if !strings.Contains(string(src), text) {
				t.Errorf("%s lacks %q:\n%s", f, text, src)
			}
		}
		for line := range strings.Lines(string(src)) {
			if f == "timeline.jsonl" && !json.Valid([]byte(line)) {
				t.Errorf("a line of %s is no JSON: %s", f, line)
			}
		}
	}
	if string(sums) != want {
		t.Errorf("%s: sums\n%s, want\n%s", dir, sums, want)
	}
}
