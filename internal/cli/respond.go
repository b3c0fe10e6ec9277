package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/internal/incident"
)

// order is a verb that gives one command: its arguments fill fields, its flags fill the others.
type order struct {
	use, short, kind string
	args             []string          // fields the arguments fill, in order; the last takes the rest. "-": text from stdin
	optional         bool              // the last argument may be missing
	letters          map[string]string // flag → its letter
	flags            map[string]string // flag → what it is for; the field has the flag's name with _ for -
	pairs            map[string]string // flag that takes KEY=VALUE, more than once → what it is for; the field is the flag's name with an s
	lists            map[string]string // flag that takes words with commas between → what it is for
	switches         map[string]string // flag without a value → what it is for
	fixed            map[string]any
	aliases          []string
	watched          bool // sets steps going; the verb shows what becomes of them
}

func (o order) verb(e *env) *cobra.Command {
	values, on := map[string]*string{}, map[string]*bool{}
	c := &cobra.Command{Use: o.use, Short: o.short, Aliases: o.aliases}
	least := len(o.args)
	if o.optional {
		least--
	}
	c.Args = cobra.MinimumNArgs(least)
	if len(o.args) == 0 {
		c.Args = cobra.NoArgs
	}
	for f, help := range o.flags {
		values[f] = c.Flags().StringP(f, o.letters[f], "", help)
	}
	pairs, lists := map[string]*[]string{}, map[string]*[]string{}
	for f, help := range o.pairs {
		pairs[f] = c.Flags().StringArray(f, nil, help)
	}
	for f, help := range o.lists {
		lists[f] = c.Flags().StringSlice(f, nil, help)
	}
	for f, help := range o.switches {
		on[f] = c.Flags().Bool(f, false, help)
	}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		fields := map[string]any{}
		for k, v := range o.fixed {
			fields[k] = v
		}
		for n, name := range o.args {
			if n < len(args) {
				fields[name] = args[n]
				if n == len(o.args)-1 {
					text, err := e.text(strings.Join(args[n:], " "))
					if err != nil {
						return err
					}
					fields[name] = text
				}
			}
		}
		for f, v := range values {
			if *v != "" {
				fields[strings.ReplaceAll(f, "-", "_")] = *v
			}
		}
		for f, v := range pairs {
			given := map[string]string{}
			for _, one := range *v {
				key, value, ok := strings.Cut(one, "=")
				if !ok {
					return failf(exitUsage, "--%s %s: write it as --%s \"NAME=…\"", f, one, f)
				}
				given[strings.TrimSpace(key)] = value
			}
			if len(given) > 0 {
				fields[f+"s"] = given
			}
		}
		for f, v := range lists {
			if len(*v) > 0 {
				fields[f] = *v
			}
		}
		for f, v := range on {
			if *v {
				fields[strings.ReplaceAll(f, "-", "_")] = true
			}
		}
		_, err := e.do(cmd.Context(), o.kind, fields)
		return err
	}
	if o.watched {
		return e.watched(c)
	}
	return c
}

// text reads stdin where the argument is "-".
func (e *env) text(arg string) (string, error) {
	if arg != "-" {
		return arg, nil
	}
	b, err := io.ReadAll(io.LimitReader(e.in, 1<<20))
	return string(b), err
}

func give(o order) func(*env) *cobra.Command {
	return o.verb
}

var said = map[string]string{"at": "when it happened: 14:05, 14:05Z, -5m", "visibility": "internal, public or private", "reply": "the entry it answers", "contradicts": "the entry it contradicts"}

func spoken(kind string, aliases ...string) func(*env) *cobra.Command {
	return give(order{use: kind + " TEXT", short: "Add to the timeline as " + kind, kind: "say", args: []string{"text"}, flags: said, fixed: map[string]any{"as": kind}, aliases: aliases})
}

