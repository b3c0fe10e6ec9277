package connect

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Endpoint reads a base URL of the configuration and gives it without a trailing slash. An empty value means otherwise. key names the
// setting in the error; the value stays out of it, for it may hold credentials.
func Endpoint(key, value, otherwise string) (string, error) {
	if value == "" {
		value = otherwise
	}
	u, err := url.Parse(strings.TrimSpace(value))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%s: want an address such as %s", key, otherwise)
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// Client is base for talking to a provider: it retries nothing, and follows a redirect only for reading and only on the same host, so
// that no credentials travel. A nil base gives one with time limits of its own; base itself is not changed.
func Client(base *http.Client) *http.Client {
	c := http.Client{Timeout: time.Minute}
	if base != nil {
		c = *base
	}
	c.Jar = nil
	c.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		first := via[0]
		if len(via) > 3 || first.Method != http.MethodGet || req.URL.Host != first.URL.Host || req.URL.Scheme != first.URL.Scheme {
			return http.ErrUseLastResponse
		}
		return nil
	}
	return &c
}

// Answer is a provider's whole answer.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// longest is far above any answer the connectors ask for.
const longest = 16 << 20

// Send sends req and reads the whole answer, whatever its status. The error is an *Error: of the transport (Failure), or Unknown for an
// answer that is cut off, or that sends us elsewhere as a sign-in page or a captive network does.
func Send(client *http.Client, provider string, req *http.Request) (Answer, error) {
	resp, err := client.Do(req)
	if err != nil {
		return Answer{}, Failure(provider, err)
	}
	defer resp.Body.Close()
	a := Answer{Status: resp.StatusCode, Header: resp.Header}
	if a.Body, err = io.ReadAll(io.LimitReader(resp.Body, longest)); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return a, &Error{Kind: Unknown, Status: a.Status, Message: fmt.Sprintf("%s: the answer of %s was cut off", provider, req.URL.Host)}
		}
		return a, Failure(provider, &url.Error{Op: req.Method, URL: req.URL.String(), Err: err})
	}
	if a.Status >= 300 && a.Status < 400 {
		return a, &Error{Kind: Unknown, Status: a.Status, Message: fmt.Sprintf("%s: %s sends us elsewhere: check the address in the configuration, and whether a proxy wants a sign-in", provider, req.URL.Host)}
	}
	return a, nil
}

// JSON reads the answer into v. An answer that is not JSON, such as a sign-in page, or that breaks off gives Unknown.
func (a Answer) JSON(provider string, v any) error {
	if err := json.Unmarshal(a.Body, v); err != nil {
		what := "an answer that can't be read"
		if strings.Contains(strings.ToLower(a.Header.Get("Content-Type")), "html") {
			what = "a web page in place of an answer: does a proxy or a sign-in stand in between?"
		}
		return &Error{Kind: Unknown, Status: a.Status, Message: provider + " gave " + what}
	}
	return nil
}

// Unsent is err of a call that only prepared the real one: nothing was done yet, so Unknown becomes Retry.
func Unsent(provider string, err error) *Error {
	e := *Failure(provider, err)
	if e.Kind == Unknown {
		e.Kind = Retry
	}
	return &e
}
