package standin

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What people see of single objects. Each finder gives nil for what is not there, or not for everyone.

// lines makes paragraphs of a text.
func lines(text string) (all []paragraph) {
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		all = append(all, paragraph{Text: line})
	}
	return all
}

// slackPages shows a channel, or one message of it.
func slackPages(w *world, in *http.Request) *page {
	s := w.slack
	c := s.channel(in.PathValue("channel"))
	if c == nil {
		return nil
	}
	p := &page{Provider: "Slack", Title: "#" + c.name, Note: c.topic}
	ts := in.PathValue("message")
	for _, m := range s.messages {
		if m.channel == c && (ts == "" || "p"+strings.Replace(m.ts, ".", "", 1) == ts) {
			p.Paper = append(p.Paper, paragraph{Text: s.read(m.text)})
		}
	}
	if ts != "" && p.Paper == nil {
		return nil
	}
	return p
}

// zoomPages shows a meeting. Whoever opens it does so as its host: it has started then.
func zoomPages(w *world, in *http.Request) *page {
	z := w.zoom
	m := z.meeting(in.PathValue("meeting"))
	if m == nil {
		return nil
	}
	m.begin(time.Now().UTC())
	return &page{Provider: "Zoom", Title: m.topic, Note: "Meeting " + strconv.FormatInt(m.id, 10) + ", hosted by " + m.host.email + ". " + m.said(), Paper: lines(m.agenda)}
}

// documentPages shows a document as those who may edit it see it, or, under its public name, the text of the published revision and
// nothing else.
func documentPages(w *world, in *http.Request) *page {
	for _, f := range w.google.files {
		switch {
		case f.MimeType != documentType || f.Trashed:
		case in.PathValue("document") == f.Id:
			return &page{Provider: "Google Docs", Title: f.Name, Note: "The text as it is now, for those who may edit it.", Paper: f.draft.paper()}
		case in.PathValue("public") == f.publicID() && f.published != nil && f.published.PublishedOutsideDomain:
			return &page{Provider: "Google Docs", Title: f.Name, Paper: f.published.paper}
		}
	}
	return nil
}

// paper gives the text in paragraphs with their styles.
func (d *draft) paper() (all []paragraph) {
	start := 0
	for i, unit := range d.text {
		if unit == '\n' {
			style := map[string]string{"TITLE": "h1", "HEADING_1": "h1", "HEADING_2": "h2", "HEADING_3": "h2"}[d.styles[i]]
			all = append(all, paragraph{style, decodeUnits(d.text[start:i])})
			start = i + 1
		}
	}
	return all
}

func watchPages(w *world, in *http.Request) *page {
	b := w.youtube.broadcast(in.URL.Query().Get("v"))
	if b == nil || b.Status.PrivacyStatus == "private" {
		return nil
	}
	return &page{Provider: "YouTube", Title: b.Snippet.Title, Note: "Status: " + b.Status.LifeCycleStatus + ".", Paper: lines(b.Snippet.Description)}
}

func tweetPages(w *world, in *http.Request) *page {
	t := w.x.tweet(in.PathValue("tweet"))
	if t == nil {
		return nil
	}
	return &page{Provider: "X", Title: "@" + xUser, Note: t.born.Format(time.RFC1123), Paper: lines(t.text)}
}

func statusPages(w *world, in *http.Request) *page {
	st := w.mastodon.status(in.PathValue("status"))
	if st == nil {
		return nil
	}
	return &page{Provider: "Mastodon", Title: "@" + mastodonUser, Note: st.born.Format(time.RFC1123), Paper: lines(st.text)}
}

func skeetPages(w *world, in *http.Request) *page {
	p := w.bluesky.post(in.PathValue("post"))
	if p == nil {
		return nil
	}
	return &page{Provider: "Bluesky", Title: "@" + blueskyHandle, Note: p.born.Format(time.RFC1123), Paper: lines(p.parsed.Text)}
}

// issuePages shows an issue; a confidential one only to those who say that they may see it.
func issuePages(w *world, in *http.Request) *page {
	path, iid, ok := strings.Cut(strings.TrimPrefix(in.URL.Path, "/gitlab/"), "/-/issues/")
	if !ok {
		return nil
	}
	for _, i := range w.gitlab.issues {
		if i.project.path == path && strconv.Itoa(i.iid) == iid && (!i.confidential || in.URL.Query().Get("internal") == "1") {
			note := "Labels: " + strings.Join(i.labels, ", ") + ". " + strings.ToUpper(i.state()[:1]) + i.state()[1:] + "."
			if i.confidential {
				note = "Confidential. " + note
			}
			return &page{Provider: "GitLab", Title: fmt.Sprintf("#%d %s", i.iid, i.title), Note: note, Paper: lines(i.description)}
		}
	}
	return nil
}
