package zoom

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"tocsin/internal/connect"
)

// Codes of Zoom's own that say more than the status.
const (
	invalidToken    = 124
	noSuchPlan      = 200
	invalid         = 300
	noSuchUser      = 1001
	notInAccount    = 1010
	noAccess        = 3000
	noSuchMeeting   = 3001
	notHost         = 3003
	scopeMissing    = 4711
	scopeMissingOld = 4700
)

// apiError is Zoom's no. What Zoom wrote is kept in said for telling cases apart; it may hold anything and is never shown.
type apiError struct {
	code int
	said string // lower case
	err  *connect.Error
}

func (e *apiError) Error() string { return e.err.Error() }
func (e *apiError) Unwrap() error { return e.err }

// code gives Zoom's error code, 0 if err is none of Zoom's.
func code(err error) int {
	var e *apiError
	if errors.As(err, &e) {
		return e.code
	}
	return 0
}

// refusedBy gives Zoom's no if that is what err is, as opposed to a failure to ask.
func refusedBy(err error) (*apiError, bool) {
	var e *apiError
	ok := errors.As(err, &e) && e.err.Kind == connect.Refused
	return e, ok
}

var meanings = map[int]string{
	invalidToken:  "zoom does not accept the app's token: renew the credentials of the Server-to-Server OAuth app in connectors.zoom",
	noSuchPlan:    "the plan or the settings of the Zoom account do not allow this",
	noSuchUser:    "the host is not a user of the Zoom account: check connectors.zoom.host and licensed_host",
	notInAccount:  "the host does not belong to the Zoom account: check connectors.zoom.host and licensed_host",
	noAccess:      "zoom does not allow this for the meeting: for streaming, turn on “Allow live streaming of meetings” with a custom service in the account's settings",
	noSuchMeeting: "the Zoom meeting does not exist or has expired: open a new room",
	notHost:       "the Zoom meeting belongs to another host than the app may act for",
}

type saidBody struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Errors  []struct {
		Field string `json:"field"`
	} `json:"errors"`
}

var (
	fieldName  = regexp.MustCompile(`^[a-z][a-z_.]{0,40}$`)
	scopesList = regexp.MustCompile(`scopes?:?\s*\[([a-z][a-z_:]*(?:\s*,\s*[a-z][a-z_:]*)*)\]`)
)

// refusal says what an answer other than a success means. Of Zoom's own words only its code, names of fields and scopes are repeated.
func refusal(a connect.Answer) error {
	var body saidBody
	_ = json.Unmarshal(a.Body, &body) // not JSON: the status says it
	e := &apiError{code: body.Code, said: strings.ToLower(body.Message), err: connect.Status(provider, a.Status, a.Header, "")}
	if body.Code != 0 {
		e.err.Message = fmt.Sprintf("zoom answered %d, code %d", a.Status, body.Code)
	}
	switch {
	case a.Status == http.StatusTooManyRequests:
		if strings.Contains(e.said, "daily") {
			e.err.RetryAfter = connect.RetryAfter(a.Header)
			e.err.Message = "zoom allows this host 100 meetings created or changed a day and they are used up, until 00:00 GMT: use another host, or open the room by hand"
		} else {
			e.err.Message = "zoom asks us to wait"
		}
		return e
	case e.err.Kind != connect.Refused:
		return e
	}
	scope := scopesList.FindStringSubmatch(e.said)
	switch {
	case scope != nil:
		e.err.Scope = strings.Join(strings.FieldsFunc(scope[1], func(r rune) bool { return r == ',' || r == ' ' }), ",")
		e.err.Message = "the Zoom app lacks a permission: add one of these scopes to the Server-to-Server OAuth app: " + e.err.Scope
	case body.Code == scopeMissing, body.Code == scopeMissingOld:
		e.err.Message = "the Zoom app lacks a permission: add the meeting, livestream and user scopes to the Server-to-Server OAuth app"
	case body.Code == invalid:
		e.err.Message = "zoom finds a fault in the request (code 300)"
		var fields []string
		for _, f := range body.Errors {
			if fieldName.MatchString(f.Field) {
				fields = append(fields, f.Field)
			}
		}
		if len(fields) > 0 {
			e.err.Message += ": " + strings.Join(fields, ", ")
		}
	case meanings[body.Code] != "":
		e.err.Message = fmt.Sprintf("%s (code %d)", meanings[body.Code], body.Code)
	case a.Status == http.StatusUnauthorized:
		e.err.Message = meanings[invalidToken]
	}
	return e
}

// lacksScope tells a 401 for a missing scope, which a new token does not cure, from one for an old token.
func lacksScope(a connect.Answer) bool {
	var body saidBody
	_ = json.Unmarshal(a.Body, &body)
	return body.Code == scopeMissing || body.Code == scopeMissingOld || scopesList.MatchString(strings.ToLower(body.Message))
}

func refused(format string, args ...any) error {
	return &connect.Error{Kind: connect.Refused, Message: fmt.Sprintf(format, args...)}
}
