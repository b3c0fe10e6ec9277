package drill

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"time"

	"tocsin/internal/incident"
)

// react lets the machine do its part, then the people theirs, until nobody has anything to do at this moment.
func (p *player) react(ctx context.Context) error {
	for range 50 {
		if err := p.host.Settled(ctx, p.id); err != nil {
			return err
		}
		i, err := p.host.View(ctx, p.id)
		if err != nil {
			return err
		}
		acted, err := p.decide(ctx, i)
		if err != nil || !acted {
			return err
		}
	}
	return fmt.Errorf("the drill goes round in circles: the same decisions come up again and again")
}

// decide answers one human decision that is open, and reports whether there was one.
func (p *player) decide(ctx context.Context, i *incident.Incident) (bool, error) {
	if i.Prompt.Open {
		return true, p.answer(ctx, i)
	}
	for _, r := range i.Wanted() {
		if r.ID != "engineer" || i.Kind == incident.Major {
			_, err := p.do(ctx, p.cast.holder(r.ID).ID, &incident.TakeRole{Role: r.ID})
			return true, err
		}
	}
	for _, run := range i.Runs() {
		if run.State != incident.Due || run.Step.Kind != "" {
			continue
		}
		if act := duties[run.Step.ID]; act != nil {
			return true, act(ctx, p, i, run)
		}
	}
	return false, nil
}

// answer decides about the prompt: a person has Wait to do it, then the drill goes on by itself.
func (p *player) answer(ctx context.Context, i *incident.Incident) error {
	if i.Prompt.Reason == "ask" {
		_, err := p.do(ctx, p.point(i), &incident.NotNow{Why: "We can't tell yet; ask again at one hour."})
		return err
	}
	p.Tell(Beat{At: p.clock.Now(), Kind: "prompt", Text: "this meets the definition of a major outage"})
	if !p.Script {
		p.Tell(Beat{At: p.clock.Now(), Kind: "you", Text: fmt.Sprintf("declare it in the room; goes on by itself in %s", p.Wait)})
		i, err := p.wait(ctx)
		if err != nil || !i.Prompt.Open {
			return err
		}
	}
	if len(i.Roles["point_person"]) == 0 {
		if _, err := p.do(ctx, p.point(i), &incident.TakeRole{Role: "point_person"}); err != nil {
			return err
		}
	}
	_, err := p.do(ctx, p.point(i), &incident.DeclareMajor{})
	p.Tell(Beat{At: p.clock.Now(), Kind: "major", Text: "a major outage is declared"})
	return err
}

// wait gives the person at the keyboard time to answer the prompt.
func (p *player) wait(ctx context.Context) (*incident.Incident, error) {
	end := time.Now().Add(p.Wait)
	for {
		i, err := p.host.View(ctx, p.id)
		if err != nil || !i.Prompt.Open || time.Now().After(end) {
			return i, err
		}
		if err := sleep(ctx, 100*time.Millisecond); err != nil {
			return i, err
		}
	}
}

// duties is what the people of a drill do about the steps that a machine can't do. What is not in it stays open for a person.
var duties = map[string]func(context.Context, *player, *incident.Incident, incident.Run) error{
	"data_loss": tick("point_person"),
	"pull_in": func(ctx context.Context, p *player, i *incident.Incident, run incident.Run) error {
		if len(i.Calls) == 0 {
			who := p.cast.People[len(p.cast.People)-1].ID
			if _, err := p.do(ctx, p.point(i), &incident.PullIn{Who: who, Why: "a second pair of eyes"}); err != nil {
				return err
			}
		}
		return tick("point_person")(ctx, p, i, run)
	},
	"synchronise": func(ctx context.Context, p *player, i *incident.Incident, run incident.Run) error {
		if _, err := p.do(ctx, p.point(i), &incident.Announce{Text: "I'm keeping track: say what you are about to do before you do it"}); err != nil {
			return err
		}
		return tick("point_person")(ctx, p, i, run)
	},
	"document_findings": tick("engineer"),
	"move_people":       tick("point_person"),
	"start_meeting": func(ctx context.Context, p *player, i *incident.Incident, run incident.Run) error {
		if url, _ := i.WarRoom(); url != "" {
			if err := p.host.StartMeeting(ctx, url); err != nil {
				return err
			}
		}
		return tick("communications_manager")(ctx, p, i, run)
	},
	"review_document": func(ctx context.Context, p *player, i *incident.Incident, _ incident.Run) error {
		if _, err := p.do(ctx, p.point(i), &incident.RequestReview{}); err != nil {
			return err
		}
		_, err := p.do(ctx, p.roleHolder(i, "marketing_representative"), &incident.GiveReview{Verdict: "approved"})
		return err
	},
	"impact_note": func(ctx context.Context, p *player, i *incident.Incident, _ incident.Run) error {
		_, err := p.do(ctx, p.roleHolder(i, "marketing_representative"), &incident.NoteImpact{Text: p.impact()})
		return err
	},
	"further_communication": func(ctx context.Context, p *player, i *incident.Incident, _ incident.Run) error {
		_, err := p.do(ctx, p.roleHolder(i, "marketing_representative"), &incident.FurtherComms{Choice: "blog", Why: "People deserve the whole story."})
		return err
	},
}

