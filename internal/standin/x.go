package standin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// x is one account that posts.
type x struct {
	tweets []*tweet
	last   int64 // the newest id: ids grow
	used   map[string]int
	window int64 // the quarter of an hour that used counts
}

const (
	xUser  = "status"
	xID    = "2244994945"
	xLimit = 100 // calls a quarter of an hour and route, told in headers and not enforced
)

func newX() *x { return &x{used: map[string]int{}} }

func (s *x) provider() *provider {
	p := &provider{
		name: "x", prefixes: []string{"/x/2"},
		admit:   s.admit,
		unknown: func(*request) reply { return xProblem(http.StatusNotFound, "about:blank", "Not Found", "Not Found") },
		expired: func(*request) reply {
			return xProblem(http.StatusUnauthorized, "about:blank", "Unauthorized", "Unauthorized")
		},
		unscoped: func(*request) reply {
			return xProblem(http.StatusForbidden, "https://api.twitter.com/2/problems/oauth1-permissions", "Forbidden", "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.")
		},
		refused: func(r *request, status int) reply {
			words := http.StatusText(status)
			answer := xProblem(status, "about:blank", words, words)
			if status == http.StatusTooManyRequests {
				reset := strconv.FormatInt(r.now.Add(15*time.Minute).Unix(), 10)
				answer = answer.with("X-Rate-Limit-Limit", strconv.Itoa(xLimit)).with("X-Rate-Limit-Remaining", "0").with("X-Rate-Limit-Reset", reset)
			}
			return answer
		},
		objects: s.objects,
		panel:   s.panel,
	}
	for _, line := range []route{
		{"POST /x/2/tweets", s.post},
		{"GET /x/2/tweets/{tweet}", s.get},
		{"DELETE /x/2/tweets/{tweet}", s.delete},
		{"GET /x/2/users/me", s.me},
		{"GET /x/2/users/{user}/tweets", s.timeline},
	} {
		p.routes = append(p.routes, route{line.pattern, func(r *request) reply { return s.limited(r, line) }})
	}
	return p
}

// limited answers with the headers that tell of the rate limit.
func (s *x) limited(r *request, line route) reply {
	const quarter = 15 * 60
	if window := r.now.Unix() / quarter; window != s.window {
		s.window = window
		clear(s.used)
	}
	s.used[line.pattern]++
	return line.do(r).with("X-Rate-Limit-Limit", strconv.Itoa(xLimit)).
		with("X-Rate-Limit-Remaining", strconv.Itoa(max(xLimit-s.used[line.pattern], 1))).
		with("X-Rate-Limit-Reset", strconv.FormatInt((s.window+1)*quarter, 10))
}

// problem is what X says when it says no.
type problem struct {
	Title  string `json:"title"`
	Type   string `json:"type"`
	Detail string `json:"detail"`
	Status int    `json:"status,omitempty"`
	Errors []any  `json:"errors,omitempty"`
}

func xProblem(status int, kind, title, detail string) reply {
	return reply{status: status, body: problem{Title: title, Type: kind, Detail: detail, Status: status}}.with("Content-Type", "application/problem+json")
}

// xInvalid is X's word on a request that is not as it should be.
func xInvalid(parameter, value, message string) reply {
	return reply{status: http.StatusBadRequest, body: problem{
		Title: "Invalid Request", Type: "https://api.twitter.com/2/problems/invalid-request", Detail: "One or more parameters to your request was invalid.",
		Errors: []any{map[string]any{"parameters": map[string]any{parameter: []string{value}}, "message": message}},
	}}.with("Content-Type", "application/problem+json")
}

var oauthFields = []string{"oauth_consumer_key", "oauth_nonce", "oauth_signature", "oauth_signature_method", "oauth_timestamp", "oauth_token"}

// admit takes a bearer token, or a whole OAuth 1.0a header. The signature is not checked.
func (s *x) admit(r *request) *reply {
	if r.bearer() != "" {
		return nil
	}
	fields := map[string]string{}
	if rest, ok := strings.CutPrefix(r.Header.Get("Authorization"), "OAuth "); ok {
		for part := range strings.SplitSeq(rest, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			fields[name] = strings.Trim(value, `"`)
		}
	}
	for _, name := range oauthFields {
		if fields[name] == "" {
			no := xProblem(http.StatusUnauthorized, "about:blank", "Unauthorized", "Unauthorized")
			return &no
		}
	}
	return nil
}

