package contract_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"tocsin/internal/contract"
	"tocsin/internal/standin"
)

// refusals are what a provider may say instead of yes, as faults of the stand-ins.
var refusals = []string{
	`"fault":"token_expired"`, `"fault":"wrong_scope"`, `"fault":"status","status":400`, `"fault":"status","status":403`, `"fault":"status","status":404`,
	`"fault":"status","status":409`, `"fault":"status","status":429,"retry_after":1`, `"fault":"status","status":500`, `"fault":"status","status":503`,
}

var hole = regexp.MustCompile(`\{[^}]*\}`)

// refuse lets the stand-ins refuse every operation in every way, with credentials and without. Only what they answer is judged.
func refuse(t *testing.T, log *contract.Log) {
	stand := standin.New(standin.Options{})
	watched, plain := httptest.NewServer(log.WatchAnswers(stand)), httptest.NewServer(stand)
	defer watched.Close()
	defer plain.Close()
	defer func() { _ = stand.Close() }()
	send := func(method, url, authorization, body string) int {
		req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", authorization)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode
	}
	for _, p := range contract.Providers() {
		for _, operation := range p.Operations {
			method, path, _ := strings.Cut(operation, " ")
			path = p.Prefix + strings.TrimPrefix(hole.ReplaceAllString(path, "1"), p.Base)
			send(method, watched.URL+path, "", "")
			for _, fault := range refusals {
				set := fmt.Sprintf(`[{"match":%q,"nth":1,%s}]`, method+" "+path, fault)
				if status := send(http.MethodPost, plain.URL+"/_faults", "", set); status >= 300 {
					t.Fatalf("%s: %d", set, status)
				}
				send(method, watched.URL+path, "Bearer x", "{}")
			}
		}
	}
}
