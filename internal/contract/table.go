package contract

import (
	"encoding/json"
	"net/http"
	"os"
)

// Kind says what a specification is and how far it can be trusted.
type Kind string

// OpenAPI2, OpenAPI3, Discovery and Lexicon are files that the provider publishes. Handwritten is our own reading of the provider's documentation:
// weak evidence, used where there is no file or its licence does not allow a copy.
const (
	OpenAPI2    Kind = "OpenAPI 2"
	OpenAPI3    Kind = "OpenAPI 3"
	Discovery   Kind = "Google discovery"
	Lexicon     Kind = "AT Protocol lexicon"
	Handwritten Kind = "HANDWRITTEN"
)

// Folder is the environment variable that names a folder of published specifications.
const Folder = "TOCSIN_CONTRACTS"

// Provider is one specification and where the stand-ins serve what it describes.
type Provider struct {
	Name string
	// Prefix is where the stand-ins serve it; Base takes the prefix's place before a path is looked up in the specification.
	Prefix, Base string
	Kind         Kind
	// File is the trimmed specification, in testdata. Source is the published file that it is a part of, in the folder that
	// TOCSIN_CONTRACTS names; a handwritten one has none. One without a File may not be copied: it judges where that folder is.
	File, Source string
	// Operations are those that connectors call, "METHOD /path" as the specification writes it. They are what is kept when trimming.
	Operations []string
	// Answer gives the status under which the specification describes an answer, where that is not the one it has; nil if it always is.
	Answer func(status int, body []byte) int
}

// Held tells whether the specification is at hand.
func (p Provider) Held() bool { return p.File != "" || os.Getenv(Folder) != "" }