// tweetBody is the body of POST /2/tweets; fields that it does not have are refused.
type tweetBody struct {
	Text  string `json:"text"`
	Reply *struct {
		To        string   `json:"in_reply_to_tweet_id"`
		Exclude   []string `json:"exclude_reply_user_ids"`
		Automatic bool     `json:"auto_populate_reply_metadata"`
	} `json:"reply"`
	ReplySettings string `json:"reply_settings"`

	Card            json.RawMessage `json:"card_uri"`
	Community       json.RawMessage `json:"community_id"`
	Direct          json.RawMessage `json:"direct_message_deep_link"`
	Edit            json.RawMessage `json:"edit_options"`
	SuperFollowers  json.RawMessage `json:"for_super_followers_only"`
	Geo             json.RawMessage `json:"geo"`
	MadeWithAI      json.RawMessage `json:"made_with_ai"`
	Media           json.RawMessage `json:"media"`
	Nullcast        json.RawMessage `json:"nullcast"`
	PaidPartnership json.RawMessage `json:"paid_partnership"`
	Poll            json.RawMessage `json:"poll"`
	Quote           json.RawMessage `json:"quote_tweet_id"`
	ShareFollowers  json.RawMessage `json:"share_with_followers"`
}

var tweetID = regexp.MustCompile(`^[0-9]{1,19}$`)

func (s *x) post(r *request) reply {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return xInvalid("Content-Type", r.Header.Get("Content-Type"), "The Content-Type must be application/json")
	}
	var in tweetBody
	d := json.NewDecoder(bytes.NewReader(r.body))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return xInvalid("body", "", strings.TrimPrefix(err.Error(), "json: "))
	}
	forbid := func(detail string) reply { return xProblem(http.StatusForbidden, "about:blank", "Forbidden", detail) }
	weight, valid := weigh(in.Text)
	t := &tweet{birth: r.birth(), text: in.Text, links: xLinks(in.Text), permitted: "everyone"}
	switch {
	case strings.TrimSpace(in.Text) == "" && in.Media == nil && in.Poll == nil:
		return xInvalid("text", in.Text, "text: must not be empty")
	case !valid && weight <= xMost:
		return xInvalid("text", in.Text, "text: holds characters that are not allowed")
	case weight > xMost:
		return forbid("Your Tweet text is too long. For more information, please see https://docs.x.com/fundamentals/counting-characters.")
	case in.ReplySettings != "" && !oneOf(in.ReplySettings, "following", "mentionedUsers", "subscribers", "verified"):
		return xInvalid("reply_settings", in.ReplySettings, "reply_settings: is not one of following, mentionedUsers, subscribers, verified")
	case in.Reply != nil && !tweetID.MatchString(in.Reply.To):
		return xInvalid("reply.in_reply_to_tweet_id", in.Reply.To, "$.reply.in_reply_to_tweet_id: does not match the regex pattern ^[0-9]{1,19}$")
	case in.Reply != nil && s.tweet(in.Reply.To) == nil:
		return forbid("You attempted to reply to a Tweet that is deleted or not visible to you.")
	case slices.ContainsFunc(s.tweets, func(had *tweet) bool {
		return !had.removed && strings.TrimSpace(had.text) == strings.TrimSpace(in.Text) && r.now.Sub(had.born) < 24*time.Hour
	}):
		return forbid("You are not allowed to create a Tweet with duplicate content.")
	}
	if in.ReplySettings != "" {
		t.permitted = in.ReplySettings
	}
	const epoch = 1288834974657 // of the ids, in milliseconds
	s.last = max(s.last+1, (r.now.UnixMilli()-epoch)<<22)
	t.id = strconv.FormatInt(s.last, 10)
	t.thread = t.id
	if in.Reply != nil {
		t.reply, t.thread = in.Reply.To, s.tweet(in.Reply.To).thread
	}
	s.tweets = append(s.tweets, t)
	return reply{status: http.StatusCreated, body: map[string]any{"data": t.tell(r.base, nil)}}
}

func (s *x) tweet(id string) *tweet {
	for _, t := range s.tweets {
		if t.id == id && !t.removed {
			return t
		}
	}
	return nil
}

