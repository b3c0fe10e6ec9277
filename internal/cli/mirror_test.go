package cli

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPublish writes the public pages from the data beside a running server and from its public address; the second copy outlives the server.
func TestPublish(t *testing.T) {
	t.Parallel()
	data, to := t.TempDir(), filepath.Join(t.TempDir(), "site")
	p := serve(t, "--data", data)
	secret, _, _ := tocsin(t, "token", "create", "--data", data, "--quiet")
	token := filepath.Join(data, "token")
	if err := os.WriteFile(token, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"user", "add", "Zelda Winterbourne", "--data", data}, {"declare", "Pushes fail", "--disrupting", "--point", "--server", p.url, "--token-file", token},
		{"update", "Zelda Winterbourne looks into it.", "--server", p.url, "--token-file", token, "--no-wait"}} {
		if out, words, code := tocsin(t, args...); code != 0 && code != exitPartly {
			t.Fatalf("%v: %d %s%s", args, code, out, words)
		}
	}
	look := func(dir string) {
		t.Helper()
		status, err := os.ReadFile(filepath.Join(dir, "index.html"))
		if err != nil {
			t.Fatal(err)
		}
		page, err := os.ReadFile(filepath.Join(dir, "status", "INC-1.html"))
		if err != nil || !strings.Contains(string(status), `href="status/INC-1.html"`) || !strings.Contains(string(page), "looks into it") || strings.Contains(string(status)+string(page), "Zelda") {
			t.Errorf("%v: %s\n%s", err, status, page)
		}
	}
	if out, words, code := tocsin(t, "publish", "--to", to, "--data", data); code != 0 || !strings.Contains(words, " files") {
		t.Fatal(code, out, words)
	}
	look(to)
	if out, words, code := tocsin(t, "publish", "--to", to, "--from", p.url); code != 0 {
		t.Fatal(code, out, words)
	}
	look(to)
	if _, words, code := tocsin(t, "publish", "--to", data, "--from", p.url); code != exitUsage || !strings.Contains(words, "empty folder") {
		t.Errorf("a folder of other files: %d %s", code, words)
	}
	p.kill(t)
	m := serveAs(t, "Public   ", "mirror", "--from", p.url, "--to", to, "--listen", "127.0.0.1:0", "--every", "1s")
	res, err := http.Get(m.url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || !strings.Contains(string(body), "The source has not answered since") || !strings.Contains(string(body), "looks into it") {
		t.Errorf("the mirror of a dead server: %s %v %s", res.Status, err, body)
	}
}
