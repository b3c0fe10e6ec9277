// Package contract holds what connectors send, and what the stand-ins answer, to the providers' own API specifications.
//
// It is for tests only. A test puts Watch between a connector and the stand-ins; every exchange is then looked up in the specification of
// its provider and judged by a validator that knows nothing of this project: path, query, headers, body, status and answer. What deviates
// fails the test, unless Exceptions lists it with a reason. It owns the trimmed specifications in testdata (their README says where they
// come from) and nothing else; docs say what a specification can't: how a provider behaves over time is the stand-ins' business.
package contract

import (
	"bytes"
	"cmp"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Row counts what was seen of one operation.
type Row struct {
	Provider, Operation string
	// Requests and Answers were judged; ValidRequests and ValidAnswers of them deviate in nothing, or only as Exceptions allows.
	Requests, ValidRequests int
	Answers, ValidAnswers   int
}

// Log remembers what passed. It is safe for concurrent use.
type Log struct {
	books *books

	mu       sync.Mutex
	rows     map[string]*Row
	used     map[Exception]int
	problems []string
}

// NewLog gives a log that saw nothing yet. It fails t if a specification can't be read.
func NewLog(t testing.TB) *Log {
	t.Helper()
	b, err := shelf()
	if err != nil {
		t.Fatal(err)
	}
	return &Log{books: b, rows: map[string]*Row{}, used: map[Exception]int{}}
}

// Watch gives next with every exchange judged. What deviates fails t when t ends; make the server afterwards, so that it closes before.
func Watch(t testing.TB, next http.Handler) http.Handler {
	t.Helper()
	log := NewLog(t)
	t.Cleanup(func() {
		for _, p := range log.Problems() {
			t.Error(p)
		}
	})
	return log.Watch(next)
}

// Watch gives next with every exchange written into the log. Once a fault is set through it (POST /_faults) answers are no longer judged:
// a fault is an answer that keeps no contract. Paths that begin with "/_", and those of people's pages, are no provider's.
func (l *Log) Watch(next http.Handler) http.Handler { return l.watch(next, true) }

// WatchAnswers is Watch for requests that are wrong on purpose: only the answers are judged.
func (l *Log) WatchAnswers(next http.Handler) http.Handler { return l.watch(next, false) }

func (l *Log) watch(next http.Handler, requests bool) http.Handler {
	var mu sync.Mutex
	faulty := false
	return http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		if in.Method == http.MethodPost && in.URL.Path == "/_faults" {
			mu.Lock()
			faulty = true
			mu.Unlock()
		}
		judges := l.books.of(in)
		if judges == nil {
			next.ServeHTTP(out, in)
			return
		}
		body, err := io.ReadAll(in.Body)
		if err != nil {
			http.Error(out, err.Error(), http.StatusBadRequest)
			return
		}
		in.Body = io.NopCloser(bytes.NewReader(body))
		copied := &copying{ResponseWriter: out}
		defer func() {
			mu.Lock()
			skip := faulty
			mu.Unlock()
			for _, b := range judges {
				l.judge(b, in, body, copied, requests, !skip)
			}
		}()
		next.ServeHTTP(copied, in)
	})
}

// copying keeps what is answered.
type copying struct {
	http.ResponseWriter
	status int // 0: nothing was answered
	header http.Header
	body   bytes.Buffer
}

func (c *copying) WriteHeader(status int) {
	if c.status == 0 {
		c.status, c.header = status, c.Header().Clone()
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *copying) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.status, c.header = http.StatusOK, c.Header().Clone()
	}
	c.body.Write(b)
	return c.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController flush and hijack.
func (c *copying) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// judge writes one exchange down: the request, the answer, or both.
func (l *Log) judge(b *book, in *http.Request, body []byte, out *copying, asked, answered bool) {
	v := b.request(in, body)
	var requests, answers []string
	if asked {
		requests = l.unexcused(b, v.operation, Request, v.findings)
	}
	answered = answered && v.route != nil && out.status != 0
	if answered {
		answers = l.unexcused(b, v.operation, Answer, b.answer(v, out.status, out.header, out.body.Bytes()))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	row := l.rows[b.Name+" "+v.operation]
	if row == nil {
		row = &Row{Provider: b.Name, Operation: v.operation}
		l.rows[b.Name+" "+v.operation] = row
	}
	if asked {
		row.Requests++
		if len(requests) == 0 {
			row.ValidRequests++
		}
	}
	if answered {
		row.Answers++
		if len(answers) == 0 {
			row.ValidAnswers++
		}
	}
	for _, p := range slices.Concat(requests, answers) {
		if !slices.Contains(l.problems, p) {
			l.problems = append(l.problems, p)
		}
	}
}

// unexcused gives the findings that no exception covers, as problems.
func (l *Log) unexcused(b *book, operation string, side Side, findings []string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, f := range findings {
		i := slices.IndexFunc(Exceptions, func(e Exception) bool { return e.covers(b.Name, operation, side, f) })
		if i < 0 {
			out = append(out, strings.Join([]string{b.Name, operation, string(side) + ":", f}, " "))
			continue
		}
		l.used[Exceptions[i]]++
	}
	return out
}

// Problems gives what deviates and is not excused, each once.
func (l *Log) Problems() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.problems)
}

// Used tells how often an exception was needed.
func (l *Log) Used(e Exception) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.used[e]
}

// Rows gives what was seen, sorted by provider and operation.
func (l *Log) Rows() []Row {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []Row
	for _, r := range l.rows {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Operation, b.Operation))
	})
	return out
}

// names gives a map's keys, sorted.
func names[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
