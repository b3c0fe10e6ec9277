package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
)

const (
	// heartbeat keeps proxies from closing a quiet stream. With each one the log is read again, for entries other servers wrote, and
	// so is the account, for rights that were taken away.
	heartbeat = 15 * time.Second
	// patience is how long a reader may take to accept what is sent.
	patience = 20 * time.Second
)

func (s *server) addEvents() {
	type in struct {
		One
		After string `query:"after" maxLength:"20" doc:"send entries after this seq; absent: from the first"`
		Last  string `header:"Last-Event-ID" maxLength:"20" doc:"the seq of the last event received; goes before after"`
	}
	route(s, mayRead, huma.Operation{OperationID: "events", Method: http.MethodGet, Path: "/api/v1/incidents/{id}/events", Summary: "Entries as they are written",
		Description: "Server-sent events: one for each entry, id is its seq, data the entry as in the timeline. A comment comes at least every 15 seconds. " +
			"Whoever reconnects with Last-Event-ID misses nothing.",
		Tags: []string{"incidents"}, Responses: map[string]*huma.Response{"200": {Description: "a stream that does not end by itself",
			Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}}}}}, nil,
		func(ctx context.Context, acc auth.Account, q *in) (*huma.StreamResponse, error) {
			i, err := s.view(ctx, q.ID)
			if err != nil {
				return nil, err
			}
			from, err := resume(q.Last, q.After)
			if err != nil {
				return nil, err
			}
			return &huma.StreamResponse{Body: func(c huma.Context) {
				r, w := humago.Unwrap(c)
				if r.Method == http.MethodHead {
					c.SetHeader("Content-Type", "text/event-stream")
					return
				}
				s.stream(r.Context(), w, i.ID, acc, from)
			}}, nil
		})
}

func resume(last, after string) (int64, error) {
	word := last
	if word == "" {
		word = after
	}
	if word == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.TrimPrefix(word, "e"), 10, 64)
	if err != nil || n < 0 {
		return 0, &incident.Error{Code: incident.Invalid, Field: "after", Message: "the last event is named by its number"}
	}
	return n, nil
}

// stream sends what comes after from until the reader goes, the account ends or the server stops. What is told by the ledger only
// wakes it: the entries are read from the log, from the last one sent, so that none is lost however slow the reader is, and nothing
// piles up for it.
func (s *server) stream(ctx context.Context, w http.ResponseWriter, id string, acc auth.Account, from int64) {
	out := http.NewResponseController(w)
	wake := make(chan struct{}, 1)
	defer s.o.Ledger.Watch(func(c ledger.Change) {
		if c.Incident == id {
			select {
			case wake <- struct{}{}:
			default: // woken already
			}
		}
	})()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	beat := time.NewTicker(s.beat)
	defer beat.Stop()
	for comment := ": tocsin\n\n"; ; comment = "" {
		text, last, err := s.events(ctx, id, acc, from)
		if err != nil {
			return // the reader comes back and resumes
		}
		_ = out.SetWriteDeadline(time.Now().Add(patience)) // not every writer can
		if _, err := w.Write([]byte(comment + text)); err != nil {
			return
		}
		if err := out.Flush(); err != nil {
			return
		}
		from = last
		select {
		case <-ctx.Done():
			return
		case <-s.o.Stop:
			return
		case <-wake:
		case <-beat.C:
			if acc, err = s.o.Auth.Still(ctx, acc); errors.Is(err, auth.ErrCredentials) || err == nil && !acc.CanRead() {
				return
			} else if err != nil {
				return // nobody can tell whether they may still read
			}
			_ = out.SetWriteDeadline(time.Now().Add(patience))
			if _, err := w.Write([]byte(": beat\n\n")); err != nil {
				return
			}
		}
	}
}

// events gives the entries after a seq as server-sent events, and the seq of the last one, hidden ones counted.
func (s *server) events(ctx context.Context, id string, acc auth.Account, after int64) (string, int64, error) {
	i, err := s.view(ctx, id)
	if err != nil {
		return "", after, err
	}
	var b strings.Builder
	for _, e := range s.entries(i, acc, after) {
		data, err := json.Marshal(e)
		if err != nil {
			return "", after, err
		}
		fmt.Fprintf(&b, "id: %d\ndata: %s\n\n", e.Seq, data)
	}
	return b.String(), max(after, i.Seq), nil
}
