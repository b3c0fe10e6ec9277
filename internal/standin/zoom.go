package standin

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// zoom is one account whose users are whoever is asked for.
type zoom struct {
	tube     *youtube // shows the pictures that meetings send
	users    []*zoomUser
	meetings []*zoomMeeting
	tokens   int
}

// zoomRoute is a line of Zoom's table: what it does, the scope it needs and the class of its rate limit.
type zoomRoute struct {
	pattern, scope, limit string
	do                    operation
}

func (z *zoom) table() []zoomRoute {
	return []zoomRoute{
		{"GET /zoom/v2/users/{user}", "user:read:user:admin", "Light", z.getUser},
		{"PATCH /zoom/v2/users/{user}", "user:update:user:admin", "Light", z.updateUser},
		{"POST /zoom/v2/users/{user}/meetings", "meeting:write:meeting:admin", "Medium", z.createMeeting},
		{"GET /zoom/v2/users/{user}/meetings", "meeting:read:list_meetings:admin", "Medium", z.listMeetings},
		{"GET /zoom/v2/meetings/{meeting}", "meeting:read:meeting:admin", "Light", z.getMeeting},
		{"PATCH /zoom/v2/meetings/{meeting}", "meeting:update:meeting:admin", "Light", z.updateMeeting},
		{"DELETE /zoom/v2/meetings/{meeting}", "meeting:delete:meeting:admin", "Light", z.deleteMeeting},
		{"PUT /zoom/v2/meetings/{meeting}/status", "meeting:update:status:admin", "Light", z.changeStatus},
		{"GET /zoom/v2/meetings/{meeting}/livestream", "meeting:read:livestream:admin", "Light", z.getLivestream},
		{"PATCH /zoom/v2/meetings/{meeting}/livestream", "meeting:update:livestream:admin", "Light", z.updateLivestream},
		{"PATCH /zoom/v2/meetings/{meeting}/livestream/status", "meeting:update:livestream_status:admin", "Light", z.livestreamStatus},
	}
}

func newZoom(tube *youtube) *zoom { return &zoom{tube: tube} }

const zoomToken = "/zoom/oauth/token"

func (z *zoom) provider() *provider {
	p := &provider{
		name: "zoom", prefixes: []string{"/zoom/oauth", "/zoom/v2"},
		admit: z.admit,
		unknown: func(*request) reply {
			return zoomError(http.StatusNotFound, 2300, "This API endpoint is not recognized.")
		},
		expired: func(r *request) reply {
			if r.URL.Path == zoomToken {
				return zoomNoToken(http.StatusUnauthorized, "invalid_client", "Invalid client_id or client_secret")
			}
			return zoomError(http.StatusUnauthorized, 124, "Access token is expired.")
		},
		unscoped: func(r *request) reply {
			if r.URL.Path == zoomToken {
				return zoomNoToken(http.StatusBadRequest, "invalid_scope", "Invalid scope")
			}
			return zoomError(http.StatusBadRequest, 4711, "Invalid access token, does not contain scopes:["+z.scope(r)+"].")
		},
		refused: func(r *request, status int) reply {
			words := http.StatusText(status)
			if r.URL.Path == zoomToken {
				return zoomNoToken(status, "invalid_request", words)
			}
			if status == http.StatusTooManyRequests {
				words = "You have reached the maximum per-second rate limit for this API. Try again later."
			}
			return zoomError(status, status, words)
		},
		objects: z.objects,
		panel:   z.panel,
	}
	p.routes = []route{{"POST " + zoomToken, z.token}}
	for _, line := range z.table() {
		p.routes = append(p.routes, route{line.pattern, func(r *request) reply {
			return line.do(r).with("X-RateLimit-Category", line.limit).with("X-RateLimit-Type", "Per-second-limit").
				with("X-RateLimit-Limit", map[string]string{"Light": "80", "Medium": "60"}[line.limit]).
				with("X-RateLimit-Remaining", map[string]string{"Light": "79", "Medium": "59"}[line.limit])
		}})
	}
	return p
}

func zoomError(status, code int, message string) reply {
	return reply{status: status, body: map[string]any{"code": code, "message": message}}
}

// zoomInvalid is Zoom's word on fields that don't hold what they should: pairs of a field and what is wrong with it.
func zoomInvalid(pairs ...string) reply {
	var errors []any
	for i := 0; i+1 < len(pairs); i += 2 {
		errors = append(errors, map[string]any{"field": pairs[i], "message": pairs[i+1]})
	}
	return reply{status: http.StatusBadRequest, body: map[string]any{"code": 300, "message": "Validation Failed.", "errors": errors}}
}

