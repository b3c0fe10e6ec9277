package incident

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tocsin/internal/catalogue"
)

// Command is something somebody wants. Decide answers with the events that follow, or with an *Error that says why not; it changes
// nothing. A command that is already so answers with no events.
type Command interface {
	Decide(i *Incident, a Ask) ([]Event, error)
}

// Ask is what a decision may know besides the incident: who asks, what time it is, who there is.
type Ask struct {
	By     string    // person id, or System
	Now    time.Time // the incident's clock: real in production, the scenario's in a drill
	Real   time.Time // the real clock: deadlines and retries of steps run on it
	People []string  // ids of the whole roster in random order, for pseudonyms

	Services   Services // what carries steps out
	Components []string // parts of the service that the status page shows, as the operator calls them
}

// Error is why a command was not taken. Message is one sentence for the person who asked, with what to do next.
type Error struct {
	Code    Code
	Message string
	Field   string // the field at fault, if one is

	text   string // Message before values were put in
	values []any
}

// Code of an Error; one table maps it to HTTP status and exit code.
type Code string

// The codes.
const (
	Invalid   Code = "invalid"   // the command itself is wrong
	NotFound  Code = "not_found" // it names something that isn't there
	Forbidden Code = "forbidden" // somebody else may
	Conflict  Code = "conflict"  // not in this state
)

// Error gives the message.
func (e *Error) Error() string { return e.Message }

// In gives the message in a language.
func (e *Error) In(l *catalogue.Language) string {
	if e.text == "" {
		return l.Word(e.Message)
	}
	values := make([]any, len(e.values))
	for n, v := range e.values {
		values[n] = v
		if w, ok := v.(words); ok {
			values[n] = w.in(l)
		}
	}
	return l.T(e.text, values...)
}

// words are a value of an error that is translated, too.
type words interface {
	in(l *catalogue.Language) string
}

// Refuse makes an error of a text for the catalogue, with values put in.
func Refuse(code Code, field, text string, values ...any) error {
	e := &Error{Code: code, Field: field, text: text, values: values}
	e.Message = e.In(catalogue.English)
	return e
}

func invalid(field, format string, args ...any) error {
	return Refuse(Invalid, field, format, args...)
}

func missing(format string, args ...any) error { return Refuse(NotFound, "", format, args...) }

func conflict(format string, args ...any) error { return Refuse(Conflict, "", format, args...) }

func forbidden(format string, args ...any) error { return Refuse(Forbidden, "", format, args...) }

// Who may give a command besides the holders of the named roles.
const (
	Anyone   = "anyone"   // everyone who may respond at all
	Author   = "author"   // whoever wrote the entry in question; Decide checks it
	Receiver = "receiver" // whoever the offer was made to; Decide checks it
	Vacancy  = "vacancy"  // anyone, while nobody holds the point person's role
)

const (
	point     = "point_person"
	engineer  = "engineer"
	comms     = "communications_manager"
	marketing = "marketing_representative"
)

// CommandKind is one line of the table of commands.
type CommandKind struct {
	New   func() Command
	May   []string // roles, or Anyone, Author, Receiver, Vacancy, System (rulings 9)
	About string   // one line for the API document and the CLI
	Ended bool     // may be given after the incident has ended
}

