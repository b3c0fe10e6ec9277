package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tocsin/internal/runbook"
	"tocsin/internal/store"
)

// rewrite puts another text into the source of the runbook and presses a button of the form.
const rewrite = `(from, to, press) => { const form = document.querySelector("form.stack"), source = form.elements.source; source.value = source.value.replace(from, to); form.querySelector("[name=do][value=" + press + "]").click(); }`

// TestRunbookEditor edits the runbook as an administrator does: a mistake names its line, a check says what would happen, a save makes a version
// that new incidents are run by and running ones are not, and an older version is gone back to.
func TestRunbookEditor(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	tab, base, link := consoleAs(t, services, store.Person{ID: "adam", Rights: "admin", Name: "Adam Stone"})
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(link), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/"`)
	postForm(t, tab, "/declare", "title", "Before", "point", "yes")
	edit := base + "/runbooks/production-incidents/edit"
	browse(t, tab, chromedp.Navigate(edit), chromedp.Evaluate[chromedp.Void](`(`+rewrite+`)("when: major", "when: majr", "check")`))
	see(t, tab, `document.querySelector(".problems")?.innerText.includes("majr") && document.querySelector("[name=source]").value.includes("when: majr")`)
	inspectPart(t, tab, "runbook-problems")
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Evaluate[chromedp.Void](`document.querySelector(".problems button").click()`))
	see(t, tab, `(() => { const s = document.querySelector("[name=source]"); return document.activeElement == s && s.value.slice(s.selectionStart, s.selectionEnd).includes("majr"); })()`)

	browse(t, tab, chromedp.Navigate(edit), chromedp.Evaluate[chromedp.Void](`(`+rewrite+`)("title: Open a war room", "title: Meet in the bunker", "check")`))
	see(t, tab, `document.querySelector(".diff")?.innerText.includes("+     title: Meet in the bunker") && document.querySelector("details[open] ol").innerText.includes("Meet in the bunker")`)
	see(t, tab, `(() => { const li = [...document.querySelectorAll("details ol li")].find((li) => li.innerText.includes("Meet in the bunker")); return li.innerText.includes("zoom"); })()`)
	inspectPart(t, tab, "runbook-checked")
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.SendKeys("[name=note]", "We have a bunker now"), chromedp.Evaluate[chromedp.Void](`document.querySelector("[name=do][value=save]").click()`))
	see(t, tab, `location.pathname.endsWith("/versions") && document.querySelector("#v2").innerText.includes("We have a bunker now") && document.querySelector("#v2").innerText.includes("Adam Stone")`)
	inspectPart(t, tab, "runbook-versions")

	postForm(t, tab, "/declare", "title", "After")
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(base+"/i/2"))
	see(t, tab, `document.body.textContent.includes("Meet in the bunker")`)
	browse(t, tab, chromedp.Navigate(base+"/i/1"))
	see(t, tab, `document.querySelector("#steps") && document.body.textContent.includes("Open a war room") && !document.body.textContent.includes("Meet in the bunker")`)

	// A document in Markdown becomes a draft in the editor; what is not in it is said, and nothing is saved.
	browse(t, tab, chromedp.Navigate(edit), chromedp.Evaluate[chromedp.Void](`(`+rewrite+`)("", "", "import")`))
	see(t, tab, `document.querySelector(".error")?.innerText.includes("There is no list in it") && document.querySelector("[name=source]").value.includes("Meet in the bunker") && !document.querySelector("[data-palette]").hidden`)
	browse(t, tab, chromedp.Evaluate[chromedp.Void](`(document.querySelector("[name=document]").value = "# Ours\n\n## Engineer\n\nBreathe.\n\n- Meet in the garden\n", (`+rewrite+`)("", "", "import"))`))
	see(t, tab, `document.querySelector("details[open] .notice")?.innerText.includes("line 5: Breathe") && document.querySelector("[name=source]").value.includes('title: "Meet in the garden"') && document.querySelector("details[open] ol")?.innerText.includes("Meet in the garden")`)
	inspectPart(t, tab, "runbook-import")
	browse(t, tab, chromedp.EmulateViewport(360, 800))

	// Whoever began before that save is told what it changed, and loses nothing.
	browse(t, tab, chromedp.Navigate(edit), chromedp.Evaluate[chromedp.Void](`(document.querySelector("[name=from]").value = "1", (`+rewrite+`)("Meet in the bunker", "Meet on the roof", "save"))`))
	see(t, tab, `document.querySelector("section.error .diff")?.innerText.includes("Meet in the bunker") && document.querySelector("[name=source]").value.includes("Meet on the roof") && document.querySelector("[name=from]").value == "2"`)
	browse(t, tab, chromedp.Navigate(edit+"?version=1"))
	see(t, tab, `document.querySelector(".diff").innerText.includes("+     title: Open a war room") && document.querySelector("[name=note]").value == "Back to version 1"`)
	browse(t, tab, chromedp.Evaluate[chromedp.Void](`document.querySelector("[name=do][value=save]").click()`))
	see(t, tab, `document.querySelector("#v3")?.innerText.includes("Back to version 1")`)
	browse(t, tab, chromedp.Navigate(base+"/audit"))
	see(t, tab, `document.querySelector("main").innerText.includes("saved a version of the runbook production-incidents 3")`)
}

// TestRunbookVerbs plans, applies and compares versions of a running server by the command line.
func TestRunbookVerbs(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := serve(t, "--data", data)
	secret, _, _ := tocsin(t, "token", "create", "--data", data, "--quiet")
	token, file := filepath.Join(data, "token"), filepath.Join(data, "runbook.yaml")
	source := strings.Replace(string(runbook.DefaultYAML()), "title: Open a war room", "title: Meet in the bunker", 1)
	for name, text := range map[string]string{token: secret, file: source, file + ".bad": strings.Replace(source, "when: major", "when: majr", 1)} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	document := filepath.Join(data, "ours.md")
	if err := os.WriteFile(document, []byte("Words.\n\n- Meet in the garden\n\n---\n\nMore words.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(code int, want string, args ...string) {
		t.Helper()
		out, words, got := tocsin(t, append(append([]string{"runbook"}, args...), "--server", p.url, "--token-file", token)...)
		if got != code || !strings.Contains(out+words, want) {
			t.Errorf("%v: exit %d, want %d and %q: %s%s", args, got, code, want, out, words)
		}
	}
	run(exitOK, document+":7: not in it: More words.", "import", document)
	run(exitOK, `title: "Meet in the garden"`, "import", document)
	run(exitUsage, "no name", "import", document, "--name", "Our Own")
	run(exitNotFound, "can't be read", "import", document+".gone")
	run(0, "+    title: Meet in the bunker", "plan", file)
	run(exitUsage, "majr", "apply", file+".bad", "--yes")
	run(exitUsage, "say --yes", "apply", file)
	run(0, "version 2", "apply", file, "--yes", "--note", "A bunker")
	run(0, "A bunker", "versions")
	run(0, "+    title: Meet in the bunker", "diff", "1")
	run(0, "-    title: Meet in the bunker", "diff", "2", "1")
	run(0, "title: Meet in the bunker", "show", "--version", "2")
	run(exitNotFound, "no version 9", "diff", "9")
	run(exitUsage, "is no version", "diff", "new")
}
