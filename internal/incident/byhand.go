package incident

import (
	"strings"
	"time"
)

// ByHand says that a person does an automatic step. Done with the link of what they made; not done claims it, and the machine stops.
type ByHand struct {
	Step string `json:"step"`
	Done bool   `json:"done,omitempty"`
	URL  string `json:"url,omitempty"`
}

// Decide accepts any link with http or https.
func (c *ByHand) Decide(i *Incident, _ Ask) ([]Event, error) {
	r, err := i.find(c.Step)
	if err != nil {
		return nil, err
	}
	if r.Step.Kind == "" {
		return nil, conflict("%s is done by a person anyway; tick it instead", c.Step)
	}
	if r.State == Done && !i.Spoilt(r) {
		return nil, conflict("%s is done", c.Step)
	}
	if err := link(c.URL); err != nil {
		return nil, err
	}
	return []Event{&StepByHand{Step: c.Step, Done: c.Done || c.URL != "", URL: c.URL}}, nil
}

func link(url string) error {
	if url != "" && !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
		return invalid("url", "%q is not a link; it begins with https://", url)
	}
	return nil
}

// StepByHand is that a person does it, or did.
type StepByHand struct {
	Step string `json:"step"`
	Done bool   `json:"done"`
	URL  string `json:"url,omitempty"`
	Why  string `json:"why,omitempty"` // of the system's: no service is set up
}

// Kind names the entry.
func (*StepByHand) Kind() string { return "step_by_hand" }

// Apply takes it from the machine. The link is the step's output.
func (c *StepByHand) Apply(i *Incident, e Entry) {
	i.anew(c.Step)
	s := i.run(c.Step, e)
	s.State, s.Claimed, s.Unclear, s.Next, s.Error, s.Waits = HandDone, !c.Done, false, time.Time{}, c.Why, ""
	if c.URL != "" {
		s.URL, s.Outputs = c.URL, map[string]string{"url": c.URL}
	}
	if c.Done {
		i.produced(c.Step)
	}
}

// AnswerUnsure says whether an unclear attempt went out.
type AnswerUnsure struct {
	Step   string `json:"step"`
	Answer string `json:"answer"` // went_out, did_not, again
	URL    string `json:"url,omitempty"`
}

// Decide needs a step that asks.
func (c *AnswerUnsure) Decide(i *Incident, _ Ask) ([]Event, error) {
	r, err := i.find(c.Step)
	if err != nil {
		return nil, err
	}
	if r.State != Unsure {
		return nil, conflict("%s asks nothing", c.Step)
	}
	if err := link(c.URL); err != nil {
		return nil, err
	}
	switch strings.ReplaceAll(c.Answer, "-", "_") {
	case "went_out":
		return []Event{&StepDone{Step: c.Step, URL: c.URL, Outputs: map[string]string{"url": c.URL}, Adopted: true}}, nil
	case "did_not", "again":
		return []Event{&StepRetried{Step: c.Step}}, nil
	}
	return nil, invalid("answer", "the answer is went_out, did_not or again")
}