// orders are the verbs that give one command each.
var orders = []func(*env) *cobra.Command{
	give(order{use: "say TEXT", short: "Add to the timeline", kind: "say", args: []string{"text"},
		letters: map[string]string{"as": "k"}, flags: map[string]string{"as": "fact, finding, guess, action or decision", "at": said["at"], "visibility": said["visibility"], "reply": said["reply"], "contradicts": said["contradicts"]}}),
	spoken("fact"), spoken("finding", "find"), spoken("guess"), spoken("action", "act"), spoken("decision", "decide"),
	give(order{use: "amend ENTRY [TEXT]", short: "Correct an entry; what it said stays readable", kind: "amend", args: []string{"entry", "text"}, optional: true, flags: map[string]string{"at": said["at"], "why": "why"}}),
	give(order{use: "strike ENTRY --why WHY", short: "Blank an entry that held a secret or personal data", kind: "strike", args: []string{"entry"}, flags: map[string]string{"why": "why"}}),
	give(order{use: "settle ENTRY confirmed|ruled-out", short: "Settle a guess", kind: "settle_guess", args: []string{"entry", "outcome"}, flags: map[string]string{"why": "why"}}),
	give(order{use: "show-as ENTRY public|internal|private", short: "Make an entry public, or take it back", kind: "set_visibility", args: []string{"entry", "visibility"}}),
	give(order{use: "take ROLE", short: "Take a role: point, engineer, comms, marketing", kind: "take_role", args: []string{"role"}, switches: map[string]string{"force": "take it from whoever holds it"}, flags: map[string]string{"why": "why, with --force"}}),
	give(order{use: "give ROLE WHO", short: "Hand a role over", kind: "give_role", args: []string{"role", "to"}, flags: map[string]string{"note": "a word to the next holder"}}),
	give(order{use: "assign ROLE WHO", short: "Set who holds a role, without asking them", kind: "assign_role", args: []string{"role", "to"}, flags: map[string]string{"why": "why, where somebody else holds it"}}),
	give(order{use: "accept ROLE", short: "Accept a role that was handed to you", kind: "accept_role", args: []string{"role"}}),
	give(order{use: "drop ROLE", short: "Let go of a role", kind: "drop_role", args: []string{"role"}, flags: map[string]string{"why": "why"}}),
	give(order{use: "page WHO|ROLE", short: "Pull somebody in", kind: "pull_in", args: []string{"who"}, flags: map[string]string{"why": "why"}}),
	give(order{use: "announce TEXT", short: "Say what you are about to do", kind: "announce", args: []string{"text"}}),
	give(order{use: "down SERVICE", short: "A service that steps are carried out with is part of the outage: plan around it", kind: "service_down", args: []string{"service"}, flags: map[string]string{"why": "why"}, watched: true}),
	give(order{use: "up SERVICE", short: "It is up again: what waited goes on", kind: "service_up", args: []string{"service"}, watched: true}),
	give(order{use: "not-now WHY", short: "Answer the prompt: not a major outage now", kind: "not_now", args: []string{"why"}}),
	give(order{use: "declare-minor --why WHY", short: "Go back to a minor outage", kind: "declare_minor", flags: map[string]string{"why": "why"}}),
	give(order{use: "resolve [TEXT]", short: "The incident is over", kind: "resolve", args: []string{"text"}, optional: true, watched: true}),
	give(order{use: "reopen --why WHY", short: "It was not over", kind: "reopen", flags: map[string]string{"why": "why"}}),
	give(order{use: "cancel --why WHY", short: "It was no incident", kind: "cancel", flags: map[string]string{"why": "why"}}),
}

// tell are the verbs towards the world.
var tell = []func(*env) *cobra.Command{
	give(order{use: "update TEXT", short: "Tell the public", kind: "update", args: []string{"text"},
		flags: map[string]string{"stage": strings.Join(incident.Stages, ", "), "next": "when the next word comes, from now: 30m"},
		pairs: map[string]string{"component": "how a part of the service is: \"Git over SSH=partial_outage\"; " + strings.Join(incident.ComponentStates, ", "),
			"network": "what a network posts in place of the text: \"x=Pushes fail. We are on it.\""},
		lists: map[string]string{"to": "where to besides the page, if not everywhere: " + strings.Join(incident.Channels[1:], ", ")}, watched: true}),
	give(order{use: "impact TEXT", short: "Say how customers are affected", kind: "impact", args: []string{"text"}}),
	reviewVerb,
	give(order{use: "further CHOICE", short: "Decide about further communication", kind: "further_comms", args: []string{"choice"}, flags: map[string]string{"why": "why"}}),
	give(order{use: "follow-up TEXT", short: "Add a follow-up", kind: "follow_up", args: []string{"text"}, flags: map[string]string{"owner": "role or person", "due": "date", "class": "prevent, detect, mitigate or recover"}}),
}

