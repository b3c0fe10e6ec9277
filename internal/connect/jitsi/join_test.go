package jitsi

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"tocsin/internal/connect"
)

const appCanary = "canary-app-secret-1414"

func TestJoin(t *testing.T) {
	t.Parallel()
	c, err := New(Config{BaseURL: "https://meet.example.com", AppID: "tocsin", AppSecret: appCanary}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Operations()[connect.RoomOpen].Do(t.Context(), connect.Call{Mark: "mark-1", Raw: []byte(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(r.URL, "?") || strings.Contains(r.URL, "jwt") {
		t.Fatalf("what goes into the log holds a token: %s", r.URL)
	}
	joined, err := c.Join(r.URL)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(joined)
	if err != nil {
		t.Fatal(err)
	}
	pass := u.Query().Get("jwt")
	u.RawQuery = ""
	if u.String() != r.URL || strings.Contains(joined, appCanary) {
		t.Errorf("it leads to %s", joined)
	}
	claims := jwt.MapClaims{}
	if _, err := jwt.ParseWithClaims(pass, claims, func(*jwt.Token) (any, error) { return []byte(appCanary), nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithIssuer("tocsin"), jwt.WithAudience("tocsin"), jwt.WithExpirationRequired()); err != nil {
		t.Fatal(err)
	}
	if claims["room"] != r.Ref || claims["context"] != nil {
		t.Errorf("the token says %v", claims)
	}
	if end, err := claims.GetExpirationTime(); err != nil || time.Until(end.Time) > passLasts {
		t.Errorf("it holds until %v, %v", end, err)
	}
	for _, other := range []string{"https://meet.example.com/", "https://meet.example.com/standup", "https://meet.example.com.evil.example/" + r.Ref, "https://zoom.example/j/1",
		"https://meet.example.com/x/" + r.Ref, r.URL + "#config"} {
		if got, err := c.Join(other); err != nil || got != other {
			t.Errorf("%s became %s, %v", other, got, err)
		}
	}
	open, err := New(Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := open.Join("https://meet.jit.si/" + r.Ref); err != nil || strings.Contains(got, "jwt") {
		t.Errorf("a server that wants no token: %s, %v", got, err)
	}
}

func TestAppConfig(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{
		{BaseURL: "https://meet.example.com", AppID: "tocsin"},
		{BaseURL: "https://meet.example.com", AppSecret: appCanary},
		{AppID: "tocsin", AppSecret: appCanary},
	} {
		if _, err := New(c, nil); err == nil || strings.Contains(err.Error(), appCanary) {
			t.Errorf("%v", err)
		}
	}
}