// Commands is every command of the product. Web, CLI, chat and API are generic over it. Declare stands apart: it begins an incident.
var Commands = map[string]CommandKind{
	"say":            {func() Command { return &Say{} }, []string{Anyone}, "add an entry to the timeline", true},
	"amend":          {func() Command { return &Amend{} }, []string{Author, point}, "correct the text or time of an entry; history is kept", true},
	"strike":         {func() Command { return &Strike{} }, []string{Author, point, comms}, "blank an entry that held a secret or personal data", true},
	"settle_guess":   {func() Command { return &SettleGuess{} }, []string{Anyone}, "settle a guess as confirmed or ruled_out", true},
	"set_visibility": {func() Command { return &SetVisibility{} }, []string{Author, point, comms, marketing}, "make an entry public, internal or private", true},

	"add_picture":  {func() Command { return &AddPicture{} }, []string{Anyone}, "add a picture to an entry", true},
	"show_picture": {func() Command { return &ShowPicture{} }, []string{point, comms, marketing, Vacancy}, "say that no name is seen on a picture, so that the public may see it, or hide it again", true},

	"take_role":   {func() Command { return &TakeRole{} }, []string{Anyone}, "take a role", true},
	"give_role":   {func() Command { return &GiveRole{} }, []string{Anyone}, "hand a role over, with the hand-over sheet", true},
	"assign_role": {func() Command { return &AssignRole{} }, []string{point, Vacancy}, "set who holds a role, without asking them", true},
	"accept_role": {func() Command { return &AcceptRole{} }, []string{Receiver}, "accept a role that was handed over", true},
	"drop_role":   {func() Command { return &DropRole{} }, []string{Anyone}, "let go of a role", true},

	"set_eta":       {func() Command { return &SetETA{} }, []string{Anyone}, "say how long it will take, and whether it disrupts the service", false},
	"declare_major": {func() Command { return &DeclareMajor{} }, []string{point}, "declare a major outage", false},
	"not_now":       {func() Command { return &NotNow{} }, []string{point}, "answer the prompt: not now, with a reason", false},
	"declare_minor": {func() Command { return &DeclareMinor{} }, []string{point}, "go back to a minor outage", false},

	"update":         {func() Command { return &GiveUpdate{} }, []string{point, comms, Vacancy}, "tell the public", true},
	"impact":         {func() Command { return &NoteImpact{} }, []string{marketing, point, comms}, "say how customers are affected", true},
	"request_review": {func() Command { return &RequestReview{} }, []string{Anyone}, "ask marketing to review the public document", true},
	"review":         {func() Command { return &GiveReview{} }, []string{marketing, point}, "approve the public document or the post-mortem, or say what should change", true},
	"further_comms":  {func() Command { return &FurtherComms{} }, []string{marketing, comms}, "decide how to go on telling people", true},

	"tick":      {func() Command { return &Tick{} }, []string{Anyone}, "tick an item of a list", true},
	"untick":    {func() Command { return &Untick{} }, []string{Anyone}, "take a tick back", true},
	"skip":      {func() Command { return &Skip{} }, []string{Anyone}, "skip a step or item, with a reason", true},
	"give_item": {func() Command { return &GiveItem{} }, []string{Anyone}, "give an item to somebody", true},
	"pull_in":   {func() Command { return &PullIn{} }, []string{Anyone}, "pull a person or role in", false},
	"announce":  {func() Command { return &Announce{} }, []string{Anyone}, "say what you are about to do", false},

	"step_retry":   {func() Command { return &StepRetry{} }, []string{Anyone}, "try a step again now", true},
	"step_by_hand": {func() Command { return &ByHand{} }, []string{Anyone}, "do a step by hand", true},
	"step_unsure":  {func() Command { return &AnswerUnsure{} }, []string{Anyone}, "answer whether an unclear attempt went out", true},

	"service_down": {func() Command { return &ServiceDown{} }, []string{Anyone}, "say that a service steps are carried out with is part of the outage", true},
	"service_up":   {func() Command { return &ServiceUp{} }, []string{Anyone}, "say that such a service is up again", true},

	"resolve":   {func() Command { return &Resolve{} }, []string{point, Vacancy}, "the incident is over", false},
	"reopen":    {func() Command { return &Reopen{} }, []string{Anyone}, "it was not over", true},
	"cancel":    {func() Command { return &Cancel{} }, []string{point, Vacancy}, "it was no incident", false},
	"follow_up": {func() Command { return &AddFollowUp{} }, []string{Anyone}, "add or change a follow-up", true},

	"postmortem_edit":    {func() Command { return &EditPostmortem{} }, []string{Anyone}, "write a section of the post-mortem", true},
	"postmortem_publish": {func() Command { return &PublishPostmortem{} }, []string{engineer, point}, "publish the post-mortem as an issue", true},
	"settle_flag":        {func() Command { return &SettleFlag{} }, []string{Anyone}, "say whether a flagged word is a person", true},
	"add_person":         {func() Command { return &AddPerson{} }, []string{Anyone}, "add somebody to the people of the incident", true},

	"practise": {func() Command { return &SetPractice{} }, []string{Anyone}, "begin to play a scenario in a drill, or change how it is played", false},
	"inject":   {func() Command { return &InjectEvent{} }, []string{Anyone}, "bring something into a drill, now or later", false},

	"wake":         {func() Command { return &Wake{} }, []string{System}, "let time pass", true},
	"step_start":   {func() Command { return &StartStep{} }, []string{System}, "begin an attempt", true},
	"restore":      {func() Command { return &Restore{} }, []string{System}, "say that the log is from a backup", true},
	"hear_tracker": {func() Command { return &HearTracker{} }, []string{System}, "say how the issue of a follow-up stands in its tracker", true},
	"step_report":  {func() Command { return &ReportStep{} }, []string{System}, "say what came of an attempt", true},
}

// apart are the commands that are not given as JSON: what they speak of comes another way.
var apart = []string{"add_picture"}

// given reports whether people give a command as JSON.
func given(kind string) bool {
	k, ok := Commands[kind]
	return ok && !slices.Contains(k.May, System) && !slices.Contains(apart, kind)
}

