package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tocsin/internal/api"
	"tocsin/internal/incident"
)

// lookEvery is how often a waiting verb asks how things stand.
const lookEvery = 150 * time.Millisecond

// patience is how long a verb shows steps that are under way before it lets the person go on.
const patience = time.Minute

// watched has a verb show what its command sets going, until nothing automatic is under way. c is the verb; its --no-wait returns at once.
func (e *env) watched(c *cobra.Command) *cobra.Command {
	run := c.RunE
	now := c.Flags().Bool("no-wait", false, "don't wait for the steps this sets going")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if *now {
			return run(cmd, args)
		}
		cl, err := e.client()
		if err != nil {
			return err
		}
		id, err := e.which(cmd.Context(), cl)
		if err != nil {
			return err
		}
		e.global.incident = id
		before, err := cl.Steps(cmd.Context(), id)
		if err != nil {
			return remote(err)
		}
		if err := run(cmd, args); err != nil {
			return err
		}
		return e.progress(cmd.Context(), cl, id, before)
	}
	return c
}

// progress shows, on stderr, what becomes of steps that have changed since before, until nothing automatic is under way. Exit 6: a step
// needs a hand.
func (e *env) progress(ctx context.Context, cl *api.Client, id string, before []api.Step) error {
	was, said := map[string]string{}, map[string]string{}
	for _, s := range before {
		was[s.ID] = outcomeOf(s)
	}
	var open, needy []string
	err := until(ctx, patience, func() (bool, error) {
		steps, err := cl.Steps(ctx, id)
		if err != nil {
			return false, remote(err)
		}
		open, needy = nil, nil
		for _, s := range steps {
			out := outcomeOf(s)
			switch {
			case moving(s):
				open = append(open, s.ID)
			case out != was[s.ID] && (s.State == "failed" || s.State == "unsure" || s.State == "by_hand" && !s.Finished):
				needy = append(needy, s.ID)
			}
			if out != "" && out != was[s.ID] && out != said[s.ID] {
				e.say("%s", out)
				said[s.ID] = out
			}
		}
		return len(open) == 0, nil
	})
	switch {
	case errors.Is(err, errLate):
		e.say("Still under way: %s. Next: tocsin steps", strings.Join(open, ", "))
	case err != nil:
		return err
	}
	if len(needy) > 0 {
		e.say("Needs a hand: %s. Next: tocsin steps by-hand %s", strings.Join(needy, ", "), needy[0])
		return &fault{exitPartly, silent}
	}
	return nil
}

// moving reports whether the machine is at a step, or soon tries it again; one that waits for a service that is down is let be.
func moving(s api.Step) bool {
	return s.Automatic && (s.State == "due" && s.WaitsFor == "" || s.State == "started" || s.State == "failed" && s.NextTry != nil)
}

// outcomeOf says what became of a step, in one line; empty while nothing has.
func outcomeOf(s api.Step) string {
	switch {
	case s.State == "done" && s.Kind != "":
		return strings.TrimRight(fmt.Sprintf("✔ %s  %s", s.Title, s.URL), " ")
	case s.WaitsFor != "" && s.NextTry != nil:
		return fmt.Sprintf("◔ %s: %s; waits until it is up, tried all the same at %s", s.Title, s.Error, s.NextTry.UTC().Format("15:04Z"))
	case s.State == "failed" && s.NextTry != nil:
		return fmt.Sprintf("✖ %s: %s; tries again at %s", s.Title, s.Error, s.NextTry.UTC().Format("15:04:05Z"))
	case s.State == "failed":
		return fmt.Sprintf("✖ %s: %s → tocsin steps by-hand %s", s.Title, s.Error, s.ID)
	case s.State == "unsure":
		return fmt.Sprintf("? %s: not known whether it went out → tocsin steps unsure %s went-out, did-not or again", s.Title, s.ID)
	case s.State == "by_hand" && !s.Finished:
		return fmt.Sprintf("▲ %s: by hand → tocsin steps by-hand %s", s.Title, s.ID)
	}
	return ""
}

// errLate is that a wait took too long.
var errLate = errors.New("waited in vain")

// until asks again and again till f is content, at most for so long.
func until(ctx context.Context, most time.Duration, f func() (bool, error)) error {
	late := time.NewTimer(most)
	defer late.Stop()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if ok, err := f(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-late.C:
			return errLate
		case <-tick.C:
		}
	}
}

func waitVerb(e *env) *cobra.Command {
	var what string
	var most time.Duration
	c := &cobra.Command{
		Use:     "wait",
		Short:   "Wait until an incident is resolved or major, or its steps are done",
		Example: `  tocsin wait --for steps --timeout 2m && tocsin open public --print`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			cl, err := e.client()
			if err != nil {
				return err
			}
			id, err := e.which(ctx, cl)
			if err != nil {
				return err
			}
			reached, known := goals[what]
			if !known {
				return failf(exitUsage, "--for %q: wait for resolved, major or steps", what)
			}
			err = until(ctx, most, func() (bool, error) {
				i, err := cl.Show(ctx, id)
				if err != nil {
					return false, remote(err)
				}
				steps, err := cl.Steps(ctx, id)
				if err != nil {
					return false, remote(err)
				}
				return reached(i, steps), nil
			})
			if errors.Is(err, errLate) {
				return failf(exitTimeout, "%s: not so within %s", what, most)
			}
			return err
		},
	}
	c.Flags().StringVar(&what, "for", "steps", "resolved, major or steps")
	c.Flags().DurationVar(&most, "timeout", 10*time.Minute, "how long at most; then exit 8")
	return c
}

// goals is what can be waited for.
var goals = map[string]func(*api.Incident, []api.Step) bool{
	"resolved": func(i *api.Incident, _ []api.Step) bool { return i.Status != incident.Active },
	"major":    func(i *api.Incident, _ []api.Step) bool { return i.Kind == incident.Major },
	"steps": func(_ *api.Incident, steps []api.Step) bool {
		return !slices.ContainsFunc(steps, moving)
	},
}
