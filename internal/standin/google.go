package standin

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// google is one account's Drive, with its documents, and Google's sign-in. YouTube is another stand-in of the same manners.
type google struct {
	files  []*driveFile
	minted int // files so far: ids are not used again
	tokens int
}

const googleToken = "/google/token"

// googleAccount is who everyone is that signs in.
const googleAccount = "tocsin@standin.example"

func newGoogle() *google { return &google{} }

func (g *google) provider() *provider {
	return &provider{
		name: "google", prefixes: []string{"/google/token", "/google/docs", "/google/drive", "/google/feeds"},
		routes: []route{
			{"POST " + googleToken, g.token},
			{"GET /google/drive/v3/about", g.about},
			{"POST /google/drive/v3/files", g.createFile},
			{"GET /google/drive/v3/files", g.listFiles},
			{"GET /google/drive/v3/files/{file}", g.getFile},
			{"PATCH /google/drive/v3/files/{file}", g.updateFile},
			{"DELETE /google/drive/v3/files/{file}", g.deleteFile},
			{"GET /google/drive/v3/files/{file}/export", g.exportFile},
			{"GET " + exportPath, g.exportRevision},
			{"GET /google/drive/v3/files/{file}/revisions", g.listRevisions},
			{"GET /google/drive/v3/files/{file}/revisions/{revision}", g.getRevision},
			{"PATCH /google/drive/v3/files/{file}/revisions/{revision}", g.updateRevision},
			{"POST /google/drive/v3/files/{file}/comments", g.createComment},
			{"POST /google/drive/v3/files/{file}/permissions", g.createPermission},
			{"GET /google/drive/v3/files/{file}/permissions", g.listPermissions},
			{"PATCH /google/drive/v3/files/{file}/permissions/{permission}", g.updatePermission},
			{"DELETE /google/drive/v3/files/{file}/permissions/{permission}", g.deletePermission},
			{"POST /google/docs/v1/documents", g.createDocument},
			{"GET /google/docs/v1/documents/{document}", g.getDocument},
			{"POST /google/docs/v1/documents/{document}", g.batchUpdate},
		},
		admit: googleAdmit, unknown: googleUnknown, expired: googleExpired, unscoped: googleUnscoped("drive"), refused: googleRefused,
		objects: g.objects,
		panel:   g.panel,
	}
}

// googleStatus names HTTP statuses as Google does.
var googleStatus = map[int]string{
	400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ALREADY_EXISTS", 412: "FAILED_PRECONDITION",
	429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}

// googleError is the body of every refusal of Google's APIs.
func googleError(code int, reason, format string, args ...any) reply {
	message := fmt.Sprintf(format, args...)
	status := googleStatus[code]
	if status == "" {
		status = "UNKNOWN"
	}
	return reply{status: code, body: map[string]any{"error": map[string]any{
		"code": code, "message": message, "status": status,
		"errors": []any{map[string]any{"message": message, "domain": "global", "reason": reason}},
	}}}
}

func googleAdmit(r *request) *reply {
	if r.URL.Path == googleToken || r.bearer() != "" {
		return nil
	}
	no := googleError(http.StatusUnauthorized, "required", "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential.")
	return &no
}

func googleUnknown(*request) reply {
	return reply{status: http.StatusNotFound, body: document{"text/html; charset=UTF-8", "<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title><p>The requested URL was not found on this server."}}
}

