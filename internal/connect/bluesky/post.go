package bluesky

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/rivo/uniseg"

	"tocsin/internal/connect"
)

// record is a post as the account's repository holds it. The same call makes the same bytes.
type record struct {
	Type    string  `json:"$type"`
	Text    string  `json:"text"`
	Created string  `json:"createdAt"`
	Facets  []facet `json:"facets,omitempty"`
	Reply   *reply  `json:"reply,omitempty"`
}

type reply struct {
	Root   ref `json:"root"`
	Parent ref `json:"parent"`
}

// post sends the text as it is. It never shortens: callers use Fit, so that what people were shown is what goes out.
func (c *Connector) post(ctx context.Context, call connect.Call, r connect.SocialMessage) (connect.Result, error) {
	if !r.Text.Sealed() {
		return connect.Result{}, refused("the post was not redacted: it stays here")
	}
	text := strings.TrimSpace(r.Text.String())
	switch {
	case text == "":
		return connect.Result{}, refused("the post is empty")
	case !fits(text):
		return connect.Result{}, refused("the post has %d characters in %d bytes, and Bluesky takes %d in %d: shorten it (links count in full)",
			uniseg.GraphemeClusterCount(text), len(text), mostGraphemes, mostBytes)
	}
	post := record{Type: collection, Text: text, Created: call.Since.UTC().Format("2006-01-02T15:04:05.000Z"), Facets: facets(text)}
	if r.ReplyTo != "" {
		to, ok := parsePlace(r.ReplyTo)
		if !ok {
			return connect.Result{}, refused("what this post replies to is not a post on Bluesky: post it by hand, or without a thread")
		}
		post.Reply = &reply{Root: to.root, Parent: to.post}
	}
	rkey := key(call.Mark)
	made, err := c.put(ctx, rkey, post)
	if err != nil {
		return connect.Result{}, connect.Failure(provider, err)
	}
	if !made.valid() || !strings.HasSuffix(made.URI, "/"+rkey) {
		return connect.Result{}, &connect.Error{Kind: connect.Unknown, Message: "bluesky took the post and does not say where it is"}
	}
	at := place{made, made}
	if post.Reply != nil {
		at.root = post.Reply.Root
	}
	account := strings.TrimSuffix(strings.TrimPrefix(made.URI, "at://"), "/"+collection+"/"+rkey)
	return connect.Result{Ref: at.String(), URL: c.page + "/" + account + "/post/" + rkey}, nil
}

// put makes the record, unless there is one under its key: then that is the one.
func (c *Connector) put(ctx context.Context, rkey string, post record) (ref, error) {
	var made ref
	err := c.call(ctx, http.MethodPost, "com.atproto.repo.putRecord", nil, func(s session) any {
		return map[string]any{"repo": s.DID, "collection": collection, "rkey": rkey, "record": post, "swapRecord": nil}
	}, &made)
	var no *refusal
	if errors.As(err, &no) && no.about("InvalidSwap") {
		made = ref{}
		err = c.call(ctx, http.MethodGet, "com.atproto.repo.getRecord", url.Values{"collection": {collection}, "rkey": {rkey}}, nil, &made)
		if err != nil {
			return ref{}, connect.Unsent(provider, err) // it is there; asking again is enough
		}
	}
	return made, err
}
