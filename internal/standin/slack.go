package standin

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// slack is one workspace with one bot in it.
type slack struct {
	channels  []*slackChannel
	users     []*slackUser
	messages  []*slackMessage
	pins      []*slackPin
	bookmarks []*slackBookmark
	stamp     int64 // the microsecond of the newest message: timestamps are unique
}

const (
	slackTeam = "T0STANDIN"
	slackBot  = "U0TOCSIN00"
	botID     = "B0TOCSIN00"
)

// slackMethod is a line of Slack's table: a method, and the scope a token needs for it.
type slackMethod struct {
	name, scope string
	do          operation
}

func (s *slack) methods() []slackMethod {
	return []slackMethod{
		{"api.test", "", s.authTest},
		{"auth.test", "", s.authTest},
		{"chat.postMessage", "chat:write", s.postMessage},
		{"chat.update", "chat:write", s.updateMessage},
		{"chat.getPermalink", "", s.getPermalink},
		{"conversations.create", "channels:manage", s.createChannel},
		{"conversations.list", "channels:read", s.listChannels},
		{"conversations.info", "channels:read", s.channelInfo},
		{"conversations.history", "channels:history", s.history},
		{"conversations.replies", "channels:history", s.replies},
		{"conversations.members", "channels:read", s.members},
		{"conversations.invite", "channels:manage", s.invite},
		{"conversations.join", "channels:join", s.join},
		{"conversations.open", "im:write", s.openDirect},
		{"conversations.setTopic", "channels:manage", s.setTopic},
		{"conversations.setPurpose", "channels:manage", s.setPurpose},
		{"pins.add", "pins:write", s.addPin},
		{"pins.list", "pins:read", s.listPins},
		{"bookmarks.add", "bookmarks:write", s.addBookmark},
		{"bookmarks.list", "bookmarks:read", s.listBookmarks},
		{"users.lookupByEmail", "users:read.email", s.lookupByEmail},
		{"users.info", "users:read", s.userInfo},
		{"users.list", "users:read", s.listUsers},
		{"usergroups.list", "usergroups:read", s.listGroups},
		{"usergroups.users.list", "usergroups:read", s.listGroupUsers},
	}
}

// newSlack gives a workspace with the channels that the runbook names.
func newSlack() *slack {
	s := &slack{users: []*slackUser{{id: slackBot, name: "tocsin", real: "Tocsin", bot: true}}}
	for _, name := range []string{"general", "marketing", "devrel", "production"} {
		c := &slackChannel{id: slackID("C", name), name: name, creator: slackBot, members: []string{slackBot}, general: name == "general"}
		c.created = time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC)
		s.channels = append(s.channels, c)
	}
	return s
}

func (s *slack) provider() *provider {
	p := &provider{
		name: "slack", prefixes: []string{"/slack/api"},
		admit: s.admit,
		unknown: func(r *request) reply {
			return s.fail("unknown_method").with("X-Slack-Unknown-Method", r.URL.Path)
		},
		expired: func(*request) reply { return s.fail("invalid_auth") },
		unscoped: func(r *request) reply {
			return s.answer(map[string]any{"ok": false, "error": "missing_scope", "needed": cmp.Or(s.scope(r), "chat:write"), "provided": "identify"})
		},
		refused: func(_ *request, status int) reply {
			words := "fatal_error"
			switch {
			case status == http.StatusTooManyRequests:
				words = "ratelimited"
			case status == http.StatusServiceUnavailable:
				words = "service_unavailable"
			case status < 500:
				words = "invalid_arguments"
			}
			return s.fail(words)
		},
		objects: s.objects,
		panel:   s.panel,
	}
	for _, m := range s.methods() {
		p.routes = append(p.routes, route{"/slack/api/" + m.name, func(r *request) reply { return s.ready(r, m) }})
	}
	return p
}

// ready decodes what forms carry as JSON in strings, and calls the method.
func (s *slack) ready(r *request, m slackMethod) reply {
	if r.Method != http.MethodPost && r.Method != http.MethodGet {
		return s.fail("invalid_post_type")
	}
	for _, name := range []string{"metadata", "blocks", "attachments"} {
		if text, ok := r.args[name].(string); ok && text != "" {
			var v any
			if json.Unmarshal([]byte(text), &v) != nil {
				return s.fail(map[string]string{"metadata": "metadata_must_be_sent_as_json", "blocks": "invalid_blocks_format", "attachments": "invalid_attachments_format"}[name])
			}
			r.args[name] = v
		}
	}
	reply := m.do(r)
	if m.scope != "" {
		reply = reply.with("X-Accepted-Oauth-Scopes", m.scope)
	}
	return reply
}

func (s *slack) admit(r *request) *reply {
	token := r.bearer()
	if token == "" && !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		token = r.arg("token") // Slack takes it in forms and queries, never in JSON
	}
	switch {
	case token == "" && r.Header.Get("Authorization") == "":
		no := s.fail("not_authed")
		return &no
	case token == "" || strings.ContainsAny(token, " \t,"):
		no := s.fail("invalid_auth")
		return &no
	}
	return nil
}

// scope is the one that the method of r needs.
func (s *slack) scope(r *request) string {
	for _, m := range s.methods() {
		if strings.HasSuffix(r.URL.Path, "/"+m.name) {
			return m.scope
		}
	}
	return ""
}