func zoomNoToken(status int, code, reason string) reply {
	return reply{status: status, body: map[string]any{"reason": reason, "error": code}}
}

func (z *zoom) admit(r *request) *reply {
	if r.URL.Path == zoomToken || r.bearer() != "" {
		return nil
	}
	no := zoomError(http.StatusUnauthorized, 124, "Invalid access token.")
	return &no
}

// scope is the one that r needs.
func (z *zoom) scope(r *request) string {
	for _, line := range z.table() {
		if line.pattern == r.Pattern {
			return line.scope
		}
	}
	return "meeting:read:meeting:admin"
}

// token gives a server-to-server token; older ones stay good.
func (z *zoom) token(r *request) reply {
	id, secret, ok := r.BasicAuth()
	switch {
	case !ok || id == "" || secret == "":
		return zoomNoToken(http.StatusUnauthorized, "invalid_client", "Invalid client_id or client_secret")
	case r.arg("grant_type") != "account_credentials":
		return zoomNoToken(http.StatusBadRequest, "unsupported_grant_type", "unsupported grant type")
	case r.arg("account_id") == "":
		return zoomNoToken(http.StatusBadRequest, "invalid_request", "Bad Request")
	}
	z.tokens++
	var scopes []string
	for _, line := range z.table() {
		scopes = append(scopes, line.scope)
	}
	return reply{status: http.StatusOK, body: map[string]any{
		"access_token": opaque("zoom token", z.tokens), "token_type": "bearer", "expires_in": 3600, "scope": strings.Join(scopes, " "), "api_url": r.base + "/zoom",
	}}
}

type zoomUser struct {
	id, email string
	licence   int // 1 Basic, 2 Licensed
}

func (u *zoomUser) tell() map[string]any {
	name, _, _ := strings.Cut(u.email, "@")
	return map[string]any{
		"id": u.id, "email": u.email, "type": u.licence, "first_name": name, "last_name": "", "display_name": name, "role_name": "Member",
		"status": "active", "timezone": "UTC", "verified": 1, "account_id": "standin", "created_at": "2016-01-01T00:00:00Z",
	}
}

// user is whoever has that id or address. One whose id or address holds "licensed" or "paid" has a licence from the start.
func (z *zoom) user(id string) *zoomUser {
	for _, u := range z.users {
		if u.id == id || strings.EqualFold(u.email, id) {
			return u
		}
	}
	u := &zoomUser{id: id, email: id, licence: 1}
	if strings.Contains(id, "@") {
		u.id = opaque("zoom user", strings.ToLower(id))[:22]
	} else {
		u.email = id + "@standin.example"
	}
	if low := strings.ToLower(id); strings.Contains(low, "licensed") && !strings.Contains(low, "unlicensed") || strings.Contains(low, "paid") && !strings.Contains(low, "unpaid") {
		u.licence = 2
	}
	z.users = append(z.users, u)
	return u
}

func (z *zoom) getUser(r *request) reply {
	return reply{status: http.StatusOK, body: z.user(r.PathValue("user")).tell()}
}

func (z *zoom) updateUser(r *request) reply {
	if no := zoomObject(r); no != nil {
		return *no
	}
	u := z.user(r.PathValue("user"))
	if r.has("type") {
		licence, err := strconv.Atoi(r.arg("type"))
		if err != nil || licence != 1 && licence != 2 {
			return zoomInvalid("type", "Invalid field.")
		}
		u.licence = licence
	}
	return reply{status: http.StatusNoContent}
}

// zoomObject refuses a body that is no JSON object.
func zoomObject(r *request) *reply {
	var fields map[string]any
	if json.Unmarshal(r.body, &fields) == nil && fields != nil {
		return nil
	}
	no := zoomError(http.StatusBadRequest, 300, "Request Body should be a valid JSON object.")
	return &no
}

func (z *zoom) objects(string) []collection {
	return []collection{
		collect("zoom.user", z.users, func(u *zoomUser) any { return u.tell() }),
		collect("zoom.meeting", z.meetings, func(m *zoomMeeting) any {
			t := m.tell()
			t["livestream"] = map[string]any{
				"stream_url": m.streamURL, "stream_key": m.streamKey, "page_url": m.pageURL, "resolution": m.resolution, "status": m.streamStatus(), "settings": m.streamSettings,
			}
			t["deleted"] = m.deleted
			if !m.ended.IsZero() {
				t["end_time"] = zoomTime(m.ended)
			}
			return t
		}),
	}
}