// Providers lists every specification, an entry each. Of two with one prefix those judge that have the operation. A new provider needs an entry here, a line of
// configuration in samples_test.go, and its file in testdata: a handwritten one, or one made as testdata/README.md says.
func Providers() []Provider {
	return []Provider{
		{Name: "slack", Prefix: "/slack/api", Kind: OpenAPI2, File: "slack.json", Source: "slack/slack_web_openapi_v2.json", Operations: []string{
			"GET /auth.test", "GET /chat.getPermalink", "POST /chat.postMessage", "POST /conversations.create", "GET /conversations.history", "GET /conversations.info",
			"POST /conversations.invite", "GET /conversations.list", "POST /conversations.setPurpose", "POST /conversations.setTopic", "POST /pins.add", "GET /users.list", "GET /users.lookupByEmail",
		}, Answer: slackAnswer},
		{Name: "x", Prefix: "/x", Kind: OpenAPI3, File: "x.json", Source: "x/x-api-v2.specs.openapi.json", Operations: []string{
			"POST /2/tweets", "GET /2/users/me", "GET /2/users/{id}/tweets",
		}},
		{Name: "docs", Prefix: "/google/docs", Kind: Discovery, File: "docs.json", Source: "google/docs-api.json", Operations: []string{
			"GET /v1/documents/{documentId}", "POST /v1/documents/{documentId}:batchUpdate",
		}},
		{Name: "drive", Prefix: "/google/drive/v3", Kind: Discovery, File: "drive.json", Source: "google/drive-api.json", Operations: []string{
			"GET /about", "GET /files", "POST /files", "GET /files/{fileId}", "PATCH /files/{fileId}",
			"GET /files/{fileId}/permissions", "POST /files/{fileId}/comments", "POST /files/{fileId}/permissions", "PATCH /files/{fileId}/permissions/{permissionId}",
			"GET /files/{fileId}/revisions", "GET /files/{fileId}/revisions/{revisionId}", "PATCH /files/{fileId}/revisions/{revisionId}",
		}},
		{Name: "youtube", Prefix: "/google/youtube", Base: "/youtube", Kind: Discovery, File: "youtube.json", Source: "google/youtube-api.json", Operations: []string{
			"GET /youtube/v3/channels", "GET /youtube/v3/liveStreams", "POST /youtube/v3/liveStreams", "GET /youtube/v3/liveBroadcasts",
			"POST /youtube/v3/liveBroadcasts", "POST /youtube/v3/liveBroadcasts/bind", "POST /youtube/v3/liveBroadcasts/transition",
		}},
		{Name: "google-token", Prefix: "/google/token", Base: "/token", Kind: Handwritten, File: "google-token.handwritten.yaml", Operations: []string{"POST /token"}},
		{Name: "gitlab", Prefix: "/gitlab/api/v4", Kind: Handwritten, File: "gitlab.handwritten.yaml", Operations: []string{
			"GET /personal_access_tokens/self", "GET /projects/{id}", "GET /projects/{id}/labels", "GET /projects/{id}/issues", "POST /projects/{id}/issues",
			"GET /projects/{id}/issues/{issue_iid}", "PUT /projects/{id}/issues/{issue_iid}", "GET /projects/{id}/issues/{issue_iid}/notes",
			"POST /projects/{id}/issues/{issue_iid}/notes",
		}},
		{Name: "mattermost", Prefix: "/mattermost/api/v4", Kind: Handwritten, File: "mattermost.handwritten.yaml", Operations: []string{
			"GET /users/me", "GET /users/email/{email}", "GET /users/username/{username}", "GET /users/me/teams/{team_id}/channels", "GET /teams/name/{name}",
			"GET /teams/{team_id}/channels/name/{channel_name}", "POST /channels", "GET /channels/{channel_id}/posts", "POST /channels/{channel_id}/members",
			"GET /channels/{channel_id}/members/me", "POST /posts", "POST /posts/{post_id}/pin",
		}},
		{Name: "github", Prefix: "/github/api/v3", Kind: OpenAPI3, File: "github.json", Source: "github/issues-subset.openapi3.json", Operations: []string{
			"GET /repos/{owner}/{repo}/issues", "POST /repos/{owner}/{repo}/issues", "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
			"GET /repos/{owner}/{repo}/issues/{issue_number}/comments", "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
		}},
		{Name: "github-by-hand", Prefix: "/github/api/v3", Kind: Handwritten, File: "github.handwritten.yaml", Operations: []string{"GET /repos/{owner}/{repo}"}},
		{Name: "mastodon", Prefix: "/mastodon/api", Kind: Handwritten, File: "mastodon.handwritten.yaml", Operations: []string{
			"GET /v2/instance", "GET /v1/accounts/verify_credentials", "GET /v1/accounts/{id}/statuses", "POST /v1/statuses", "GET /v1/statuses/{id}/source",
		}},
		{Name: "bluesky", Prefix: "/bluesky", Kind: Lexicon, File: "bluesky.json", Source: "bluesky/lexicons", Operations: []string{
			"POST /xrpc/com.atproto.server.createSession", "POST /xrpc/com.atproto.server.refreshSession", "GET /xrpc/com.atproto.server.getSession",
			"POST /xrpc/com.atproto.repo.putRecord", "GET /xrpc/com.atproto.repo.getRecord",
		}},
		{Name: "zoom", Prefix: "/zoom/v2", Kind: OpenAPI2, Source: "zoom/zoom-openapi-v2-2021.json", Operations: zoomOperations},
		{Name: "zoom-by-hand", Prefix: "/zoom/v2", Kind: Handwritten, File: "zoom.handwritten.yaml", Operations: zoomOperations},
		{Name: "zoom-token", Prefix: "/zoom/oauth", Kind: Handwritten, File: "zoom-token.handwritten.yaml", Operations: []string{"POST /token"}},
	}
}

// zoomOperations are asked for in two specifications.
var zoomOperations = []string{
	"GET /users/{userId}", "GET /users/{userId}/meetings", "POST /users/{userId}/meetings", "GET /meetings/{meetingId}", "PUT /meetings/{meetingId}/status",
	"PATCH /meetings/{meetingId}/livestream", "PATCH /meetings/{meetingId}/livestream/status",
}

// slackAnswer tells refusals, which Slack sends with status 200 and its specification describes as the default answer, from the rest.
func slackAnswer(status int, body []byte) int {
	var said struct {
		OK *bool `json:"ok"`
	}
	if json.Unmarshal(body, &said) == nil && said.OK != nil && !*said.OK {
		return http.StatusBadRequest
	}
	return status
}
