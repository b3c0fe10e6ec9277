package public

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"html"
	"io"
	"slices"
	"strings"
	"testing"

	xhtml "golang.org/x/net/html"

	"tocsin/internal/incident"
	"tocsin/internal/redact"
	"tocsin/internal/report"
)

// surfaces is everything the world can fetch, streams included, by address.
func surfaces(t *testing.T, s *Site, ids ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, p := range append(every(ids...), "/nowhere") {
		res := get(t, s.Handler(), p)
		head := ""
		for k, v := range res.Header {
			head += k + ": " + strings.Join(v, ", ") + "\n"
		}
		all[p] = read(t, res)
		for _, l := range tongues[1:] {
			all[p+" "+l.Tag] = read(t, get(t, s.Handler(), p+l.query))
		}
		all[p+" headers"] = head
		if z := get(t, s.Handler(), p, "Accept-Encoding", "gzip"); z.Header.Get("Content-Encoding") == "gzip" {
			all[p+" gz"] = unzip(t, z.Body)
		}
	}
	for _, i := range s.all.Load().incidents {
		for _, l := range tongues {
			all["whole "+i.name()+l.query] = string(s.whole(l, i))
		}
	}
	return all
}

func TestNoNameIsPublic(t *testing.T) {
	t.Parallel()
	l := outage("INC-42")
	done := declare("INC-41", "Hope Sterling's dashboard is slow", "09:10", false)
	done.update("09:20", "investigating", "Ruby Jenkins and Will Grant look into it; mail marisol.okafor@example.com.", nil)
	done.at("09:58").add("hope", &incident.ResolvedEvent{Text: "by Jónas"})
	first := l.page()
	c := newClock("14:06")
	s := c.site(base)
	defer s.Close()
	s.Update([]report.Page{first, done.page()})
	l.say("14:06", "fact", "Hope Sterling restarted db1, Jónas Bergström watched.")
	l.update("14:06", "monitoring", "Thanks to Mari and Will Grant.", nil)
	s.Update([]report.Page{l.page(), done.page()})
	all := surfaces(t, s, "INC-42", "INC-41")
	all["news"] = string(s.news(english, s.all.Load().byNumber[42], first))
	r := redact.New(roster, l.i.Pseudonyms)
	for where, body := range all {
		decoded := html.UnescapeString(body)
		for _, name := range names {
			if strings.Contains(strings.ToLower(decoded), strings.ToLower(name)) {
				t.Errorf("%s holds %q", where, name)
			}
			if strings.Contains(body, base64.StdEncoding.EncodeToString([]byte(name))) {
				t.Errorf("%s holds %q in base64", where, name)
			}
		}
		for _, sp := range r.Leaks(body) {
			t.Errorf("%s: a trace of a name: %q in %q", where, body[sp.Start:sp.End], body[max(0, sp.Start-40):min(len(body), sp.End+40)])
		}
	}
	has(t, all["/status/INC-42"], "team-member-1", "team-member-2", "team-member-5")
}

// payloads is what people may type to make a page do something.
var payloads = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'><svg/onload=alert(1)>`, `</title><script>alert(1)</script>`, `</script><script>alert(1)</script>`,
	`javascript:alert(1)`, `]]><script>alert(1)</script>`, `<!--<script>alert(1)//-->`, `<![CDATA[<script>alert(1)</script>`, `{{.}}{{template "x"}}`, `<iframe srcdoc="<script>alert(1)</script>">`,
	`" onfocus=alert(1) autofocus="`, `&lt;script&gt;alert(1)&lt;/script&gt;`, "\u2028<script>\u2029", "a\x00b\x0bc\ufffe<b>", `[x](javascript:alert(1))`, `<a href="javascript:alert(1)">x</a>`,
	`<meta http-equiv="refresh" content="0;url=//evil.example">`, `<style>*{display:none}</style>`, "\ndata: {\"x\":1}\n\nevent: reset\n", `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>`,
}

