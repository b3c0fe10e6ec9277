package contract_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"tocsin/internal/connect"
	"tocsin/internal/redact"
)

// detours make connectors call what they call only when things are not as usual.
var detours = map[string]func(*testing.T, world, connect.Connector){
	"bluesky": func(t *testing.T, w world, c connect.Connector) {
		// The token runs out, and something else was posted under the same mark before.
		w.do(t, http.MethodPost, "/_faults", []any{map[string]any{"match": "POST /bluesky/xrpc/com.atproto.repo.putRecord", "nth": 1, "fault": "token_expired"}})
		do(t, c, connect.SocialPost, map[string]string{"text": "We are looking into it."})
		do(t, c, connect.SocialPost, map[string]string{"text": "We are still looking into it."})
	},
	"google": func(t *testing.T, w world, c connect.Connector) {
		made := do(t, c, connect.DocumentCreate, map[string]string{"title": "Zelda's outage"})
		document := map[string]string{"id": made.Ref, "domain": "example.com"}
		// Somebody let the organisation read the document, which is too little.
		w.do(t, http.MethodPost, "/google/drive/v3/files/"+made.Ref+"/permissions", map[string]string{"type": "domain", "role": "reader", "domain": "example.com"})
		do(t, c, connect.DocumentShare, document)
		// A name stands in the title and in the text when the document shall be published.
		w.do(t, http.MethodPost, "/google/docs/v1/documents/"+made.Ref+":batchUpdate", map[string]any{"requests": []any{
			map[string]any{"insertText": map[string]any{"location": map[string]any{"index": 1}, "text": "Zelda was here"}},
		}})
		do(t, c, connect.DocumentPublish, document)
	},
}

// do carries one operation out. Zelda is the one name there is.
func do(t *testing.T, c connect.Connector, kind connect.Kind, request any) connect.Result {
	t.Helper()
	raw, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	const name = "Zelda"
	result, err := c.Operations()[kind].Do(t.Context(), connect.Call{
		Mark: "detour-" + strings.ReplaceAll(string(kind), ".", "-"), Since: time.Now(), Raw: raw, Seal: redact.New(nil, nil).Seal,
		Leaks: func(text string) []string {
			if strings.Contains(text, name) {
				return []string{name}
			}
			return nil
		},
		Replace: func(text string) []connect.Replacement {
			if i := strings.Index(text, name); i >= 0 {
				return []connect.Replacement{{Start: i, End: i + len(name), Text: "an engineer"}}
			}
			return nil
		},
	})
	if err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	return result
}
