package runner

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"tocsin/internal/connect"
	"tocsin/internal/incident"
	"tocsin/internal/redact"
	"tocsin/internal/report"
	"tocsin/internal/runbook"
)

// scene is what a request is made from.
type scene struct {
	r    *Runner
	i    *incident.Incident
	run  incident.Run
	to   connect.Connector
	red  *redact.Redactor
	text string // the step's text, filled in
	with map[string]string
}

// requests makes the request of each kind (connect/requests.go). A test holds it to runbook.Kinds.
var requests = map[connect.Kind]func(*scene) (any, error){
	connect.RoomOpen:        func(s *scene) (any, error) { return connect.RoomRequest{Topic: s.text}, nil },
	connect.RoomLicense:     (*scene).roomLicense,
	connect.RoomLivestream:  (*scene).roomLivestream,
	connect.RoomGoLive:      (*scene).roomRef,
	connect.RoomEnd:         (*scene).roomRef,
	connect.DocumentCreate:  (*scene).documentCreate,
	connect.DocumentWrite:   (*scene).documentWrite,
	connect.DocumentShare:   (*scene).documentShare,
	connect.DocumentPublish: (*scene).documentPublish,
	connect.ChatChannel:     (*scene).chatChannel,
	connect.ChatPost:        (*scene).chatPost,
	connect.ChatPin: func(s *scene) (any, error) {
		return connect.ChatRef{Channel: s.with["channel"], ID: s.with["message"]}, nil
	},
	connect.ChatInvite:     (*scene).chatInvite,
	connect.SocialPost:     (*scene).socialPost,
	connect.StreamCreate:   (*scene).streamCreate,
	connect.StreamLive:     (*scene).streamRef,
	connect.StreamEnd:      (*scene).streamRef,
	connect.MailSend:       (*scene).mailSend,
	connect.HookSend:       (*scene).hookSend,
	connect.TrackerIssue:   (*scene).trackerIssue,
	connect.TrackerOpen:    (*scene).trackerOpen,
	connect.TrackerComment: (*scene).trackerComment,
	connect.TrackerUpdate:  (*scene).trackerUpdate,
}

// noNeed is why there is nothing to ask of a service: the step is left out.
type noNeed string

func (n noNeed) Error() string { return string(n) }

// freeze makes the request of a step as it goes out in every attempt. The error is a sentence for people.
func (r *Runner) freeze(i *incident.Incident, run incident.Run, to connect.Connector) (json.RawMessage, error) {
	now := *run.StepRun // an update may have words for this network
	now.Provider = to.Name()
	run.StepRun = &now
	get := r.Names(i, run)
	s := &scene{r: r, i: i, run: run, to: to, red: r.o.Redactor(i), with: map[string]string{}}
	text, missing := run.Step.Render(get)
	for k, v := range run.Step.With {
		filled, more := runbook.Fill(v, get)
		s.with[k], missing = filled, append(missing, more...)
	}
	if len(missing) > 0 {
		step, _, _ := strings.Cut(missing[0], ".")
		if s, ok := i.Runbook.Step(step); ok {
			return nil, fmt.Errorf("the machine can't go on from a step that was left out or done by hand: %s", s.Title)
		}
		return nil, fmt.Errorf("%s is not known", missing[0])
	}
	s.text = text
	mk, ok := requests[connect.Kind(run.Step.Kind)]
	if !ok {
		return nil, fmt.Errorf("this version of tocsin can't do %s", run.Step.Kind)
	}
	req, err := mk(s)
	if err != nil {
		return nil, err
	}
	return json.Marshal(req)
}

// made gives an output of the latest finished step of the kinds.
func (s *scene) made(output, what string, kinds ...connect.Kind) (string, error) {
	of := make([]string, len(kinds))
	for n, k := range kinds {
		of[n] = string(k)
	}
	run, ok := s.i.Made(of...)
	if !ok || run.Outputs[output] == "" {
		return "", fmt.Errorf("there is no %s the machine knows: it was left out or made by hand", what)
	}
	return run.Outputs[output], nil
}

func (s *scene) room() (string, error) {
	return s.made("id", "war room", connect.RoomLicense, connect.RoomOpen)
}

func (s *scene) roomLicense() (any, error) {
	id, err := s.made("id", "war room", connect.RoomOpen)
	if owner, ok := s.i.Made(string(connect.RoomOpen)); err != nil || ok && owner.Provider != s.to.Name() {
		id = "" // opened elsewhere or by hand: a new one
	}
	return connect.RoomMove{ID: id, Topic: s.text}, nil
}

func (s *scene) roomRef() (any, error) {
	id, err := s.room()
	return connect.RoomRef{ID: id}, err
}

func (s *scene) roomLivestream() (any, error) {
	id, err := s.room()
	if err != nil {
		return nil, err
	}
	stream, err := s.made("stream", "live stream", connect.StreamCreate)
	if err != nil {
		return nil, err
	}
	page, err := s.made("url", "live stream", connect.StreamCreate)
	return connect.RoomStream{ID: id, Stream: stream, Page: page, Title: s.red.Text(s.i.Title)}, err
}

func (s *scene) documentCreate() (any, error) {
	return connect.DocumentRequest{Title: s.red.Text(s.text), Own: s.r.o.Links.Page(s.i.Name)}, nil
}

func (s *scene) document() (string, error) {
	return s.made("id", "document", connect.DocumentCreate)
}

func (s *scene) documentWrite() (any, error) {
	id, err := s.document()
	req := connect.DocumentBody{ID: id}
	for _, b := range report.Document(s.i, s.red) {
		req.Blocks = append(req.Blocks, connect.DocumentBlock(b))
	}
	return req, err
}