// nasty is an incident that has a payload in every text.
func nasty(n string, payload string) *log {
	l := declare(n, payload, "13:00", false)
	l.say("13:01", "guess", payload)
	guess := l.say("13:02", "guess", payload)
	l.add("jonas", &incident.GuessSettled{Entry: guess, Outcome: "ruled_out", Why: payload})
	l.at("13:03").add("ruby", &incident.ImpactNoted{Text: payload})
	l.at("13:04").add("will", &incident.MajorDeclared{Why: payload})
	l.update("13:05", "identified", payload, nil)
	for step, url := range map[string]string{"create_stream": payload, "write_document": payload, "publish_document": "https://evil.example/" + payload} {
		l.add(incident.System, &incident.StepStarted{Step: step, Attempt: 1, Provider: "x"})
		l.add(incident.System, &incident.StepDone{Step: step, URL: url})
	}
	return l
}

// shape is the elements and attributes of a page, without its texts.
func shape(t *testing.T, page string) string {
	t.Helper()
	var b strings.Builder
	for d := range dom(t, page).Descendants() {
		if d.Type == xhtml.ElementNode {
			b.WriteString("<" + d.Data)
			for _, a := range d.Attr {
				b.WriteString(" " + a.Key)
			}
			b.WriteString(">")
		}
	}
	return b.String()
}

func TestTextsAreOnlyText(t *testing.T) {
	t.Parallel()
	calm := nasty("INC-1", "words")
	s := site(t, calm.page())
	want := map[string]string{}
	for _, p := range []string{"/status", "/status/1"} {
		want[p] = shape(t, read(t, get(t, s.Handler(), p)))
		want[p+" de"] = shape(t, read(t, get(t, s.Handler(), p+"?lang=de")))
	}
	for _, payload := range payloads {
		s := site(t, nasty("INC-1", payload).page())
		for path, body := range surfaces(t, s, "INC-1") {
			if w, ok := want[path]; ok {
				got := shape(t, body)
				if strings.ReplaceAll(got, `<a class href rel><span aria-hidden>`, "") != strings.ReplaceAll(w, `<a class href rel><span aria-hidden>`, "") {
					t.Errorf("%s: %q changes the page:\n%s\n%s", path, payload, got, w)
				}
				for _, a := range find(dom(t, body), "a", "") {
					if href := attr(a, "href"); !strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "#") && !strings.HasPrefix(href, "?lang=") && !strings.HasPrefix(href, "https://") && href != "" {
						t.Errorf("%s: %q makes a link to %q", path, payload, href)
					}
				}
			}
			if strings.HasSuffix(path, ".md") {
				mustNot(t, path, strings.ReplaceAll(body, `\<`, ""), "<script", "<img", "<iframe", "<svg", "<a ", "<style", "<meta")
			}
		}
		for _, line := range strings.Split(string(s.whole(english, s.all.Load().byNumber[1])), "\n") {
			if !json.Valid([]byte(line)) {
				t.Errorf("%q breaks the stream", payload)
			}
		}
		parses(t, s, payload)
	}
}

// parses reads every feed and every JSON document of a site.
func parses(t *testing.T, s *Site, payload string) {
	t.Helper()
	for _, p := range every("INC-1") {
		body := read(t, get(t, s.Handler(), p))
		switch {
		case strings.HasSuffix(p, ".json"):
			if !json.Valid([]byte(body)) {
				t.Errorf("%s: %q breaks the JSON", p, payload)
			}
			mustNot(t, p, body, "<script")
		case strings.HasPrefix(p, "/history."):
			if err := xml.Unmarshal([]byte(body), new(any)); err != nil {
				t.Errorf("%s: %q breaks the XML: %v", p, payload, err)
			}
			mustNot(t, p, body, "<script")
		}
	}
	var f jsonFeedDoc
	if err := json.Unmarshal([]byte(read(t, get(t, s.Handler(), "/feed.json"))), &f); err != nil || len(f.Items) != 1 {
		t.Fatalf("%q: %v", payload, err)
	}
	for d := range dom(t, f.Items[0].HTML).Descendants() {
		if d.Type == xhtml.ElementNode && !slices.Contains([]string{"html", "head", "body", "p", "strong", "small", "br", "a"}, d.Data) {
			t.Errorf("%q makes <%s> in a feed", payload, d.Data)
		}
	}
}

type jsonFeedDoc struct {
	Items []struct {
		HTML string `json:"content_html"`
	}
}

func unzip(t *testing.T, r io.Reader) string {
	t.Helper()
	z, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