func reviewVerb(e *env) *cobra.Command {
	c := &cobra.Command{Use: "review", Short: "Ask for a review of the public document, or answer"}
	c.AddCommand(
		order{use: "request", short: "Ask marketing to review", kind: "request_review"}.verb(e),
		order{use: "approve", short: "Approve", kind: "review", fixed: map[string]any{"verdict": "approved"}, flags: map[string]string{"of": "document or postmortem", "comment": "a word about it"}, switches: map[string]string{"quotes-agreed": "whoever the post-mortem quotes has agreed"}}.verb(e),
		order{use: "changes COMMENT", short: "Say what should change", kind: "review", args: []string{"comment"}, fixed: map[string]any{"verdict": "changes"}, flags: map[string]string{"of": "document or postmortem"}}.verb(e),
	)
	return c
}

func etaVerb(e *env) *cobra.Command {
	var yes, no bool
	var at, why string
	c := &cobra.Command{
		Use:   "eta [DURATION|unknown]",
		Short: "Say how long it will take, and whether it disrupts the service",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			fields := map[string]any{"at": at, "why": why}
			if len(args) == 1 {
				if _, err := incident.ParseDuration(args[0]); err != nil {
					return err
				}
				fields["eta"] = args[0]
			}
			switch {
			case yes && no:
				return failf(exitUsage, "it can't be both disrupting and not")
			case yes:
				fields["disrupting"] = "yes"
			case no:
				fields["disrupting"] = "no"
			}
			res, err := e.do(cmd.Context(), "set_eta", fields)
			if err != nil || e.global.json {
				return err
			}
			e.meter(res.Incident.Definition)
			return nil
		},
	}
	c.Flags().BoolVar(&yes, "disrupting", false, "it disrupts the service")
	c.Flags().BoolVar(&no, "not-disrupting", false, "it does not")
	c.Flags().StringVar(&at, "at", "", "the moment itself: 15:30Z")
	c.Flags().StringVar(&why, "why", "", "why")
	return c
}

func declareMajorVerb(e *env) *cobra.Command {
	var dry, leave bool
	var why string
	c := &cobra.Command{
		Use:   "declare-major",
		Short: "Declare a major outage; shows first what will happen",
		Args:  cobra.NoArgs,
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
			plan, err := cl.Plan(ctx, id, "declare_major", map[string]any{})
			if err != nil {
				return remote(err)
			}
			e.say("%s will become a MAJOR outage. This will:", id)
			for n, s := range plan.Steps {
				e.say("  %2d %s", n+1, s.Title)
				if s.Kind == "chat.post" {
					e.say("     #%s: %q", strings.TrimPrefix(s.To, "#"), s.Text)
				}
			}
			if dry {
				return nil
			}
			if !e.global.yes {
				ok, err := e.ask("Go ahead? [y/N] ")
				if err != nil || !ok {
					return failf(exitUsage, "not declared; say --yes to go ahead without being asked")
				}
			}
			before, err := cl.Steps(ctx, id)
			if err != nil {
				return remote(err)
			}
			e.global.incident = id
			if _, err = e.do(ctx, "declare_major", map[string]any{"why": why}); err != nil || leave {
				return err
			}
			return e.progress(ctx, cl, id, before)
		},
	}
	c.Flags().BoolVarP(&dry, "dry-run", "n", false, "only show what would happen")
	c.Flags().BoolVar(&leave, "no-wait", false, "don't wait for the steps this sets going")
	c.Flags().StringVar(&why, "why", "", "why")
	return c
}

// ask reads a yes from stdin.
func (e *env) ask(question string) (bool, error) {
	fmt.Fprint(e.err, question)
	var line string
	_, err := fmt.Fscanln(e.in, &line)
	return strings.EqualFold(line, "y") || strings.EqualFold(line, "yes"), err
}

