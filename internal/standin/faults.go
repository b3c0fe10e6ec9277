package standin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// fault is something that goes wrong on purpose, as POST /_faults takes it.
type fault struct {
	Match      string          `json:"match"`                 // "METHOD /path-prefix"; the method may be "*"
	Nth        int             `json:"nth,omitempty"`         // which matching call since the fault was set, from 1; 0: each
	Fault      string          `json:"fault"`                 // a name in effects
	Status     int             `json:"status,omitempty"`      // of fault status
	RetryAfter json.RawMessage `json:"retry_after,omitempty"` // of fault status: the header, a number or a string; "in 5s": as a date
	Body       json.RawMessage `json:"body,omitempty"`        // of fault status: a string is sent as it is, anything else as JSON
	MS         int             `json:"ms,omitempty"`          // of latency, list_lag and late_commit; 0: a second
	PID        int             `json:"pid,omitempty"`         // of the kills; of late_commit: the caller is killed, too

	Seen int `json:"seen"` // how many calls matched
}

// effects says what each fault does to a call. It answers, or drops the connection, and gives the status sent, 0 for none.
var effects = map[string]func(*exchange, *fault) int{
	"status":       func(x *exchange, f *fault) int { return x.send(f.refusal(x)) },
	"latency":      func(x *exchange, f *fault) int { x.pause(f.wait()); return x.send(x.process()) },
	"hang":         func(x *exchange, _ *fault) int { x.pause(-1); return x.drop() },
	"reset_before": func(x *exchange, _ *fault) int { return x.drop() },
	"reset_after":  func(x *exchange, _ *fault) int { x.process(); return x.drop() },
	"malformed":    func(x *exchange, _ *fault) int { return x.send(x.process().malformed()) },
	"truncate":     func(x *exchange, _ *fault) int { return x.sendHalf(x.process()) },
	"list_lag":     func(x *exchange, f *fault) int { x.request.lag = f.wait(); return x.send(x.process()) },
	"kill_before":  func(x *exchange, f *fault) int { x.kill(f.PID); return x.drop() },
	"kill_after":   func(x *exchange, f *fault) int { x.process(); x.kill(f.PID); return x.drop() },
	"kill_after_reply": func(x *exchange, f *fault) int {
		status := x.send(x.process())
		_ = http.NewResponseController(x.out).Flush() // the reply is on its way whether or not this can flush
		x.kill(f.PID)
		return status
	},
	"late_commit":   (*exchange).late,
	"login_page":    func(x *exchange, _ *fault) int { return x.send(reply{status: 200, body: loginPage}) },
	"token_expired": func(x *exchange, _ *fault) int { return x.send(x.answer(x.provider.expired)) },
	"wrong_scope":   func(x *exchange, _ *fault) int { return x.send(x.answer(x.provider.unscoped)) },
}

var loginPage = document{"text/html; charset=utf-8", "<!doctype html><html lang=en><title>Sign in</title><h1>Sign in to continue</h1><form method=post action=/login><input name=user><input name=password type=password><button>Sign in</button></form></html>"}

// due counts a call for every fault that matches it and gives the first that is due, nil if none is.
func (w *world) due(method, sent string) *fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	var first *fault
	for _, f := range w.faults {
		if !f.matches(method, sent) {
			continue
		}
		f.Seen++
		if first == nil && (f.Nth == 0 || f.Nth == f.Seen) {
			first = f
		}
	}
	return first
}

// matches tells whether a call is one of those meant. The path may be given as it is sent or decoded.
func (f *fault) matches(method, sent string) bool {
	want, prefix, _ := strings.Cut(f.Match, " ")
	plain, err := url.PathUnescape(sent)
	return (want == "*" || want == method) && (strings.HasPrefix(sent, prefix) || err == nil && strings.HasPrefix(plain, prefix))
}

func (f *fault) wait() time.Duration {
	if f.MS == 0 {
		return time.Second
	}
	return time.Duration(f.MS) * time.Millisecond
}

// refusal is what fault status answers: the provider's own words unless the fault brings some.
func (f *fault) refusal(x *exchange) reply {
	r := x.answer(func(r *request) reply { return x.provider.refused(r, f.Status) })
	r.status = f.Status
	var text string
	switch {
	case f.Body == nil:
	case json.Unmarshal(f.Body, &text) == nil:
		r.body = document{"text/plain; charset=utf-8", text}
	default:
		r.body = f.Body
	}
	if after := strings.Trim(string(f.RetryAfter), `"`); after != "" {
		r = r.with("Retry-After", dated(after))
	}
	return r
}

// dated makes "in 5s" the date then, and leaves any other text as it is.
func dated(after string) string {
	if in, ok := strings.CutPrefix(after, "in "); ok {
		if d, err := time.ParseDuration(in); err == nil {
			return time.Now().Add(d).UTC().Format(http.TimeFormat)
		}
	}
	return after
}

// parseFaults reads a list of faults, or says what is wrong with it.
func parseFaults(body []byte) ([]*fault, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	var list []*fault
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf("want a JSON list of faults: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("want one JSON list of faults and nothing after it")
	}
	for i, f := range list {
		if f == nil {
			return nil, fmt.Errorf("fault %d: want an object", i)
		}
		f.Seen = 0
		if err := f.check(); err != nil {
			return nil, fmt.Errorf("fault %d: %w", i, err)
		}
	}
	return list, nil
}

func (f *fault) check() error {
	method, prefix, ok := strings.Cut(f.Match, " ")
	kills := strings.HasPrefix(f.Fault, "kill_")
	switch {
	case !ok || method == "" || !strings.HasPrefix(prefix, "/"):
		return fmt.Errorf("match %q: want \"METHOD /path-prefix\"", f.Match)
	case effects[f.Fault] == nil:
		var names []string
		for name := range effects {
			names = append(names, name)
		}
		slices.Sort(names)
		return fmt.Errorf("fault %q: want one of %s", f.Fault, strings.Join(names, ", "))
	case strings.HasPrefix(prefix, mailPath) && !slices.Contains(mailEffects, f.Fault):
		return fmt.Errorf("fault %q: mail knows %s", f.Fault, strings.Join(mailEffects, ", "))
	case f.Nth < 0:
		return errors.New("nth: want 1 for the first call, or 0 for each")
	case f.MS < 0:
		return errors.New("ms: want milliseconds")
	case f.Fault == "status" && (f.Status < 200 || f.Status > 599):
		return errors.New("status: want an HTTP status from 200 to 599")
	case kills && f.PID <= 1:
		return errors.New("pid: want the process to kill")
	}
	var text string
	var number json.Number
	if f.RetryAfter != nil && json.Unmarshal(f.RetryAfter, &text) != nil && json.Unmarshal(f.RetryAfter, &number) != nil {
		return errors.New("retry_after: want a number or a string")
	}
	return nil
}
