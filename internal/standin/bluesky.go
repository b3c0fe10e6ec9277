package standin

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rivo/uniseg"
)

// bluesky is one account's repository on a server of the AT Protocol.
type bluesky struct {
	posts  []*skeet
	tokens int             // sessions given so far
	spent  map[string]bool // refresh tokens: each renews once
	used   int             // calls, told in headers and not enforced
}

// skeet is a post.
type skeet struct {
	birth
	rkey, cid string
	record    map[string]any
	parsed    skeetRecord
}

type skeetRecord struct {
	Type    string `json:"$type"`
	Text    string `json:"text"`
	Created string `json:"createdAt"`
	Facets  []struct {
		Index struct {
			Start int `json:"byteStart"`
			End   int `json:"byteEnd"`
		} `json:"index"`
		Features []map[string]any `json:"features"`
	} `json:"facets"`
	Reply *struct{ Root, Parent struct{ URI, CID string } } `json:"reply"`
}

const (
	blueskyDID    = "did:plc:z72i7hdynmk6r22z27h6tvur"
	blueskyHandle = "status.example.com"
	blueskyPosts  = "app.bsky.feed.post"
	blueskyCalls  = 3000
)

func newBluesky() *bluesky { return &bluesky{spent: map[string]bool{}} }

func (s *bluesky) provider() *provider {
	p := &provider{
		name: "bluesky", prefixes: []string{"/bluesky/xrpc"},
		admit: s.admit,
		unknown: func(*request) reply {
			return xrpcNo(http.StatusNotImplemented, "MethodNotImplemented", "Method Not Implemented")
		},
		expired:  func(*request) reply { return xrpcNo(http.StatusBadRequest, "ExpiredToken", "Token has expired") },
		unscoped: func(*request) reply { return xrpcNo(http.StatusBadRequest, "InvalidToken", "Bad token scope") },
		refused: func(r *request, status int) reply {
			if status == http.StatusTooManyRequests {
				return xrpcNo(status, "RateLimitExceeded", "Rate Limit Exceeded").with("RateLimit-Limit", strconv.Itoa(blueskyCalls)).
					with("RateLimit-Remaining", "0").with("RateLimit-Reset", strconv.FormatInt(r.now.Add(5*time.Minute).Unix(), 10)).
					with("RateLimit-Policy", strconv.Itoa(blueskyCalls)+";w=300")
			}
			return xrpcNo(status, strings.ReplaceAll(http.StatusText(status), " ", ""), http.StatusText(status))
		},
		objects: s.objects,
		panel:   s.panel,
	}
	for _, line := range []route{
		{"POST /bluesky/xrpc/com.atproto.server.createSession", s.create},
		{"POST /bluesky/xrpc/com.atproto.server.refreshSession", s.refresh},
		{"GET /bluesky/xrpc/com.atproto.server.getSession", s.session},
		{"POST /bluesky/xrpc/com.atproto.repo.putRecord", s.put},
		{"GET /bluesky/xrpc/com.atproto.repo.getRecord", s.get},
		{"POST /bluesky/xrpc/com.atproto.repo.deleteRecord", s.delete},
	} {
		p.routes = append(p.routes, route{line.pattern, func(r *request) reply {
			s.used++
			return line.do(r).with("RateLimit-Limit", strconv.Itoa(blueskyCalls)).with("RateLimit-Remaining", strconv.Itoa(max(blueskyCalls-s.used, 1))).
				with("RateLimit-Reset", strconv.FormatInt(r.now.Truncate(5*time.Minute).Add(5*time.Minute).Unix(), 10))
		}})
	}
	return p
}

func xrpcNo(status int, name, message string) reply {
	return reply{status: status, body: map[string]any{"error": name, "message": message}}
}

func xrpcInvalid(format string, args ...any) reply {
	return xrpcNo(http.StatusBadRequest, "InvalidRequest", fmt.Sprintf(format, args...))
}

const refreshToken = "refresh." // what refresh tokens begin with

// admit takes a bearer token, and for renewing a session a refresh token. Signing in and reading need none.
func (s *bluesky) admit(r *request) *reply {
	var no reply
	renews := strings.HasSuffix(r.URL.Path, ".refreshSession")
	switch token := r.bearer(); {
	case strings.HasSuffix(r.URL.Path, ".createSession"), strings.HasSuffix(r.URL.Path, ".getRecord"):
		return nil
	case token == "":
		no = xrpcNo(http.StatusUnauthorized, "AuthMissing", "Authentication Required")
	case strings.HasPrefix(token, refreshToken) != renews:
		no = xrpcNo(http.StatusBadRequest, "InvalidToken", "Bad token scope")
	case s.spent[token]:
		no = xrpcNo(http.StatusBadRequest, "ExpiredToken", "Token has been revoked")
	default:
		return nil
	}
	return &no
}

func (s *bluesky) create(r *request) reply {
	for _, name := range []string{"identifier", "password"} {
		if !r.has(name) {
			return xrpcInvalid("Input must have the property %q", name)
		}
	}
	if r.arg("identifier") == "" || r.arg("password") == "" {
		return xrpcNo(http.StatusUnauthorized, "AuthenticationRequired", "Invalid identifier or password")
	}
	return s.given()
}

func (s *bluesky) refresh(r *request) reply {
	s.spent[r.bearer()] = true
	return s.given()
}

// given gives a new session.
func (s *bluesky) given() reply {
	s.tokens++
	return reply{status: http.StatusOK, body: map[string]any{
		"did": blueskyDID, "handle": blueskyHandle, "active": true,
		"accessJwt": "access." + opaque("access", s.tokens), "refreshJwt": refreshToken + opaque("refresh", s.tokens),
	}}
}