func stepsVerb(e *env) *cobra.Command {
	c := &cobra.Command{
		Use:   "steps",
		Short: "What the machine did, is doing, and needs a hand with",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cl, err := e.client()
			if err != nil {
				return err
			}
			id, err := e.which(cmd.Context(), cl)
			if err != nil {
				return err
			}
			steps, err := cl.Steps(cmd.Context(), id)
			if err != nil {
				return remote(err)
			}
			trouble := 0
			err = e.print(map[string]any{"steps": steps}, func() {
				for _, s := range steps {
					if s.Kind == "" {
						continue
					}
					state := s.State
					if s.State == incident.HandDone && s.Finished {
						state = "by_hand ✔"
					}
					fmt.Fprintf(e.out, "%-9s %-22s %s\n", state, s.ID, s.Title)
					switch {
					case s.WaitsFor != "" && s.NextTry != nil:
						fmt.Fprintf(e.out, "          %s: waits until it is up, tried all the same at %s\n", s.Error, s.NextTry.UTC().Format("15:04Z"))
					case s.Why != "":
						fmt.Fprintf(e.out, "          %s\n", s.Why)
					case s.Error != "":
						fmt.Fprintf(e.out, "          %s\n", s.Error)
					case s.URL != "":
						fmt.Fprintf(e.out, "          %s\n", s.URL)
					}
				}
			})
			for _, s := range steps {
				if s.State == incident.Failed || s.State == incident.Unsure || s.State == incident.HandDone && s.Claimed {
					trouble++
				}
			}
			if err == nil && trouble > 0 {
				e.say("%d need a hand: tocsin steps retry ID, by-hand ID, unsure ID or skip ID", trouble)
				return &fault{exitPartly, silent}
			}
			return err
		},
	}
	c.AddCommand(
		order{use: "retry ID", short: "Try again now", kind: "step_retry", args: []string{"step"}, watched: true}.verb(e),
		carded(e, order{use: "by-hand ID", short: "Do it by hand: shows how; with --done or --url it is done", kind: "step_by_hand", args: []string{"step"}, switches: map[string]string{"done": "it is done"}, flags: map[string]string{"url": "link of what you made"}}.verb(e)),
		cardVerb(e),
		order{use: "unsure ID went-out|did-not|again", short: "Say whether an unclear attempt went out", kind: "step_unsure", args: []string{"step", "answer"}, flags: map[string]string{"url": "link, if it went out"}}.verb(e),
		order{use: "skip ID --why WHY", short: "Leave it out", kind: "skip", args: []string{"item"}, flags: map[string]string{"why": "why"}}.verb(e),
	)
	return c
}

func todoVerb(e *env) *cobra.Command {
	var role string
	c := &cobra.Command{
		Use:   "todo",
		Short: "What is mine to do",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cl, err := e.client()
			if err != nil {
				return err
			}
			id, err := e.which(cmd.Context(), cl)
			if err != nil {
				return err
			}
			items, err := cl.Todo(cmd.Context(), id, role)
			if err != nil {
				return remote(err)
			}
			return e.print(map[string]any{"items": items}, func() {
				for _, it := range items {
					mark := "☐"
					if it.Finished {
						mark = "☑"
					}
					fmt.Fprintf(e.out, "%s %-22s %s\n", mark, it.ID, it.Title)
				}
			})
		},
	}
	c.Flags().StringVar(&role, "role", "", "whose list (default: the roles you hold)")
	c.AddCommand(
		order{use: "done ID", short: "Tick an item", kind: "tick", args: []string{"item"}, flags: map[string]string{"url": "link of what was made"}}.verb(e),
		order{use: "undo ID", short: "Take a tick back", kind: "untick", args: []string{"item"}}.verb(e),
		order{use: "skip ID --why WHY", short: "Leave an item out", kind: "skip", args: []string{"item"}, flags: map[string]string{"why": "why"}}.verb(e),
		order{use: "give ID WHO", short: "Give an item to somebody", kind: "give_item", args: []string{"item", "to"}}.verb(e),
	)
	return c
}
