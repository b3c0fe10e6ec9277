package api

import (
	"net/http"
	"strings"
	"testing"
)

func TestConnectors(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if got := h.must("vera", "GET", "/api/v1/connectors", ""); !strings.Contains(got.body, `{"name":"builtin","capabilities":{"document":2}}`) {
		t.Errorf("%s", got.body)
	}
	if got := h.must("adam", "POST", "/api/v1/connectors/builtin/check", ""); !strings.Contains(got.body, `"ok":true`) {
		t.Errorf("%s", got.body)
	}
	h.ask("adam", "POST", "/api/v1/connectors/slack/check", "").problem(t, http.StatusNotFound, "not_found")
	for range 30 {
		if got := h.ask("adam", "POST", "/api/v1/connectors/builtin/check", ""); got.status == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("connections can be tested without end")
}
