package contract

// Side is the half of an exchange that a finding is about.
type Side string

// The halves of an exchange.
const (
	Request Side = "request"
	Answer  Side = "answer"
)

// Exception is one deviation from a specification that is right all the same. One that nothing needs fails the contract test.
type Exception struct {
	Provider string
	// Operation is as in Provider.Operations; "*" for all.
	Operation string
	Side      Side
	// Finding is the validator's words, with array indexes written as *.
	Finding string
	// Reason says why it is right; Source where that stands.
	Reason, Source string
}

func (e Exception) covers(provider, operation string, side Side, finding string) bool {
	return e.Provider == provider && (e.Operation == "*" || e.Operation == operation) && e.Side == side && e.Finding == finding
}

// Exceptions are all deviations that are accepted.
var Exceptions = []Exception{
	{
		"slack", "*", Request, "method POST where the specification has GET", "every method takes its arguments as a query or as a posted form",
		"https://docs.slack.dev/apis/web-api#basics",
	},
	{"slack", "*", Request, `header parameter "token": value is required but missing`, bearerWhy, slackTokens},
	{"slack", "GET /users.lookupByEmail", Request, `query parameter "token": value is required but missing`, bearerWhy, slackTokens},
	{"slack", "GET /chat.getPermalink", Request, `query parameter "token": value is required but missing`, bearerWhy, slackTokens},
	{"slack", "POST /chat.postMessage", Request, `form field "metadata" is not in the specification`, metadataWhy, slackMetadata},
	{"slack", "POST /chat.postMessage", Answer, `body/message: property "metadata" is unsupported`, metadataWhy, slackMetadata},
	{"slack", "GET /conversations.history", Answer, `body/messages/*: property "metadata" is unsupported`, metadataWhy, slackMetadata},
	{
		"slack", "GET /conversations.history", Request, `query parameter "include_all_metadata" is not in the specification`, metadataWhy,
		"https://docs.slack.dev/tools/node-slack-sdk/reference/web-api/interfaces/ConversationsHistoryArguments",
	},
	{
		"slack", "GET /users.list", Request, `query parameter "team_id" is not in the specification`,
		"newer than the file of 2021; the library sends it, empty", "https://docs.slack.dev/reference/methods/users.list",
	},
	{
		"slack", "GET /conversations.history", Answer, "body/messages: minimum number of items is 1",
		"a channel has no messages before the first; the file's minimum was drawn from samples, which had some", "https://docs.slack.dev/reference/methods/conversations.history",
	},
	{
		"x", "GET /2/users/{id}/tweets", Request, `query parameter "tweet.fields" is not in the specification`,
		"version 2.167 of the file calls it post.fields here and tweet.fields elsewhere; the documentation knows only tweet.fields", xFields,
	},
	{"x", "POST /2/tweets", Answer, `body/data: property "edit_history_tweet_ids" is unsupported`, editsWhy, xFields},
	{"x", "GET /2/users/{id}/tweets", Answer, `body/data/*: property "edit_history_tweet_ids" is unsupported`, editsWhy, xFields},
	{
		"drive", "POST /files/{fileId}/permissions", Request, `body/domain: readOnly property "domain" in request`,
		"revision 20261023 of the file calls it output only, yet a permission for a domain must name the domain",
		"https://developers.google.com/workspace/drive/api/guides/manage-sharing",
	},
	{
		"zoom", "*", Request, "credentials: security requirements failed: no credentials for global",
		"the file of 2021 knows only tokens in the query, which end up in logs; the header is how server-to-server apps do it", "https://developers.zoom.us/docs/internal-apps/s2s-oauth/",
	},
	{"zoom", "GET /meetings/{meetingId}", Answer, "body/id: value must be a string", numberWhy, zoomMeetings},
	{"zoom", "POST /users/{userId}/meetings", Answer, "body/id: value must be a string", numberWhy, zoomMeetings},
	{"zoom", "GET /users/{userId}/meetings", Answer, "body/meetings/*/id: value must be a string", numberWhy, zoomMeetings},
	{
		"zoom", "*", Answer, "the specification has no such refusal",
		"the file of 2021 knows of 404 only", "https://developers.zoom.us/docs/api/using-zoom-apis/",
	},
	{
		"github", "*", Answer, "the specification has no such refusal",
		"the file lists few refusals by operation; every one may answer so", "https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api",
	},
	{
		"github", "*", Answer, `body: property "status" is unsupported`,
		"every refusal that is JSON has it; the file's word on 503 leaves it out", "https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api",
	},
	{"slack", "*", Answer, `body/error: "missing_scope" is none of the allowed values`, codesWhy, slackCodes},
	{"slack", "*", Answer, `body: property "needed" is unsupported`, codesWhy, slackCodes},
	{"slack", "*", Answer, `body: property "provided" is unsupported`, codesWhy, slackCodes},
	{"slack", "*", Answer, `body/error: "invalid_arguments" is none of the allowed values`, codesWhy, slackCodes},
	{"slack", "*", Answer, `body/error: "fatal_error" is none of the allowed values`, codesWhy, slackCodes},
	{"slack", "*", Answer, `body/error: "service_unavailable" is none of the allowed values`, codesWhy, slackCodes},
	{"slack", "*", Answer, `body/error: "ratelimited" is none of the allowed values`, codesWhy, "https://docs.slack.dev/apis/web-api/rate-limits"},
	{
		"x", "*", Answer, `body/type: "about:blank" is none of the allowed values`,
		"the documentation has it for what a status says already; the file lists no type of problem but the special ones", "https://docs.x.com/x-api/fundamentals/response-codes-and-errors",
	},
	{
		"x", "*", Answer, `body/type: "https://api.twitter.com/2/problems/oauth1-permissions" is none of the allowed values`,
		"seen from the real service when an app may not write", "https://github.com/plhery/node-twitter-api-v2/issues/493",
	},
}

// What several exceptions share.
const (
	bearerWhy     = "the token goes into the Authorization header, which the file of 2021 does not know"
	slackTokens   = "https://docs.slack.dev/changelog/2017-10-keeping-up-with-the-jsons"
	metadataWhy   = "the file is of 2021, message metadata of 2022"
	codesWhy      = "every method may answer so; the file lists codes by method, as far as samples had them"
	slackCodes    = "https://docs.slack.dev/reference/methods/chat.postMessage#errors"
	slackMetadata = "https://docs.slack.dev/messaging/message-metadata"

	editsWhy     = "version 2.167 of the file calls it edit_history_post_ids; the documentation knows only edit_history_tweet_ids"
	numberWhy    = "the file of 2021 calls a meeting's number a string; the documentation an integer"
	zoomMeetings = "https://developers.zoom.us/docs/api/meetings/"

	xFields = "https://docs.x.com/x-api/fundamentals/fields"
)
