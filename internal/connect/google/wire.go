package google

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"tocsin/internal/connect"
)

// Client is for Google's own libraries: it signs what they send, repeats nothing but what a stale token had turned down, and lets only
// whole, readable successes through. All its errors hold a *connect.Error; a refusal holds a *Refusal too.
func (a *Account) Client() *http.Client { return &http.Client{Transport: wire{a}} }

type wire struct{ account *Account }

// RoundTrip sends req with our signature.
func (w wire) RoundTrip(req *http.Request) (*http.Response, error) {
	answer, err := w.account.send(req)
	if err != nil {
		return nil, err
	}
	if answer.Status != http.StatusNoContent {
		var any json.RawMessage
		if err := answer.JSON(w.account.provider, &any); err != nil {
			return nil, err
		}
	}
	return &http.Response{
		Status: http.StatusText(answer.Status), StatusCode: answer.Status, Header: answer.Header, Request: req,
		Body: io.NopCloser(bytes.NewReader(answer.Body)), ContentLength: int64(len(answer.Body)),
	}, nil
}

// Text fetches a text of type media from address, one of Google's own. Another host that the address leads to gets no signature.
func (a *Account) Text(ctx context.Context, address, media string) (string, error) {
	signed := true
	for range 4 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return "", unreadable(a.provider)
		}
		var answer connect.Answer
		if signed {
			answer, err = a.send(req)
		} else {
			if answer, err = connect.Send(a.client, a.provider, req); err == nil {
				err = a.judge(answer, "")
			}
		}
		if err == nil {
			if got := answer.Header.Get("Content-Type"); !strings.HasPrefix(got, media) {
				return "", unreadable(a.provider)
			}
			return string(answer.Body), nil
		}
		to, lerr := req.URL.Parse(answer.Header.Get("Location"))
		if answer.Status < 300 || answer.Status >= 400 || lerr != nil || !own(to) {
			return "", err
		}
		address, signed = to.String(), false
	}
	return "", unreadable(a.provider)
}

// Trusted reports whether address may be given our signature: it is Google's own, or lies on the server that base names.
func Trusted(address, base string) bool {
	u, err := url.Parse(address)
	b, berr := url.Parse(base)
	return err == nil && u.User == nil && (own(u) || berr == nil && u.Scheme == b.Scheme && u.Host == b.Host)
}

func own(u *url.URL) bool {
	host := u.Hostname()
	for _, domain := range []string{"google.com", "googleapis.com", "googleusercontent.com"} {
		if u.Scheme == "https" && (host == domain || strings.HasSuffix(host, "."+domain)) {
			return true
		}
	}
	return false
}

func unreadable(provider string) *connect.Error {
	return &connect.Error{Kind: connect.Unknown, Message: provider + " gave an answer that can't be read"}
}

// send signs and sends req. A 401 means that nothing was done, so it is sent once more under a new token.
func (a *Account) send(req *http.Request) (connect.Answer, error) {
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return connect.Answer{}, connect.Unsent(a.provider, err)
		}
		_ = req.Body.Close()
	}
	var stale string
	for again := true; ; again = false {
		token, err := a.access(req.Context(), stale)
		if err != nil {
			return connect.Answer{}, err
		}
		signed := req.Clone(req.Context())
		signed.Header.Set("Authorization", "Bearer "+token)
		if req.Body != nil {
			// The transport sends it anew only if Google surely has not seen it, as when an idle connection was just closed.
			signed.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
			signed.Body, _ = signed.GetBody()
			signed.ContentLength = int64(len(body))
		}
		answer, err := connect.Send(a.client, a.provider, signed)
		if err != nil {
			return answer, err
		}
		if answer.Status == http.StatusUnauthorized && again {
			stale = token
			continue
		}
		return answer, a.judge(answer, token)
	}
}