// answer gives body as Slack does: with status 200, whatever it says, and the scopes of the token.
func (s *slack) answer(body map[string]any) reply {
	var scopes []string
	for _, m := range s.methods() {
		if m.scope != "" && !slices.Contains(scopes, m.scope) {
			scopes = append(scopes, m.scope)
		}
	}
	return reply{status: http.StatusOK, body: body}.with("X-Oauth-Scopes", strings.Join(scopes, ","))
}

func (s *slack) ok(fields map[string]any) reply {
	fields["ok"] = true
	return s.answer(fields)
}

func (s *slack) fail(code string) reply { return s.answer(map[string]any{"ok": false, "error": code}) }

func (s *slack) authTest(r *request) reply {
	return s.ok(map[string]any{
		"url": r.base + "/slack/", "team": "Stand-in", "user": "tocsin", "team_id": slackTeam, "user_id": slackBot, "bot_id": botID, "is_enterprise_install": false,
	})
}

type slackUser struct {
	id, name, real, email string
	bot                   bool
}

func (u *slackUser) tell() map[string]any {
	return map[string]any{
		"id": u.id, "team_id": slackTeam, "name": u.name, "real_name": u.real, "deleted": false, "is_bot": u.bot, "is_app_user": false,
		"tz": "Etc/UTC", "updated": 1451606400,
		"profile": map[string]any{
			"real_name": u.real, "real_name_normalized": u.real, "display_name": u.name, "display_name_normalized": u.name, "email": u.email, "team": slackTeam,
			"avatar_hash": opaque("avatar", u.id)[:12], "fields": map[string]any{}, "phone": "", "skype": "", "status_emoji": "", "status_text": "", "title": "",
		},
	}
}

func (s *slack) user(id string) *slackUser {
	i := slices.IndexFunc(s.users, func(u *slackUser) bool { return u.id == id })
	if i < 0 {
		return nil
	}
	return s.users[i]
}

// lookupByEmail knows everyone whose address lies in a domain that is reserved for examples; the id goes by the address.
func (s *slack) lookupByEmail(r *request) reply {
	email := strings.ToLower(r.arg("email"))
	name, domain, ok := strings.Cut(email, "@")
	labels := strings.Split(domain, ".")
	if !ok || name == "" || !slices.ContainsFunc(labels, func(l string) bool { return l == "example" || l == "test" }) {
		return s.fail("users_not_found")
	}
	id := slackID("U", email)
	u := s.user(id)
	if u == nil {
		words := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == '_' || r == '-' || r == '+' })
		for i, w := range words {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
		u = &slackUser{id: id, name: name, real: strings.Join(words, " "), email: email}
		s.users = append(s.users, u)
	}
	return s.ok(map[string]any{"user": u.tell()})
}

func (s *slack) userInfo(r *request) reply {
	u := s.user(r.arg("user"))
	if u == nil {
		return s.fail("user_not_found")
	}
	return s.ok(map[string]any{"user": u.tell()})
}

func (s *slack) listUsers(r *request) reply {
	page, next, ok := slackPage(r, s.users, 200)
	if !ok {
		return s.fail("invalid_cursor")
	}
	members := []any{}
	for _, u := range page {
		members = append(members, u.tell())
	}
	return s.ok(map[string]any{"members": members, "cache_ts": r.now.Unix(), "response_metadata": map[string]any{"next_cursor": next}})
}

const slackGroup = "S0PRODENG0"

// listGroups tells of the one group there is.
func (s *slack) listGroups(*request) reply {
	return s.ok(map[string]any{"usergroups": []any{map[string]any{
		"id": slackGroup, "team_id": slackTeam, "is_usergroup": true, "name": "Production engineers", "handle": "production-engineers",
		"description": "Who runs production", "is_external": false, "date_create": 1451606400, "date_update": 1451606400, "date_delete": 0,
		"created_by": slackBot, "updated_by": slackBot, "user_count": 1,
	}}})
}

func (s *slack) listGroupUsers(r *request) reply {
	if r.arg("usergroup") != slackGroup {
		return s.fail("no_such_subteam")
	}
	return s.ok(map[string]any{"users": []string{slackBot}})
}

// slackPage gives the part of all that cursor and limit ask for, and the cursor of what follows.
func slackPage[T any](r *request, all []T, most int) (page []T, next string, ok bool) {
	start := 0
	if cursor := r.arg("cursor"); cursor != "" {
		b, err := base64.StdEncoding.DecodeString(cursor)
		if err != nil {
			return nil, "", false
		}
		if start, err = strconv.Atoi(strings.TrimPrefix(string(b), "next:")); err != nil || start < 0 || start > len(all) {
			return nil, "", false
		}
	}
	limit, err := strconv.Atoi(r.arg("limit"))
	if err != nil || limit <= 0 || limit > most {
		limit = most
	}
	end := min(start+limit, len(all))
	if end < len(all) {
		next = base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "next:%d", end))
	}
	return all[start:end], next, true
}

// slackID makes an id as Slack's look, the same for the same name.
func slackID(kind, name string) string {
	sum := sha256.Sum256([]byte(kind + name))
	return kind + "0" + base32.StdEncoding.EncodeToString(sum[:])[:9]
}
