// Package connect says what an outside service can do for an incident, in words that hold for every provider.
//
// A provider is a Connector: a table from Kind (what is wanted, e.g. "chat.post") to Operation (how this provider does it and which
// guarantee it can give, DESIGN §4). The package owns the wire requests of each kind (requests.go) and the error vocabulary. It owns
// no state, reads no clock and knows nothing of incidents: retries, settling, look-ups and questions to people are the runner's.
package connect

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Connector is one provider, set up and ready. It must be safe for concurrent use.
type Connector interface {
	// Name is the provider's id in the configuration: "slack", "zoom".
	Name() string
	// Operations lists what the provider can do. The table never changes after the connector was made.
	Operations() map[Kind]Operation
	// Check makes real, harmless calls and reports one finding per line of `tocsin doctor`. It returns no secret.
	Check(ctx context.Context) []Finding
}

// Ingester is a stream connector that can tell where video is sent to. The key is a secret: it is fetched when needed and never logged.
type Ingester interface {
	Ingest(ctx context.Context, stream string) (Ingest, error)
}

// Joiner is a room connector whose rooms want a pass. The address that Join gives for one of its rooms holds that pass, which is a secret:
// it goes to the browser of somebody who is signed in, and nowhere else. Addresses of other rooms are given back as they are.
type Joiner interface {
	Join(room string) (string, error)
}

// Watcher is a tracker connector that tells how issues stand that it made, in few calls. ids are numbers within the configured project, at
// most 100; issues that did not change after since may be left out. What is not in the answer is as it was, or is gone.
type Watcher interface {
	Issues(ctx context.Context, ids []string, since time.Time) (map[string]IssueState, error)
}

// IssueState is how an issue stands in its tracker. Dated: the tracker has due dates; Due is one, like 2026-12-05, or empty for none.
type IssueState struct {
	Closed bool
	Dated  bool
	Due    string
}

// Ingest is where an encoder sends video: an RTMP address and the secret key.
type Ingest struct{ URL, Key string }

// Finding is one line of a check: what was looked at, whether it is well, and what to do if not.
type Finding struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Note string `json:"note,omitempty"`
	Fix  string `json:"fix,omitempty"`
}

// Class is the guarantee a provider can give for one operation after an unclear attempt (DESIGN §4).
type Class string

// The four classes: with a key the same request may be sent again; a set sets, it does not add; look-up finds what our marker stamped;
// none can't be known, so a person is asked.
const (
	Key    Class = "key"
	Set    Class = "set"
	LookUp Class = "look-up"
	None   Class = "none"
)

// Operation is one thing a provider does.
type Operation struct {
	Class    Class
	Settle   time.Duration // class LookUp: wait after an unclear attempt before the first look, longer than deadline plus provider lag
	Deadline time.Duration // longest time one attempt may take, at most 25 s, as people are told of trouble within 30 s; zero means 10 s
	// Do carries the request out. Errors are *Error; anything else counts as Unknown.
	Do func(ctx context.Context, c Call) (Result, error)
	// Find looks for what an earlier attempt with the same Mark may have made. Nil result: surely not there. Only class LookUp has it.
	Find func(ctx context.Context, c Call) (*Result, error)
}

// Call is one attempt. Raw is the request as it was frozen before the first attempt; its bytes are the same in every attempt.
type Call struct {
	Mark  string    // our marker: unique per step and installation, [a-z0-9-], at most 64 bytes, stamped on what is made
	Since time.Time // when the first attempt began (real time): look-ups need not go further back
	Raw   json.RawMessage
	Seal  func(any)                      // turns the request's unsealed redact.Text into public text (redact.Redactor.Seal)
	Leaks func(artefact string) []string // what a finished artefact would give away; empty means clean
	// Replace lists what Leaks finds in a plain text, in order, with what may stand there instead. Nil: nothing can be replaced.
	Replace func(text string) []Replacement
	// Ingest asks the stream capability where video goes.
	Ingest func(ctx context.Context, stream string) (Ingest, error)
}

// Replacement puts Text in place of the bytes [Start, End) of a text.
type Replacement struct {
	Start, End int
	Text       string
}

// Result is what came of an operation. Outputs are named facts that later steps may refer to; they hold no secret.
type Result struct {
	Ref     string            `json:"ref,omitempty"` // the provider's id of what was made
	URL     string            `json:"url,omitempty"` // where a person can look at it
	Outputs map[string]string `json:"outputs,omitempty"`
}

// On makes an Operation from typed functions. find may be nil for every class but LookUp.
func On[R any](class Class, settle time.Duration, do func(context.Context, Call, R) (Result, error), find func(context.Context, Call, R) (*Result, error)) Operation {
	decode := func(c Call) (R, error) {
		var r R
		if err := json.Unmarshal(c.Raw, &r); err != nil {
			return r, &Error{Kind: Refused, Message: fmt.Sprintf("the frozen request can't be read: %v", err)}
		}
		if c.Seal != nil {
			c.Seal(&r)
		}
		return r, nil
	}
	op := Operation{Class: class, Settle: settle}
	op.Do = func(ctx context.Context, c Call) (Result, error) {
		r, err := decode(c)
		if err != nil {
			return Result{}, err
		}
		return do(ctx, c, r)
	}
	if find != nil {
		op.Find = func(ctx context.Context, c Call) (*Result, error) {
			r, err := decode(c)
			if err != nil {
				return nil, err
			}
			return find(ctx, c, r)
		}
	}
	return op
}

// ErrorKind says what a failed attempt means for the next one.
type ErrorKind string

// Retry: surely nothing happened, try again (after RetryAfter). Refused: trying the same again is useless until a person changes
// something. Unknown: it may have happened (timeout, connection lost after sending, unreadable answer).
const (
	Retry   ErrorKind = "retry"
	Refused ErrorKind = "refused"
	Unknown ErrorKind = "unknown"
)

// Error is the only error an operation returns. Message is for people, holds no secret, and names what to do next where that is known.
type Error struct {
	Kind       ErrorKind
	Message    string
	RetryAfter time.Duration // of a 429 or 503; zero: the runner's back-off
	Status     int           // HTTP status, 0 if none
	Scope      string        // the missing permission, if that is the cause
	AskWhom    string        // who can grant it, if the runbook says so
}

// Error gives the message.
func (e *Error) Error() string { return e.Message }