func googleExpired(r *request) reply {
	if r.URL.Path == googleToken {
		return googleNoToken("invalid_grant", "Token has been expired or revoked.")
	}
	return googleError(http.StatusUnauthorized, "authError", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.")
}

// googleUnscoped answers that the token lacks a scope, the last part of its address being name.
func googleUnscoped(name string) operation {
	return func(r *request) reply {
		if r.URL.Path == googleToken {
			return googleNoToken("invalid_scope", "Some requested scopes cannot be shown.")
		}
		return googleError(http.StatusForbidden, "insufficientPermissions", "Request had insufficient authentication scopes.").
			with("Www-Authenticate", `Bearer realm="https://accounts.google.com/", error="insufficient_scope", scope="https://www.googleapis.com/auth/`+name+`"`)
	}
}

func googleRefused(r *request, status int) reply {
	if r.URL.Path == googleToken {
		return googleNoToken("internal_failure", http.StatusText(status))
	}
	reason, message := "backendError", http.StatusText(status)
	switch status {
	case http.StatusForbidden, http.StatusTooManyRequests:
		reason, message = "rateLimitExceeded", "Rate Limit Exceeded"
	case http.StatusBadRequest:
		reason, message = "badRequest", "Bad Request"
	case http.StatusNotFound:
		reason, message = "notFound", "Not Found"
	}
	return googleError(status, reason, "%s", message)
}

func googleNoToken(code, description string) reply {
	return reply{status: http.StatusBadRequest, body: map[string]any{"error": code, "error_description": description}}
}

// token signs in: service accounts by a signed assertion, which is read but whose signature is not checked, people by a refresh token.
func (g *google) token(r *request) reply {
	scope := r.arg("scope")
	switch r.arg("grant_type") {
	case "urn:ietf:params:oauth:grant-type:jwt-bearer":
		claims, err := jwtClaims(r.arg("assertion"), r.now)
		if err != nil {
			return googleNoToken("invalid_grant", "Invalid JWT: "+err.Error())
		}
		scope = claims.Scope
	case "refresh_token":
		id, _, basic := r.BasicAuth()
		switch {
		case r.arg("client_id") == "" && (!basic || id == ""):
			return reply{status: http.StatusUnauthorized, body: map[string]any{"error": "invalid_client", "error_description": "The OAuth client was not found."}}
		case r.arg("refresh_token") == "":
			return googleNoToken("invalid_request", "Missing required parameter: refresh_token")
		}
	default:
		return googleNoToken("unsupported_grant_type", "Invalid grant_type: "+r.arg("grant_type"))
	}
	g.tokens++
	answer := map[string]any{"access_token": "ya29." + opaque("google token", g.tokens), "expires_in": 3599, "token_type": "Bearer"}
	if scope != "" {
		answer["scope"] = scope
	}
	return reply{status: http.StatusOK, body: answer}
}

type claims struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"`
	Scope    string `json:"scope"`
	Issued   int64  `json:"iat"`
	Expires  int64  `json:"exp"`
}

// jwtClaims reads a signed assertion that asks for a token.
func jwtClaims(assertion string, now time.Time) (c claims, err error) {
	parts := strings.Split(assertion, ".")
	if len(parts) != 3 || parts[2] == "" {
		return c, errors.New("Not a valid assertion.")
	}
	var header struct {
		Algorithm string `json:"alg"`
	}
	for i, v := range []any{&header, &c} {
		b, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil || json.Unmarshal(b, v) != nil {
			return c, errors.New("Failed to decode.")
		}
	}
	switch {
	case header.Algorithm != "RS256":
		return c, errors.New("Algorithm must be RS256.")
	case c.Issuer == "":
		return c, errors.New("Missing iss.")
	case c.Audience == "":
		return c, errors.New("Missing aud.")
	case c.Expires <= now.Unix() || c.Issued > now.Unix()+300 || c.Expires-c.Issued > 3700:
		return c, errors.New("Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.")
	}
	return c, nil
}

// googleBody reads the JSON object of a call into v, refusing fields that v does not have.
func googleBody(r *request, v any) *reply {
	if len(r.body) == 0 {
		return nil
	}
	if media := r.Header.Get("Content-Type"); !strings.HasPrefix(media, "application/json") {
		no := googleError(http.StatusBadRequest, "badContent", "Unsupported content with type: %s", media)
		return &no
	}
	d := json.NewDecoder(bytes.NewReader(r.body))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, end := d.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("more than one value")
		}
	}
	if err == nil {
		return nil
	}
	words := err.Error()
	if name, ok := strings.CutPrefix(words, "json: unknown field "); ok {
		words = "Unknown name " + name + ": Cannot find field."
	}
	no := googleError(http.StatusBadRequest, "parseError", "Invalid JSON payload received. %s", words)
	return &no
}

// googleTime writes times as Google does.
func googleTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
