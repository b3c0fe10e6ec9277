package slack

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"

	"tocsin/internal/connect"
)

// gate stands between the Slack library and the network. It sends the token as a header instead of in the body, where logs and proxies
// would keep it, and judges every answer itself: the library takes an answer without "ok" for a success and quotes bodies in errors.
// What it lets through is an answer that says ok: true.
type gate struct {
	client *http.Client
	token  string
}

// Do sends req. Its errors are *apiError (Slack said no) or *connect.Error.
func (g *gate) Do(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, connect.Failure(provider, err)
		}
		if strings.HasPrefix(req.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
			form, err := url.ParseQuery(string(body))
			if err != nil {
				return nil, connect.Failure(provider, err)
			}
			form.Del("token")
			body = []byte(form.Encode())
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
		req.ContentLength = int64(len(body))
	}
	req.Header.Set("Authorization", "Bearer "+g.token)

	answer, err := connect.Send(g.client, provider, req)
	if err != nil {
		return nil, err
	}
	// Slack answers nearly everything with 200; other statuses may still name a code in JSON.
	var said struct {
		OK       *bool  `json:"ok"`
		Error    string `json:"error"`
		Needed   string `json:"needed"`
		Metadata struct {
			Messages []string `json:"messages"`
		} `json:"response_metadata"`
	}
	jsonErr := answer.JSON(provider, &said)
	method := req.URL.Path[strings.LastIndexByte(req.URL.Path, '/')+1:]
	switch {
	case jsonErr == nil && said.OK != nil && !*said.OK && said.Error != "" && answer.Status < 500:
		return nil, refusal(method, said.Error, said.Needed, answer)
	case answer.Status != http.StatusOK:
		e := connect.Status(provider, answer.Status, answer.Header, "")
		if e.Kind == connect.Refused {
			e.Message += ": check connectors.slack.base_url"
		}
		return nil, e
	case jsonErr != nil:
		return nil, jsonErr
	case said.OK == nil || !*said.OK:
		return nil, &connect.Error{Kind: connect.Unknown, Status: answer.Status, Message: "slack gave an answer that says neither yes nor no"}
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Header: answer.Header, Request: req,
		Body: io.NopCloser(bytes.NewReader(answer.Body)), ContentLength: int64(len(answer.Body)),
	}, nil
}
