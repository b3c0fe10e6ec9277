package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"tocsin/internal/api"
	"tocsin/internal/incident"
)

// server is the address that flags or variables name.
func (e *env) server() string {
	if e.global.server != "" {
		return e.global.server
	}
	if server, _ := lookup(e.environ, "TOCSIN_SERVER"); server != "" {
		return server
	}
	return "http://127.0.0.1:8080"
}

// client speaks to the server that flags or variables name.
func (e *env) client() (*api.Client, error) {
	token, _ := lookup(e.environ, "TOCSIN_TOKEN")
	if e.global.tokenFile != "" {
		b, err := os.ReadFile(e.global.tokenFile)
		if err != nil {
			return nil, failf(exitUsage, "the token can't be read: %w", err)
		}
		token = strings.TrimSpace(string(b))
	}
	if token == "" {
		return nil, failf(exitDenied, "no token: set TOCSIN_TOKEN to one made by: tocsin token create")
	}
	return api.NewClient(e.server(), token, nil), nil
}

// remote turns an error of the API into its exit code.
func remote(err error) error {
	var p *api.Problem
	if errors.As(err, &p) {
		return &fault{p.ExitCode(), err}
	}
	return err
}

// which finds the incident a verb is about: the flag, the variable, what tocsin use set, or the only active one. It never guesses between two.
func (e *env) which(ctx context.Context, c *api.Client) (string, error) {
	if e.global.incident != "" {
		return e.global.incident, nil
	}
	if id := e.named(); id != "" {
		return id, nil
	}
	list, _, err := c.List(ctx, api.ListOptions{Status: incident.Active})
	if err != nil {
		return "", remote(err)
	}
	switch len(list) {
	case 0:
		last, _, err := c.List(ctx, api.ListOptions{Limit: 1})
		if err != nil {
			return "", remote(err)
		}
		if len(last) == 0 {
			return "", failf(exitNotFound, "there is no incident yet; tocsin declare begins one")
		}
		e.say("→ %s %s (the last one; none is active)", last[0].ID, last[0].Title)
		return last[0].ID, nil
	case 1:
		e.say("→ %s %s", list[0].ID, list[0].Title)
		return list[0].ID, nil
	}
	var names []string
	for _, s := range list {
		names = append(names, s.ID)
	}
	return "", failf(exitUsage, "%d incidents are active (%s); name one with -i", len(list), strings.Join(names, ", "))
}

// named is the incident that the variable or tocsin use names; empty: none.
func (e *env) named() string {
	if id, _ := lookup(e.environ, "TOCSIN_INCIDENT"); id != "" {
		return id
	}
	id := e.used()[e.server()]
	if id != "" {
		e.say("→ %s (tocsin use; --clear ends that)", id)
	}
	return id
}

// say tells something on stderr, unless quiet.
func (e *env) say(format string, args ...any) {
	if !e.global.quiet {
		fmt.Fprintf(e.err, format+"\n", args...)
	}
}

// print writes data: JSON if asked for, else what text writes.
func (e *env) print(data any, text func()) error {
	if e.global.json {
		enc := json.NewEncoder(e.out)
		enc.SetIndent("", "  ")
		return enc.Encode(data)
	}
	text()
	return nil
}

// do gives a command and prints one line: what changed.
func (e *env) do(ctx context.Context, kind string, fields map[string]any) (*api.Result, error) {
	c, err := e.client()
	if err != nil {
		return nil, err
	}
	id, err := e.which(ctx, c)
	if err != nil {
		return nil, err
	}
	for k, v := range fields {
		if v == "" || v == nil || v == false {
			delete(fields, k)
		}
	}
	key := e.global.key
	if key == "" {
		key = api.NewKey()
	}
	res, err := c.Do(ctx, id, kind, fields, key)
	if err != nil {
		return nil, remote(err)
	}
	return res, e.print(res, func() {
		if len(res.Entries) == 0 {
			fmt.Fprintf(e.out, "%s  it is so already\n", res.Incident.ID)
		}
		for _, entry := range res.Entries {
			if entry.Kind == "pseudonyms" {
				continue // bookkeeping
			}
			fmt.Fprintf(e.out, "%s  %s  %s\n", res.Incident.ID, entry.ID, entry.Text)
		}
	})
}
