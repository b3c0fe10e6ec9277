package standin

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// mattermost is a server with one bot on it; its teams are whatever is asked for.
type mattermost struct {
	teams    []*mmTeam
	channels []*mmChannel
	posts    []*mmPost
	users    []*mmUser
}

type mmTeam struct{ id, name string }

type mmUser struct{ id, name, email string }

type mmChannel struct {
	birth
	id, name, display, purpose, header, kind string
	team                                     *mmTeam
	members                                  []string
}

type mmPost struct {
	birth
	id, text string
	channel  *mmChannel
	props    any
	pinned   bool
}

const mmBotName = "tocsin"

func mmID(words ...any) string {
	return strings.ToLower(opaque(append([]any{"mattermost"}, words...)...)[:26])
}

var mmBot = mmID("user", mmBotName)

func (m *mattermost) provider() *provider {
	const api = "/mattermost/api/v4"
	return &provider{
		name: "mattermost", prefixes: []string{"/mattermost/api"},
		routes: []route{
			{"GET " + api + "/users/me", m.me},
			{"GET " + api + "/users/email/{email}", m.userByEmail},
			{"GET " + api + "/users/username/{name}", m.userByName},
			{"GET " + api + "/users/me/teams/{team}/channels", m.ownChannels},
			{"GET " + api + "/teams/name/{name}", m.teamByName},
			{"GET " + api + "/teams/{team}/channels/name/{name}", m.channelByName},
			{"POST " + api + "/channels", m.createChannel},
			{"GET " + api + "/channels/{channel}/posts", m.listPosts},
			{"GET " + api + "/channels/{channel}/members/me", m.ownMembership},
			{"POST " + api + "/channels/{channel}/members", m.addMember},
			{"POST " + api + "/posts", m.createPost},
			{"POST " + api + "/posts/{post}/pin", m.pinPost},
		},
		admit: func(r *request) *reply {
			if r.bearer() != "" {
				return nil
			}
			no := mmError(http.StatusUnauthorized, "api.context.session_expired.app_error", "Invalid or expired session, please login again.")
			return &no
		},
		unknown: func(*request) reply {
			return mmError(http.StatusNotFound, "api.context.404.app_error", "Sorry, we could not find the page.")
		},
		expired: func(*request) reply {
			return mmError(http.StatusUnauthorized, "api.context.session_expired.app_error", "Invalid or expired session, please login again.")
		},
		unscoped: func(*request) reply {
			return mmError(http.StatusForbidden, "api.context.permissions.app_error", "You do not have the appropriate permissions.")
		},
		refused: func(_ *request, status int) reply {
			if status == http.StatusTooManyRequests {
				no := reply{status: status, body: document{"text/plain; charset=utf-8", "limit exceeded\n"}}
				return no.with("X-RateLimit-Limit", "10").with("X-RateLimit-Remaining", "0").with("X-RateLimit-Reset", "1")
			}
			return mmError(status, "app.standin.app_error", http.StatusText(status))
		},
		objects: func(string) []collection {
			return []collection{
				collect("mattermost.channel", m.channels, func(c *mmChannel) any {
					t := c.tell()
					t["members"] = c.members
					return t
				}),
				collect("mattermost.post", m.posts, func(p *mmPost) any { return p.tell() }),
			}
		},
		panel: m.panel,
	}
}

func mmError(status int, id, message string) reply {
	return reply{status: status, body: map[string]any{
		"id": id, "message": message, "detailed_error": "", "request_id": mmID("request", id), "status_code": status,
	}}
}

// mmInvalid is Mattermost's word on a field of the body or the address that it can't use.
func mmInvalid(field string) reply {
	return mmError(http.StatusBadRequest, "api.context.invalid_body_param.app_error", "Invalid or missing "+field+" in request body.")
}

func mmOK(status int, body any) reply { return reply{status: status, body: body} }

func (u *mmUser) tell() map[string]any {
	return map[string]any{"id": u.id, "username": u.name, "email": u.email, "delete_at": 0, "roles": "system_user", "is_bot": u.id == mmBot}
}

func (m *mattermost) me(*request) reply {
	return mmOK(http.StatusOK, (&mmUser{id: mmBot, name: mmBotName, email: "tocsin@localhost"}).tell())
}

// user gives the user of that name, making one; whoever is called nobody is not known.
func (m *mattermost) user(name, email string) reply {
	if name = strings.ToLower(name); name == "" || strings.HasPrefix(name, "nobody") {
		return mmError(http.StatusNotFound, "app.user.missing_account.const", "Unable to find the user.")
	}
	for _, u := range m.users {
		if u.name == name {
			return mmOK(http.StatusOK, u.tell())
		}
	}
	u := &mmUser{id: mmID("user", name), name: name, email: email}
	m.users = append(m.users, u)
	return mmOK(http.StatusOK, u.tell())
}

func (m *mattermost) userByEmail(r *request) reply {
	email := r.PathValue("email")
	name, _, ok := strings.Cut(email, "@")
	if !ok {
		return mmInvalid("email")
	}
	return m.user(name, email)
}

func (m *mattermost) userByName(r *request) reply {
	name := r.PathValue("name")
	return m.user(name, name+"@example.com")
}

// teamByName gives the team of that name, made when it is first named with the channels that the runbook names.
func (m *mattermost) teamByName(r *request) reply {
	name := r.PathValue("name")
	at := slices.IndexFunc(m.teams, func(t *mmTeam) bool { return t.name == name })
	if at < 0 {
		t := &mmTeam{id: mmID("team", name), name: name}
		m.teams, at = append(m.teams, t), len(m.teams)
		for _, c := range []string{"general", "marketing", "devrel", "production"} {
			m.channels = append(m.channels, &mmChannel{birth: r.birth(), id: mmID("channel", name, c), name: c, display: c, kind: "O", team: t, members: []string{mmBot}})
		}
	}
	t := m.teams[at]
	return mmOK(http.StatusOK, map[string]any{"id": t.id, "name": t.name, "display_name": t.name, "type": "O", "delete_at": 0})
}

func (m *mattermost) panel(base string) panel {
	p := panel{Name: "Mattermost", Nothing: "No message yet."}
	for _, post := range slices.Backward(m.posts) {
		p.Items = append(p.Items, item{At: post.born, Title: "~" + post.channel.name, Text: post.text, URL: fmt.Sprintf("%s/mattermost/%s/pl/%s", base, post.channel.team.name, post.id)})
	}
	return p
}

// mattermostPages shows a channel, or one message of it.
func mattermostPages(w *world, in *http.Request) *page {
	for _, c := range w.mattermost.channels {
		p := &page{Provider: "Mattermost", Title: "~" + c.name, Note: c.header}
		for _, post := range w.mattermost.posts {
			if post.channel == c && (in.PathValue("post") == "" || post.id == in.PathValue("post")) {
				p.Paper = append(p.Paper, lines(post.text)...)
			}
		}
		if c.team.name == in.PathValue("team") && (c.name == in.PathValue("name") || in.PathValue("post") != "" && p.Paper != nil) {
			return p
		}
	}
	return nil
}

// mmPage reads which page of a list is asked for.
func mmPage(r *request, fallback int) (from, size int) {
	size = min(max(r.number("per_page", fallback), 1), 200)
	return max(r.number("page", 0), 0) * size, size
}
