package standin

import (
	"cmp"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rivo/uniseg"
)

// mastodon is one account that posts on a server of its own.
type mastodon struct {
	statuses []*status
	last     int64             // the newest id: ids grow
	keys     map[string]keyed  // by Idempotency-Key
	used     map[time.Time]int // calls by the window they came in
}

type status struct {
	birth
	id, text           string
	reply              string // the status it answers
	visible, spoken    string // visibility and language
	spoiler            string
	removed, sensitive bool
}

// keyed is what was posted with a key, and when.
type keyed struct {
	id string
	at time.Time
}

const (
	mastodonUser   = "status"
	mastodonID     = "109400000000000001"
	mastodonMost   = 500 // characters of a status
	mastodonLink   = 23  // characters that a link counts as
	mastodonKeys   = time.Hour
	mastodonCalls  = 300 // calls in a window, told in headers and not enforced
	mastodonWindow = 5 * time.Minute
)

func newMastodon() *mastodon { return &mastodon{keys: map[string]keyed{}, used: map[time.Time]int{}} }

func (s *mastodon) provider() *provider {
	no := func(status int, words string) operation {
		return func(*request) reply { return mastodonNo(status, words) }
	}
	p := &provider{
		name: "mastodon", prefixes: []string{"/mastodon/api"},
		admit:    s.admit,
		unknown:  no(http.StatusNotFound, "Record not found"),
		expired:  no(http.StatusUnauthorized, "The access token expired"),
		unscoped: no(http.StatusForbidden, "This action is outside the authorized scopes"),
		refused: func(r *request, status int) reply {
			switch status {
			case http.StatusTooManyRequests:
				reset := r.now.Add(mastodonWindow)
				return mastodonNo(status, "Too many requests").with("X-RateLimit-Limit", strconv.Itoa(mastodonCalls)).
					with("X-RateLimit-Remaining", "0").with("X-RateLimit-Reset", reset.Format(mastodonTime))
			case http.StatusServiceUnavailable:
				return mastodonNo(status, "There was a temporary problem serving your request, please try again")
			}
			return mastodonNo(status, http.StatusText(status))
		},
		objects: s.objects,
		panel:   s.panel,
	}
	for _, line := range []route{
		{"GET /mastodon/api/v2/instance", s.instance},
		{"GET /mastodon/api/v1/accounts/verify_credentials", s.me},
		{"GET /mastodon/api/v1/accounts/{account}/statuses", s.list},
		{"POST /mastodon/api/v1/statuses", s.post},
		{"GET /mastodon/api/v1/statuses/{status}", s.get},
		{"GET /mastodon/api/v1/statuses/{status}/source", s.source},
		{"DELETE /mastodon/api/v1/statuses/{status}", s.delete},
	} {
		p.routes = append(p.routes, route{line.pattern, func(r *request) reply { return s.limited(r, line.do) }})
	}
	return p
}

const mastodonTime = "2006-01-02T15:04:05.000000Z" // of headers

func mastodonNo(status int, words string) reply {
	return reply{status: status, body: map[string]any{"error": words}}
}

// limited answers with the headers that tell of the rate limit.
func (s *mastodon) limited(r *request, do operation) reply {
	window := r.now.Truncate(mastodonWindow)
	s.used[window]++
	return do(r).with("X-RateLimit-Limit", strconv.Itoa(mastodonCalls)).
		with("X-RateLimit-Remaining", strconv.Itoa(max(mastodonCalls-s.used[window], 1))).
		with("X-RateLimit-Reset", window.Add(mastodonWindow).Format(mastodonTime))
}

// admit takes a bearer token; what a server is may be asked without one.
func (s *mastodon) admit(r *request) *reply {
	if r.bearer() != "" || strings.HasSuffix(r.URL.Path, "/v2/instance") {
		return nil
	}
	no := mastodonNo(http.StatusUnauthorized, "The access token is invalid")
	return &no
}

func (s *mastodon) instance(*request) reply {
	return reply{status: http.StatusOK, body: map[string]any{
		"domain": "social.example", "title": "Stand-in", "version": "4.4.3",
		"configuration": map[string]any{"statuses": map[string]any{
			"max_characters": mastodonMost, "max_media_attachments": 4, "characters_reserved_per_url": mastodonLink,
		}},
	}}
}

func mastodonAccount(base string) map[string]any {
	return map[string]any{
		"id": mastodonID, "username": mastodonUser, "acct": mastodonUser, "display_name": "Status", "bot": true, "locked": false,
		"url": base + "/mastodon/@" + mastodonUser,
	}
}

func (s *mastodon) me(r *request) reply {
	return reply{status: http.StatusOK, body: mastodonAccount(r.base)}
}