func (s *bluesky) session(*request) reply {
	return reply{status: http.StatusOK, body: map[string]any{"did": blueskyDID, "handle": blueskyHandle, "active": true}}
}

var (
	tid  = regexp.MustCompile(`^[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}$`)
	cid1 = regexp.MustCompile(`^b[a-z2-7]{58}$`)
)

// put makes or changes a post; swapRecord null wants that there is none.
func (s *bluesky) put(r *request) reply {
	for _, name := range []string{"repo", "collection", "rkey", "record"} {
		if !r.has(name) {
			return xrpcInvalid("Input must have the property %q", name)
		}
	}
	record, ok := r.args["record"].(map[string]any)
	rkey, had := r.arg("rkey"), s.post(r.arg("rkey"))
	made := &skeet{birth: r.birth(), rkey: rkey, record: record}
	body, err := json.Marshal(record)
	if err == nil {
		err = json.NewDecoder(bytes.NewReader(body)).Decode(&made.parsed)
	}
	switch {
	case r.arg("repo") != blueskyDID && r.arg("repo") != blueskyHandle:
		return xrpcNo(http.StatusUnauthorized, "AuthenticationRequired", "Authentication Required")
	case !ok || err != nil:
		return xrpcInvalid("Input/record must be an object")
	case r.arg("collection") != blueskyPosts || made.parsed.Type != blueskyPosts:
		return xrpcInvalid("Invalid $type: expected %s, got %s", r.arg("collection"), made.parsed.Type)
	case !tid.MatchString(rkey):
		return xrpcInvalid("Invalid record key for %s: not a TID", blueskyPosts)
	}
	if wrong := s.wrong(made.parsed); wrong != "" {
		return xrpcInvalid("Invalid %s record: %s", blueskyPosts, wrong)
	}
	sum := sha256.Sum256(body)
	made.cid = "b" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(append([]byte{0x01, 0x71, 0x12, 0x20}, sum[:]...)))
	switch swap, swaps := r.args["swapRecord"]; {
	case had != nil && had.cid == made.cid: // the same again changes nothing
	case swaps && (swap == nil) != (had == nil), swaps && had != nil && swap != had.cid:
		return xrpcNo(http.StatusBadRequest, "InvalidSwap", "Record was at another CID")
	case had != nil:
		*had = *made
	default:
		s.posts = append(s.posts, made)
	}
	return reply{status: http.StatusOK, body: map[string]any{"uri": made.uri(), "cid": made.cid, "validationStatus": "valid"}}
}

// wrong says what the lexicon forbids about a record, empty for nothing.
func (s *bluesky) wrong(p skeetRecord) string {
	if _, err := time.Parse(time.RFC3339, p.Created); err != nil {
		return "Record/createdAt must be an valid atproto datetime (both RFC-3339 and ISO-8601)"
	}
	switch {
	case len(p.Text) > 3000:
		return "Record/text must not be longer than 3000 characters"
	case uniseg.GraphemeClusterCount(p.Text) > 300:
		return "Record/text must not be longer than 300 graphemes"
	}
	for n, f := range p.Facets {
		if f.Index.Start < 0 || f.Index.End <= f.Index.Start || f.Index.End > len(p.Text) || len(f.Features) == 0 {
			return fmt.Sprintf("Record/facets/%d is not a part of the text", n)
		}
		for _, feature := range f.Features {
			if uri, _ := feature["uri"].(string); feature["$type"] == "app.bsky.richtext.facet#link" && !strings.Contains(uri, "://") {
				return fmt.Sprintf("Record/facets/%d/features/0/uri must be a uri", n)
			}
		}
	}
	if p.Reply != nil {
		for _, to := range []struct{ URI, CID string }{p.Reply.Root, p.Reply.Parent} {
			if !strings.HasPrefix(to.URI, "at://did:") || !cid1.MatchString(to.CID) {
				return "Record/reply must have strong references"
			}
		}
	}
	return ""
}

func (s *bluesky) post(rkey string) *skeet {
	for _, p := range s.posts {
		if p.rkey == rkey {
			return p
		}
	}
	return nil
}

func (s *bluesky) get(r *request) reply {
	p := s.post(r.arg("rkey"))
	if p == nil || r.arg("collection") != blueskyPosts || r.arg("repo") != blueskyDID && r.arg("repo") != blueskyHandle {
		return xrpcNo(http.StatusBadRequest, "RecordNotFound", fmt.Sprintf("Could not locate record: at://%s/%s/%s", r.arg("repo"), r.arg("collection"), r.arg("rkey")))
	}
	return reply{status: http.StatusOK, body: p.tell()}
}

func (s *bluesky) delete(r *request) reply {
	s.posts = slices.DeleteFunc(s.posts, func(p *skeet) bool { return p.rkey == r.arg("rkey") })
	return reply{status: http.StatusOK, body: map[string]any{}}
}

func (p *skeet) uri() string { return "at://" + blueskyDID + "/" + blueskyPosts + "/" + p.rkey }

func (p *skeet) tell() map[string]any {
	return map[string]any{"uri": p.uri(), "cid": p.cid, "value": p.record}
}

func (p *skeet) url(base string) string {
	return base + "/bluesky/profile/" + blueskyDID + "/post/" + p.rkey
}

func (s *bluesky) objects(base string) []collection {
	return []collection{collect("bluesky.post", s.posts, func(p *skeet) any {
		told := p.tell()
		told["text"], told["url"] = p.parsed.Text, p.url(base)
		return told
	})}
}

func (s *bluesky) panel(base string) panel {
	out := panel{Name: "Bluesky", Nothing: "No post yet."}
	for _, p := range slices.Backward(s.posts) {
		out.Items = append(out.Items, item{At: p.born, Title: "@" + blueskyHandle, Text: p.parsed.Text, URL: p.url(base)})
	}
	return out
}