// NewCommand reads a command from its kind and JSON body. Unknown kinds and fields are errors that name the kinds or the field.
func NewCommand(kind string, body []byte) (Command, error) {
	if !given(kind) {
		return nil, invalid("kind", "there is no command %q; the commands are %s", kind, strings.Join(PublicKinds(), ", "))
	}
	c := Commands[kind].New()
	if len(body) == 0 {
		return c, nil
	}
	if err := strict(body, c); err != nil {
		return nil, err
	}
	return c, nil
}

// strict decodes JSON and turns its errors into sentences that name the field.
func strict(body []byte, into any) error {
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		var e *Error
		if ok := asError(err, &e); ok {
			return e
		}
		var t *json.UnmarshalTypeError
		if errors.As(err, &t) {
			return invalid(t.Field, "%s can't be %s here", t.Field, t.Value)
		}
		return invalid("", "the command can't be read: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// PublicKinds lists the commands people may give, sorted.
func PublicKinds() []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(Commands)) {
		if given(k) {
			out = append(out, k)
		}
	}
	return out
}

// KindOf names a command as the table does.
func KindOf(c Command) string {
	if _, ok := c.(*Declare); ok {
		return "declare"
	}
	want := fmt.Sprintf("%T", c)
	for name, k := range Commands {
		if fmt.Sprintf("%T", k.New()) == want {
			return name
		}
	}
	return ""
}

// Decide checks that the actor may give the command and lets it decide.
func Decide(i *Incident, c Command, a Ask) ([]Event, error) {
	if d, ok := c.(*Declare); ok {
		return d.Decide(i, a)
	}
	name := KindOf(c)
	k, ok := Commands[name]
	if !ok {
		return nil, invalid("kind", "there is no such command")
	}
	if i.Seq == 0 {
		return nil, missing("there is no such incident")
	}
	if err := i.may(name, k, c, a); err != nil {
		return nil, err
	}
	if i.Status != Active && !k.Ended {
		return nil, conflict("%s is %s; reopen it first", i.Name, i.Status)
	}
	evs, err := c.Decide(i, a)
	if err != nil {
		return nil, err
	}
	return append(i.meet(a), evs...), nil
}

// authored is a command about an entry that somebody wrote.
type authored interface{ about() int64 }

func (i *Incident) may(name string, k CommandKind, c Command, a Ask) error {
	if a.By == System {
		return nil
	}
	var roles holders
	for _, who := range k.May {
		switch who {
		case Anyone, Receiver:
			return nil
		case System:
		case Author:
			if l := i.Line(c.(authored).about()); l == nil || l.By == a.By {
				return nil
			}
			roles = append(roles, holder{text: catalogue.Mark("its author")})
		case Vacancy:
			if len(i.Roles[point]) == 0 {
				return nil
			}
		default:
			if i.Holds(a.By, who) {
				return nil
			}
			roles = append(roles, holder{catalogue.Mark("the %s"), i.roleName(who)})
		}
	}
	if slices.Contains(k.May, point) && len(i.Roles[point]) == 0 {
		return forbidden("nobody is point person: take point first, then do this")
	}
	return forbidden("only %s may do this (%s)", roles, name)
}

// holder is whoever has a role, or wrote an entry.
type holder struct{ text, role string }

// holders are those who may do something.
type holders []holder

func (hs holders) in(l *catalogue.Language) string {
	var out []string
	for _, h := range hs {
		if h.role == "" {
			out = append(out, l.Word(h.text))
		} else {
			out = append(out, l.T(h.text, h.role))
		}
	}
	return strings.Join(out, " "+l.T("or")+" ")
}

func (i *Incident) roleName(id string) string {
	if i.Runbook != nil {
		if r, ok := i.Runbook.Role(id); ok {
			return strings.ToLower(r.Name)
		}
	}
	return strings.ReplaceAll(id, "_", " ")
}

// meet gives pseudonyms to people the incident has not met yet, so that the fold stays pure (rulings 11).
func (i *Incident) meet(a Ask) []Event {
	fresh := map[string]int{}
	n := len(i.Pseudonyms)
	for _, p := range a.People {
		if i.Pseudonyms[p] == 0 && fresh[p] == 0 {
			n++
			fresh[p] = n
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return []Event{&Pseudonyms{People: fresh}}
}

// Pseudonyms is the entry that gives people their numbers (R13).
type Pseudonyms struct {
	People map[string]int `json:"people"`
}

// Kind names the entry.
func (*Pseudonyms) Kind() string { return "pseudonyms" }

// Apply remembers the numbers; a person keeps the first one.
func (p *Pseudonyms) Apply(i *Incident, _ Entry) {
	for id, n := range p.People {
		if i.Pseudonyms[id] == 0 {
			i.Pseudonyms[id] = n
		}
	}
	i.show()
}
