// Package bluesky is the public status account on Bluesky, or on another server of the AT Protocol.
//
// Its class is key: a post is a record whose key the client may choose, and ours is derived from the mark alone. It is put with the
// condition that no such record exists yet (swapRecord null), so that however often it is sent, and even from a restored backup, it is made
// once and never changed; if it is there already, it is read and taken for what this call made.
package bluesky

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"tocsin/internal/connect"
)

const (
	provider   = "bluesky"
	collection = "app.bsky.feed.post"
)

// Config is the account's handle and an app password of it, which is made under Settings, Privacy and security.
type Config struct {
	BaseURL  string `yaml:"base_url"` // the account's server; default https://bsky.social
	Handle   string `yaml:"handle"`   // such as status.example.com, without @
	Password string `yaml:"password"`
	PageURL  string `yaml:"page_url"` // what an account's pages are put behind to make a post's link; default https://bsky.app/profile
}

// Configured reports whether there are a handle and a password.
func (c Config) Configured() bool { return c.Handle != "" && c.Password != "" }

// Connector posts for one account. It is safe for concurrent use.
type Connector struct {
	base, page string
	client     *http.Client
	sessions   *sessions
}

var _ connect.Fitter = (*Connector)(nil)

// New makes the connector; it makes no call. A nil client gives one with its own time limits.
func New(c Config, client *http.Client) (*Connector, error) {
	base, err := connect.Endpoint("connectors.bluesky.base_url", c.BaseURL, "https://bsky.social")
	if err != nil {
		return nil, err
	}
	page, err := connect.Endpoint("connectors.bluesky.page_url", c.PageURL, "https://bsky.app/profile")
	if err != nil {
		return nil, err
	}
	handle := strings.TrimPrefix(strings.TrimSpace(c.Handle), "@")
	switch {
	case handle == "":
		return nil, errors.New("connectors.bluesky.handle is missing: the account's name, such as status.bsky.social")
	case c.Password == "":
		return nil, errors.New("connectors.bluesky.password is missing: make an app password under Settings, Privacy and security of the account")
	}
	b := &Connector{base: base, page: page, client: connect.Client(client)}
	b.sessions = newSessions(b, handle, c.Password)
	return b, nil
}

// Name is "bluesky".
func (c *Connector) Name() string { return provider }

// Operations lists what Bluesky can do.
func (c *Connector) Operations() map[connect.Kind]connect.Operation {
	return map[connect.Kind]connect.Operation{
		connect.SocialPost: connect.On(connect.Key, 0, c.post, nil),
	}
}

// letters of a record key, in their order.
const letters = "234567abcdefghijklmnopqrstuvwxyz"

// key derives a record key, a valid TID, from a mark: always the same one. A TID tells a time and a clock; the time of ours is made up and
// lies in the years 2023 to 2025, so that nobody finds it to be in the future. 56 bits tell marks apart.
func key(mark string) string {
	sum := sha256.Sum256([]byte("tocsin " + mark))
	drawn := binary.BigEndian.Uint64(sum[:])
	micros := uint64(time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()) + drawn>>18 // 46 bits: two years and a quarter
	tid := micros<<10 | drawn&(1<<10-1)
	out := make([]byte, 13)
	for i := range out {
		out[len(out)-1-i] = letters[tid&31]
		tid >>= 5
	}
	return string(out)
}

// ref names a version of a record.
type ref struct {
	URI string `json:"uri"`
	CID string `json:"cid"`
}

var refPattern = regexp.MustCompile(`^(at://did:[a-z]+:[A-Za-z0-9._:%-]+/app\.bsky\.feed\.post/[A-Za-z0-9._:~-]{1,512})#([a-z0-9]{8,128})$`)

func (r ref) String() string { return r.URI + "#" + r.CID }

func (r ref) valid() bool { return refPattern.MatchString(r.String()) }

// place is a post and the first of its thread, as Result.Ref tells them: the post alone if it is the first.
type place struct{ post, root ref }

func (p place) String() string {
	if p.root == p.post {
		return p.post.String()
	}
	return p.post.String() + "," + p.root.String()
}

// parsePlace reads what String gave.
func parsePlace(s string) (place, bool) {
	var all []ref
	for part := range strings.SplitSeq(s, ",") {
		m := refPattern.FindStringSubmatch(part)
		if m == nil {
			return place{}, false
		}
		all = append(all, ref{m[1], m[2]})
	}
	return place{all[0], all[len(all)-1]}, len(all) <= 2
}
