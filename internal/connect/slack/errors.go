package slack

import (
	"errors"
	"fmt"
	"regexp"

	"tocsin/internal/connect"
)

// apiError is Slack's no, with its code for the few callers to which a code means success.
type apiError struct {
	code string
	err  *connect.Error
}

func (e *apiError) Error() string { return e.err.Error() }
func (e *apiError) Unwrap() error { return e.err }

// code gives Slack's error code, "" if err is none of Slack's.
func code(err error) string {
	var e *apiError
	if errors.As(err, &e) {
		return e.code
	}
	return ""
}

const renew = "slack does not accept the token: renew the token under OAuth & Permissions of the Slack app and put it into connectors.slack.token"

// meanings says what a code means and what to do. A code that is not listed is Refused.
var meanings = map[string]struct {
	kind connect.ErrorKind
	text string
}{
	"invalid_auth":     {connect.Refused, renew},
	"not_authed":       {connect.Refused, renew},
	"token_expired":    {connect.Refused, "slack's token has expired: renew the token under OAuth & Permissions of the Slack app and put it into connectors.slack.token"},
	"token_revoked":    {connect.Refused, "slack's token was revoked: install the Slack app again and renew the token in connectors.slack.token"},
	"account_inactive": {connect.Refused, "the Slack app was removed or its account switched off: install it again and renew the token in connectors.slack.token"},
	"org_login_required": {connect.Refused,
		"the Slack workspace is being moved: an administrator of the workspace has to finish that"},
	"ekm_access_denied":      {connect.Refused, "the organisation's key management has suspended access to Slack: ask its administrators"},
	"missing_scope":          {connect.Refused, "the Slack app lacks a permission: add the scope under OAuth & Permissions and install the app again"},
	"no_permission":          {connect.Refused, "the Slack app may not do this: check its scopes, and whether the bot is in the channel"},
	"not_allowed_token_type": {connect.Refused, "slack wants a bot token (xoxb-…): put that into connectors.slack.token"},
	"accesslimited":          {connect.Refused, "slack does not let this machine in: its address must be allowed for the app"},
	"access_denied":          {connect.Refused, "slack denies access: check what the app may do in this workspace"},
	"restricted_action":      {connect.Refused, "a setting of the Slack workspace forbids this to the app: ask a workspace administrator"},
	"user_is_restricted":     {connect.Refused, "the Slack app acts as a restricted account: ask a workspace administrator"},
	"team_access_not_granted": {connect.Refused,
		"the Slack app is not approved for this workspace: ask a workspace administrator"},

	"not_in_channel":                           {connect.Refused, "the bot is not in the Slack channel: invite it there with /invite and its name"},
	"channel_not_found":                        {connect.Refused, "slack knows no such channel, or the bot is not in it: check connectors.slack.channels, and invite the bot with /invite"},
	"is_archived":                              {connect.Refused, "the Slack channel is archived: unarchive it or name another in connectors.slack.channels"},
	"restricted_action_read_only_channel":      {connect.Refused, "only some may post in the Slack channel: allow the app to post there"},
	"restricted_action_thread_only_channel":    {connect.Refused, "the Slack channel takes replies only: allow the app to post there"},
	"restricted_action_non_threadable_channel": {connect.Refused, "the Slack channel does not take this kind of post"},
	"msg_too_long":                             {connect.Refused, "the message is too long for Slack: shorten it"},
	"no_text":                                  {connect.Refused, "the message is empty"},
	"message_not_found":                        {connect.Refused, "slack knows no such message: it may have been deleted"},
	"not_pinnable":                             {connect.Refused, "slack does not pin this kind of message"},
	"permission_denied":                        {connect.Refused, "the Slack app may not do this in the channel: ask a workspace administrator"},
	"too_many_pins":                            {connect.Refused, "the Slack channel holds as many pins as it can: unpin something"},
	"name_taken":                               {connect.Refused, "the name of the Slack channel is taken"},
	"invalid_name":                             {connect.Refused, "slack does not take the channel's name: choose a shorter one of letters, digits and hyphens"},
	"too_many_convos_for_team":                 {connect.Refused, "the Slack workspace holds as many channels as it can"},
	"users_not_found":                          {connect.Refused, "slack knows no such person"},
	"user_not_found":                           {connect.Refused, "slack knows no such person"},
	"rate_limited":                             {connect.Retry, "slack asks us to wait"},
	"ratelimited":                              {connect.Retry, "slack asks us to wait"},
	"message_limit_exceeded":                   {connect.Retry, "slack asks us to wait: the channel takes no more messages just now"},
	"service_unavailable":                      {connect.Retry, "slack is not available just now"},
	"team_added_to_org":                        {connect.Retry, "the Slack workspace is just being moved"},
	"request_timeout":                          {connect.Retry, "our request did not reach Slack whole"},
	"fatal_error":                              {connect.Unknown, "slack failed half-way: it may have been done"},
	"internal_error":                           {connect.Unknown, "slack failed half-way: it may have been done"},
}

var (
	wellFormed = regexp.MustCompile(`^[a-z0-9_]{1,60}$`)
	scopes     = regexp.MustCompile(`^[a-z]+(?:[.:_a-z]+)?(?:,\s*[a-z]+[.:_a-z]*)*$`)
)

// refusal gives Slack's code a meaning. Only codes and scopes that look like ones get into the message: the rest of an answer may hold
// anything.
func refusal(method, said, needed string, a connect.Answer) error {
	if !wellFormed.MatchString(said) {
		return &connect.Error{Kind: connect.Unknown, Status: a.Status, Message: "slack gave an error that can't be read"}
	}
	e := &connect.Error{Kind: connect.Refused, Status: a.Status}
	if m, ok := meanings[said]; ok {
		e.Kind, e.Message = m.kind, fmt.Sprintf("%s (%s: %s)", m.text, method, said)
	} else {
		e.Message = fmt.Sprintf("slack refuses %s: %s", method, said)
	}
	if e.Kind == connect.Retry {
		e.RetryAfter = connect.RetryAfter(a.Header)
	}
	if said == "missing_scope" && len(needed) < 200 && scopes.MatchString(needed) {
		e.Scope = needed
		e.Message += ", needed: " + needed
	}
	return &apiError{code: said, err: e}
}

func unknown(message string) error { return &connect.Error{Kind: connect.Unknown, Message: message} }

func refused(format string, args ...any) error {
	return &connect.Error{Kind: connect.Refused, Message: fmt.Sprintf(format, args...)}
}