// get answers 200 for a tweet that is not there, as X does.
func (s *x) get(r *request) reply {
	id := r.PathValue("tweet")
	t := s.tweet(id)
	switch {
	case !tweetID.MatchString(id):
		return xInvalid("id", id, "The `id` query parameter value ["+id+"] is not valid")
	case t == nil:
		return xNotFound("tweet", "id", id)
	}
	return reply{status: http.StatusOK, body: map[string]any{"data": t.tell(r.base, strings.Split(r.arg("tweet.fields"), ","))}}
}

func xNotFound(what, parameter, id string) reply {
	return reply{status: http.StatusOK, body: map[string]any{"errors": []any{map[string]any{
		"value": id, "detail": fmt.Sprintf("Could not find %s with %s: [%s].", what, parameter, id), "title": "Not Found Error", "resource_type": what,
		"parameter": parameter, "resource_id": id, "type": "https://api.twitter.com/2/problems/resource-not-found",
	}}}}
}

func (s *x) delete(r *request) reply {
	t := s.tweet(r.PathValue("tweet"))
	if t != nil {
		t.removed = true
	}
	return reply{status: http.StatusOK, body: map[string]any{"data": map[string]any{"deleted": t != nil}}}
}

func (s *x) me(*request) reply {
	return reply{status: http.StatusOK, body: map[string]any{"data": map[string]any{"id": xID, "name": "Status", "username": xUser}}}
}

// timeline gives the account's tweets, newest first.
func (s *x) timeline(r *request) reply {
	if id := r.PathValue("user"); id != xID {
		return xNotFound("user", "id", id)
	}
	size := r.number("max_results", 10)
	if size < 5 || size > 100 {
		return xInvalid("max_results", r.arg("max_results"), "The `max_results` query parameter value ["+r.arg("max_results")+"] is not between 5 and 100")
	}
	var from, to time.Time
	for name, at := range map[string]*time.Time{"start_time": &from, "end_time": &to} {
		if value := r.arg(name); value != "" {
			var err error
			if *at, err = time.Parse(time.RFC3339, value); err != nil {
				return xInvalid(name, value, "Invalid `"+name+"`: want an RFC 3339 date-time")
			}
		}
	}
	since, until := int64(r.number("since_id", 0)), int64(r.number("until_id", 0))
	exclude := strings.Split(r.arg("exclude"), ",")
	var all []*tweet
	for _, t := range slices.Backward(s.tweets) {
		id, _ := strconv.ParseInt(t.id, 10, 64)
		switch {
		case t.removed, !r.lists(t.birth), t.born.Before(from.Truncate(time.Second)), !to.IsZero() && !t.born.Before(to):
		case id <= since, until > 0 && id >= until, t.reply != "" && slices.Contains(exclude, "replies"):
		default:
			all = append(all, t)
		}
	}
	start := 0
	if token := r.arg("pagination_token"); token != "" {
		var err error
		if start, err = strconv.Atoi(strings.TrimPrefix(token, "page")); err != nil || start < 0 || start > len(all) {
			return xInvalid("pagination_token", token, "Invalid `pagination_token`")
		}
	}
	end := min(start+size, len(all))
	meta := map[string]any{"result_count": end - start}
	answer := map[string]any{"meta": meta}
	var data []any
	for _, t := range all[start:end] {
		data = append(data, t.tell(r.base, strings.Split(r.arg("tweet.fields"), ",")))
	}
	if data != nil {
		answer["data"], meta["newest_id"], meta["oldest_id"] = data, all[start].id, all[end-1].id
	}
	if end < len(all) {
		meta["next_token"] = fmt.Sprintf("page%d", end)
	}
	if start > 0 {
		meta["previous_token"] = fmt.Sprintf("page%d", max(start-size, 0))
	}
	return reply{status: http.StatusOK, body: answer}
}

func (s *x) objects(base string) []collection {
	var there []*tweet
	for _, t := range s.tweets {
		if !t.removed {
			there = append(there, t)
		}
	}
	return []collection{collect("x.tweet", there, func(t *tweet) any {
		told := t.tell(base, []string{"author_id", "created_at", "conversation_id", "referenced_tweets", "entities", "reply_settings"})
		told["text"], told["url"] = t.text, t.url(base) // as it was sent
		return told
	})}
}

func (s *x) panel(base string) panel {
	p := panel{Name: "X", Nothing: "No post yet."}
	for _, t := range slices.Backward(s.tweets) {
		if !t.removed {
			p.Items = append(p.Items, item{At: t.born, Title: "@" + xUser, Text: t.text, URL: t.url(base)})
		}
	}
	return p
}
