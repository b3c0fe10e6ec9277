package jitsi

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tocsin/internal/connect"
	"tocsin/internal/connect/conformance"
)

const canary = "canary-room-secret-2718"

func TestConformance(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(s.Close)
	c, err := New(Config{BaseURL: s.URL + "/", RoomSecret: canary, AppID: "tocsin", AppSecret: appCanary}, s.Client())
	if err != nil {
		t.Fatal(err)
	}
	conformance.Run(t, conformance.Suite{Connector: c, Secrets: []string{canary, appCanary}, Samples: []conformance.Sample{
		conformance.Fixed(connect.RoomOpen, connect.RoomRequest{Topic: "INC-1"}),
		{Kind: connect.RoomLicense, Raw: func(made map[connect.Kind]connect.Result) any {
			return connect.RoomMove{ID: made[connect.RoomOpen].Ref}
		}},
	}})
}

func TestRooms(t *testing.T) {
	t.Parallel()
	c, err := New(Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := New(Config{RoomSecret: canary}, nil)
	if err != nil {
		t.Fatal(err)
	}
	do := func(c *Connector, kind connect.Kind, mark, raw string) connect.Result {
		t.Helper()
		r, err := c.Operations()[kind].Do(t.Context(), connect.Call{Mark: mark, Raw: []byte(raw)})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	one := do(c, connect.RoomOpen, "mark-1", `{}`)
	if !strings.HasPrefix(one.URL, "https://meet.jit.si/tocsin-") || one.Outputs["host"] != "meet.jit.si" {
		t.Errorf("got %+v", one)
	}
	if one.Ref == do(c, connect.RoomOpen, "mark-2", `{}`).Ref || one.Ref == do(other, connect.RoomOpen, "mark-1", `{}`).Ref {
		t.Error("two rooms have one name")
	}
	if kept := do(c, connect.RoomLicense, "mark-3", `{"id":"`+one.Ref+`"}`); kept.URL != one.URL || kept.Outputs["moved"] != "false" {
		t.Errorf("a room of ours: %+v", kept)
	}
	if moved := do(c, connect.RoomLicense, "mark-3", `{"id":"88812345678"}`); moved.URL == one.URL || moved.Outputs["moved"] != "true" {
		t.Errorf("another tool's room: %+v", moved)
	}
	if _, err := New(Config{BaseURL: "meet.jit.si"}, nil); err == nil {
		t.Error("an address without a scheme was taken")
	}
}