func tick(role string) func(context.Context, *player, *incident.Incident, incident.Run) error {
	return func(ctx context.Context, p *player, i *incident.Incident, run incident.Run) error {
		_, err := p.do(ctx, p.roleHolder(i, role), &incident.Tick{Item: run.ID})
		return err
	}
}

func (p *player) roleHolder(i *incident.Incident, role string) string {
	if held := i.Roles[role]; len(held) > 0 {
		return held[0]
	}
	return p.cast.holder(role).ID
}

// impact words the customer impact note from the scenario's facts, in a fixed order.
func (p *player) impact() string {
	var keys []string
	for k := range p.scenario.Impact {
		if k != "note" {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	parts := []string{fmt.Sprintf("People who use the %s are affected.", p.scenario.Service)}
	if p.scenario.Service == "" {
		parts[0] = "People who use the service are affected."
	}
	for _, k := range keys {
		parts = append(parts, fmt.Sprintf("%s: %v.", strings.ReplaceAll(k, "_", " "), p.scenario.Impact[k]))
	}
	if note, ok := p.scenario.Impact["note"].(string); ok {
		parts = append(parts, note+".")
	}
	return strings.Join(parts, " ")
}

// finish ends what is still open after the last event: the incident itself, its post-mortem, its rooms.
func (p *player) finish(ctx context.Context) error {
	if err := p.settleGuesses(ctx); err != nil {
		return err
	}
	i, err := p.host.View(ctx, p.id)
	if err != nil {
		return err
	}
	if i.Status == incident.Active {
		if err := p.resolve(ctx); err != nil {
			return err
		}
	}
	if err := p.react(ctx); err != nil {
		return err
	}
	if i, err = p.host.View(ctx, p.id); err != nil {
		return err
	}
	writer := p.roleHolder(i, "engineer")
	if !i.Holds(writer, "engineer") {
		writer = p.point(i)
	}
	if _, err := p.do(ctx, writer, &incident.EditPostmortem{Section: "went_well", Text: "The notes were public from early on, and people outside could follow them."}); err != nil {
		return err
	}
	if _, err := p.do(ctx, writer, &incident.PublishPostmortem{}); err != nil {
		return err
	}
	if err := p.react(ctx); err != nil {
		return err
	}
	if _, err := p.do(ctx, p.point(i), &incident.GiveReview{Of: "postmortem", Verdict: "approved"}); err != nil {
		return err
	}
	if run, ok := i.Find("end_room"); ok && run.State == incident.Due {
		if _, err := p.do(ctx, p.point(i), &incident.StepRetry{Step: run.ID}); err != nil {
			return err
		}
	}
	return p.catchUp(ctx)
}

// catchUp waits for retries that lie a little ahead, so that the drill ends with everything done or with a reason.
func (p *player) catchUp(ctx context.Context) error {
	end := time.Now().Add(2 * time.Minute)
	for {
		if err := p.react(ctx); err != nil {
			return err
		}
		i, err := p.host.View(ctx, p.id)
		if err != nil {
			return err
		}
		next := i.NextDue(time.Now())
		if next.IsZero() || next.After(end) {
			return nil
		}
		if err := sleep(ctx, time.Until(next)+50*time.Millisecond); err != nil {
			return err
		}
	}
}