func (s *mastodon) post(r *request) reply {
	key := r.Header.Get("Idempotency-Key")
	if had, ok := s.keys[key]; ok && key != "" && r.now.Sub(had.at) < mastodonKeys {
		if st := s.status(had.id); st != nil {
			return reply{status: http.StatusOK, body: st.tell(r.base)}
		}
	}
	st := &status{
		birth: r.birth(), text: strings.TrimSpace(r.arg("status")), reply: r.arg("in_reply_to_id"), spoken: cmp.Or(r.arg("language"), "en"),
		visible: cmp.Or(r.arg("visibility"), "public"), spoiler: r.arg("spoiler_text"),
	}
	st.sensitive, _ = r.flag("sensitive")
	switch {
	case st.text == "":
		return mastodonNo(http.StatusUnprocessableEntity, "Validation failed: Text can't be blank")
	case mastodonLength(st.spoiler)+mastodonLength(st.text) > mastodonMost:
		return mastodonNo(http.StatusUnprocessableEntity, "Validation failed: Text character limit of "+strconv.Itoa(mastodonMost)+" exceeded")
	case !oneOf(st.visible, "public", "unlisted", "private", "direct"):
		return mastodonNo(http.StatusUnprocessableEntity, "Validation failed: Visibility is not included in the list")
	case st.reply != "" && s.status(st.reply) == nil:
		return mastodonNo(http.StatusNotFound, "The post you are trying to reply to does not appear to exist.")
	}
	s.last = max(s.last+1, r.now.UnixMilli()<<16)
	st.id = strconv.FormatInt(s.last, 10)
	s.statuses = append(s.statuses, st)
	if key != "" {
		s.keys[key] = keyed{st.id, r.now}
	}
	return reply{status: http.StatusOK, body: st.tell(r.base)}
}

func (s *mastodon) status(id string) *status {
	for _, st := range s.statuses {
		if st.id == id && !st.removed {
			return st
		}
	}
	return nil
}

// on answers about the status that the path names.
func (s *mastodon) on(r *request, do func(*status) any) reply {
	if st := s.status(r.PathValue("status")); st != nil {
		return reply{status: http.StatusOK, body: do(st)}
	}
	return mastodonNo(http.StatusNotFound, "Record not found")
}

func (s *mastodon) get(r *request) reply {
	return s.on(r, func(st *status) any { return st.tell(r.base) })
}

func (s *mastodon) source(r *request) reply {
	return s.on(r, func(st *status) any {
		return map[string]any{"id": st.id, "text": st.text, "spoiler_text": st.spoiler}
	})
}

func (s *mastodon) delete(r *request) reply {
	return s.on(r, func(st *status) any {
		st.removed = true
		told := st.tell(r.base)
		told["text"] = st.text
		return told
	})
}

// list gives the account's statuses, newest first.
func (s *mastodon) list(r *request) reply {
	if r.PathValue("account") != mastodonID {
		return mastodonNo(http.StatusNotFound, "Record not found")
	}
	limit, below, above := r.number("limit", 20), int64(r.number("max_id", 0)), int64(r.number("since_id", 0))
	alone, _ := r.flag("exclude_replies")
	all := []any{}
	for _, st := range slices.Backward(s.statuses) {
		id, _ := strconv.ParseInt(st.id, 10, 64)
		if st.removed || !r.lists(st.birth) || below > 0 && id >= below || id <= above || alone && st.reply != "" {
			continue
		}
		if len(all) == min(max(limit, 1), 40) {
			break
		}
		all = append(all, st.tell(r.base))
	}
	return reply{status: http.StatusOK, body: all}
}

// tell gives a status as Mastodon does, its text as HTML.
func (st *status) tell(base string) map[string]any {
	var replies, author any
	if st.reply != "" {
		replies, author = st.reply, mastodonID
	}
	return map[string]any{
		"id": st.id, "created_at": st.born.Format("2006-01-02T15:04:05.000Z"), "in_reply_to_id": replies, "in_reply_to_account_id": author,
		"sensitive": st.sensitive, "spoiler_text": st.spoiler, "visibility": st.visible, "language": st.spoken, "url": st.url(base),
		"uri": base + "/mastodon/users/" + mastodonUser + "/statuses/" + st.id, "replies_count": 0, "reblogs_count": 0, "favourites_count": 0,
		"edited_at": nil, "content": "<p>" + strings.ReplaceAll(html.EscapeString(st.text), "\n", "<br />") + "</p>", "reblog": nil,
		"application": map[string]any{"name": "Stand-in", "website": nil}, "account": mastodonAccount(base),
		"media_attachments": []any{}, "mentions": []any{}, "tags": []any{}, "emojis": []any{}, "card": nil, "poll": nil,
	}
}

func (st *status) url(base string) string { return base + "/mastodon/@" + mastodonUser + "/" + st.id }

var mastodonRemote = regexp.MustCompile(`(^|[^/=\pL\pM\p{Nd}_])(@[A-Za-z0-9_]+)@[\pL\p{Nd}_]+(?:[.-]+[\pL\p{Nd}_]+)*`)

// mastodonLength counts characters as Mastodon does: 23 for a link with its scheme, the name alone of somebody elsewhere.
func mastodonLength(text string) int {
	var b strings.Builder
	at := 0
	for _, l := range xLinks(text) {
		if strings.Contains(text[l.start:l.end], "://") && l.end-l.start <= 4096 {
			b.WriteString(text[at:l.start] + strings.Repeat("x", mastodonLink))
			at = l.end
		}
	}
	return uniseg.GraphemeClusterCount(mastodonRemote.ReplaceAllString(b.String()+text[at:], "$1$2"))
}

func (s *mastodon) objects(base string) []collection {
	var there []*status
	for _, st := range s.statuses {
		if !st.removed {
			there = append(there, st)
		}
	}
	return []collection{collect("mastodon.status", there, func(st *status) any {
		told := st.tell(base)
		told["text"] = st.text // as it was sent
		return told
	})}
}

func (s *mastodon) panel(base string) panel {
	p := panel{Name: "Mastodon", Nothing: "No post yet."}
	for _, st := range slices.Backward(s.statuses) {
		if !st.removed {
			p.Items = append(p.Items, item{At: st.born, Title: "@" + mastodonUser, Text: st.text, URL: st.url(base)})
		}
	}
	return p
}
