package mattermost

import (
	"strings"
	"testing"

	"tocsin/internal/connect"
)

func TestQuiet(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"@channel, we have a major outage": "@channel, we have a major outage",
		"@here and @ALL, @all_ @@here.":    "@_here and @_ALL, @_all_ @@_here.",
		"me@all.example @allison":          "me@all.example @allison",
		"[x](https://e.example/@all) @all": "[x](https://e.example/@all) @_all",
		"https://e.example/@here (@here)":  "https://e.example/@here (@_here)",
	} {
		want = strings.NewReplacer("@_h", "@\u200bh", "@_a", "@\u200ba", "@_A", "@\u200bA").Replace(want)
		if got := quiet(in); got != want {
			t.Errorf("quiet(%q)\n got %q\nwant %q", in, got, want)
		}
	}
}

func TestPostNotifiesOnlyAsAsked(t *testing.T) {
	t.Parallel()
	c, s := against(t)
	op := c.Operations()[connect.ChatPost]
	if _, err := op.Do(t.Context(), call(t, connect.ChatMessage{Channel: "general", Text: "@channel: @here it said"})); err != nil {
		t.Fatal(err)
	}
	if posts := objects(t, s, "mattermost.post"); len(posts) != 1 || posts[0]["message"] != "@channel: @\u200bhere it said" {
		t.Errorf("posted %v", posts)
	}
}