func (s *scene) documentShare() (any, error) {
	id, err := s.document()
	return connect.DocumentShareRequest{ID: id}, err
}

func (s *scene) documentPublish() (any, error) {
	id, err := s.document()
	return connect.DocumentRef{ID: id}, err
}

// doubtful are the words of a text that people must settle before it goes out (Runbook.InDoubt).
type doubtful []string

// Error names the words: it is shown inside only.
func (d doubtful) Error() string {
	return fmt.Sprintf("it waits until you have said in the public preview, or with tocsin redact, whether this may be public: %s", strings.Join(d, ", "))
}

// doubts lists what the redactor is in doubt about, once each.
func (s *scene) doubts() doubtful {
	var out doubtful
	f := s.red.Find(s.text)
	unsure := slices.DeleteFunc(f.Redact, func(p redact.Span) bool { return !p.Review })
	for _, span := range slices.Concat(f.Flag, f.Hold, unsure) {
		if word := s.text[span.Start:span.End]; !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	return out
}

// hookSend tells another system what the public may know (R13).
func (s *scene) hookSend() (any, error) {
	req := connect.HookEvent{Type: s.with["event"], Name: s.i.Name, Title: s.red.Text(s.i.Title), Kind: s.i.Kind, Status: s.i.Status,
		URL: s.r.o.Links.Page(s.i.Name), Drill: s.i.Drill}
	at, ok := map[string]time.Time{"incident.declared": s.i.Declared.At, "incident.major": s.i.MajorAt.At, "incident.resolved": s.i.Ended.At}[req.Type]
	if !ok || at.IsZero() {
		return nil, fmt.Errorf("nothing is known of %s", req.Type)
	}
	req.At = at.UTC().Format(time.RFC3339)
	return req, nil
}

func (s *scene) socialPost() (any, error) {
	if d := s.doubts(); len(d) > 0 && s.i.Runbook.InDoubt == "wait" {
		return nil, d
	}
	text := s.red.Text(s.text).String()
	if f, ok := s.to.(connect.Fitter); ok {
		text = f.Fit(text, s.r.o.Links.Page(s.i.Name))
	}
	req := connect.SocialMessage{Text: s.red.Text(text)}
	if s.run.Step.With["thread"] == "" {
		return req, nil
	}
	for _, run := range s.i.Runs() {
		if run.Step.ID == s.run.Step.ID && run.For < s.run.For && run.State == incident.Done && run.Provider == s.to.Name() {
			req.ReplyTo = run.Ref
		}
	}
	return req, nil
}

func (s *scene) streamCreate() (any, error) {
	return connect.StreamRequest{Title: s.red.Text(s.text), Description: s.red.Format("%s", s.red.Text(s.r.o.Links.Page(s.i.Name))),
		Start: s.r.o.Ledger.Real().Format(time.RFC3339)}, nil
}

func (s *scene) streamRef() (any, error) {
	id, err := s.made("id", "live stream", connect.StreamCreate)
	if err != nil {
		return nil, err
	}
	stream, err := s.made("stream", "live stream", connect.StreamCreate)
	return connect.StreamRef{ID: id, Stream: stream}, err
}

// trackerIssue is the post-mortem (R15), or a follow-up of it.
func (s *scene) trackerIssue() (any, error) {
	title, body := s.issueText()
	req := connect.Issue{Title: title, Body: body, Confidential: s.run.For == 0 || s.r.o.Confidential}
	for l := range strings.SplitSeq(s.with["labels"], ",") {
		if l = strings.TrimSpace(l); l != "" {
			req.Labels = append(req.Labels, l)
		}
	}
	return req, nil
}

// issueText is title and text of the issue that the step is about.
func (s *scene) issueText() (title, body redact.Text) {
	if f, ok := s.i.FollowUp(s.run.For); ok {
		return s.red.Text(f.Text), report.FollowUpMarkdown(s.i, f, s.postmortem(), s.red)
	}
	return s.red.Text(report.IssueTitle(s.i)), report.PublicMarkdown(s.i, s.red)
}

// postmortem is the address of the post-mortem's issue, empty while there is none.
func (s *scene) postmortem() string {
	run, _ := s.i.Made(string(connect.TrackerIssue))
	if run.StepRun == nil {
		return ""
	}
	return run.URL
}

// trackerUpdate brings the issue in step that the step needs.
func (s *scene) trackerUpdate() (any, error) {
	var made incident.Run
	for _, r := range s.i.Runs() {
		if r.Step.Kind == string(connect.TrackerIssue) && r.For == s.run.For && r.Finished && r.Provider == s.to.Name() && r.Outputs["id"] != "" {
			made = r
		}
	}
	if made.StepRun == nil {
		return nil, fmt.Errorf("there is no issue the machine knows: it was left out or made by hand")
	}
	req := connect.IssueUpdate{ID: made.Outputs["id"], Mark: made.Mark}
	req.Title, req.Body = s.issueText()
	if f, ok := s.i.FollowUp(s.run.For); ok {
		req.Due, req.SetDue = f.Due, f.Due != f.There.Due
		req.Closed, req.Reopen = f.State != "open" && !f.There.Closed, f.State == "open" && f.There.Closed
	}
	return req, nil
}

func (s *scene) issue() (string, error) {
	return s.made("id", "issue", connect.TrackerIssue)
}

func (s *scene) trackerOpen() (any, error) {
	if s.r.o.Confidential {
		return nil, fmt.Errorf("the organisation keeps post-mortems confidential; open the issue by hand if this one should be public")
	}
	id, err := s.issue()
	return connect.IssueRef{ID: id}, err
}

func (s *scene) trackerComment() (any, error) {
	id, err := s.issue()
	return connect.IssueComment{ID: id, Text: s.red.Text(s.text)}, err
}
