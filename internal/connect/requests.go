package connect

import "tocsin/internal/redact"

// Kind names what is wanted of a provider: capability, dot, verb. Kinds are permanent: logs and runbooks hold them.
type Kind string

// Capability is the part before the dot: room, document, social, chat, stream, tracker, mail, hook.
func (k Kind) Capability() string {
	for i := range len(k) {
		if k[i] == '.' {
			return string(k[:i])
		}
	}
	return string(k)
}

// The kinds and the outputs each promises. Result.URL is output "url" and Result.Ref is output "id" of every kind.
const (
	RoomOpen       Kind = "room.open"       // RoomRequest → url, id, licensed ("true"/"false"), host
	RoomLicense    Kind = "room.license"    // RoomMove → url, id, licensed: a room without time limit: the same one if its host is licensed, else a new one
	RoomLivestream Kind = "room.livestream" // RoomStream: where the room sends its picture
	RoomGoLive     Kind = "room.golive"     // RoomRef: start sending; the meeting must run
	RoomEnd        Kind = "room.end"        // RoomRef: stop sending, end the meeting

	DocumentCreate  Kind = "document.create"  // DocumentRequest → url, id
	DocumentWrite   Kind = "document.write"   // DocumentBody → revision (another when the document says something else): bring the managed part in step
	DocumentShare   Kind = "document.share"   // DocumentShareRequest: the whole organisation may edit
	DocumentPublish Kind = "document.publish" // DocumentRef → url (published, for the world), revision, replaced (names that people typed and that were replaced first; absent if none); refuses what Call.Leaks finds and Call.Replace can't mend

	ChatChannel Kind = "chat.channel" // ChannelRequest → id, name, url
	ChatPost    Kind = "chat.post"    // ChatMessage → id (message), channel (id), url
	ChatPin     Kind = "chat.pin"     // ChatRef
	ChatInvite  Kind = "chat.invite"  // ChatInvitation

	SocialPost Kind = "social.post" // SocialMessage → id, url

	StreamCreate Kind = "stream.create" // StreamRequest → url (watch page), id (broadcast), stream (id)
	StreamLive   Kind = "stream.live"   // StreamRef
	StreamEnd    Kind = "stream.end"    // StreamRef

	TrackerIssue   Kind = "tracker.issue"   // Issue → url, id (number within the project)
	TrackerOpen    Kind = "tracker.open"    // IssueRef: confidential → public
	TrackerComment Kind = "tracker.comment" // IssueComment
	TrackerUpdate  Kind = "tracker.update"  // IssueUpdate → state ("open" or "closed"), due where the tracker has due dates: bring an issue in step

	MailSend Kind = "mail.send" // MailMessage → id (Message-ID)
	HookSend Kind = "hook.send" // HookEvent → id (webhook-id)
)

// RoomRequest asks for a war room (R8). Topic is shown to whoever joins; it is internal.
type RoomRequest struct {
	Topic string `json:"topic"`
}

// RoomRef names a room by the id its opening gave.
type RoomRef struct {
	ID string `json:"id"`
}

// RoomMove asks for a room that is not time limited (R23, R24), given the present one.
type RoomMove struct {
	ID    string `json:"id"`
	Topic string `json:"topic"`
}

// RoomStream connects a room with a live stream (R25). The key is fetched through Call.Ingest with Stream.
type RoomStream struct {
	ID     string      `json:"id"`
	Stream string      `json:"stream"` // the stream connector's id, for Call.Ingest
	Page   string      `json:"page"`   // watch page
	Title  redact.Text `json:"title"`
}

// DocumentRequest asks for an empty document (R9). Own is the address of Tocsin's own public page, the built-in document.
type DocumentRequest struct {
	Title redact.Text `json:"title"`
	Own   string      `json:"own,omitempty"`
}

// DocumentBody is the whole managed part as it should read now. Blocks keep their Key for ever, so a provider can change only what
// differs. What people wrote outside the managed part stays.
type DocumentBody struct {
	ID     string          `json:"id"`
	Blocks []DocumentBlock `json:"blocks"`
}

// DocumentBlock is one paragraph. Style is "title", "heading" or "text".
type DocumentBlock struct {
	Key   string      `json:"key"` // [a-z0-9-]
	Style string      `json:"style"`
	Text  redact.Text `json:"text"` // one paragraph, no newline at its end
}

// DocumentShareRequest lets everyone of a domain edit (R11).
type DocumentShareRequest struct {
	ID     string `json:"id"`
	Domain string `json:"domain"` // empty: the connector's configured one
}

// DocumentRef names a document.
type DocumentRef struct {
	ID string `json:"id"`
}

// ChannelRequest asks for the incident's own channel. Name is a wish of [a-z0-9-]; Topic is internal.
type ChannelRequest struct {
	Name  string `json:"name"`
	Topic string `json:"topic"`
}

// ChatMessage is a post. Channel is an id, or a name of the configuration's channel table ("general") without #. "@channel" in Text
// notifies everyone there and is written as the service wants it; [text](url) is a link.
type ChatMessage struct {
	Channel string   `json:"channel"`
	Text    string   `json:"text"`
	Emails  []string `json:"emails,omitempty"` // whom it calls: mentioned, so that they are notified, where the service knows them
	Handles []string `json:"handles,omitempty"`
}

// ChatRef names a message.
type ChatRef struct {
	Channel string `json:"channel"`
	ID      string `json:"id"`
}

// ChatInvitation brings people into a channel, by e-mail address or handle.
type ChatInvitation struct {
	Channel string   `json:"channel"`
	Emails  []string `json:"emails"`
	Handles []string `json:"handles"`
}

// Fitter is a social connector that shortens a text to what its network allows, with a link to the rest, rather than cut it.
type Fitter interface {
	Fit(text, link string) string
	Weigh(text string) (weight, limit int) // as the network counts
}

// SocialMessage is a public post. ReplyTo is the id of an earlier one, for a thread.
type SocialMessage struct {
	Text    redact.Text `json:"text"`
	ReplyTo string      `json:"reply_to,omitempty"`
}

// StreamRequest asks for a public live stream (R25).
type StreamRequest struct {
	Title       redact.Text `json:"title"`
	Description redact.Text `json:"description"`
	Start       string      `json:"start"` // RFC 3339, real time
}

// StreamRef names a broadcast and the stream bound to it.
type StreamRef struct {
	ID     string `json:"id"`
	Stream string `json:"stream"`
}

// Issue is a tracker issue (R15). Body is Markdown.
type Issue struct {
	Title        redact.Text `json:"title"`
	Body         redact.Text `json:"body"`
	Labels       []string    `json:"labels"`
	Confidential bool        `json:"confidential"`
}

// IssueRef names an issue by its number within the configured project.
type IssueRef struct {
	ID string `json:"id"`
}

// IssueUpdate is an issue as it should read now. Mark is that of the step which made it, so that it stays to be found. What people changed in
// the tracker stays as it is: the due date unless SetDue, open or closed unless Closed or Reopen.
type IssueUpdate struct {
	ID     string      `json:"id"`
	Mark   string      `json:"mark"`
	Title  redact.Text `json:"title"`
	Body   redact.Text `json:"body"`
	Due    string      `json:"due,omitempty"` // 2026-12-05; empty: none
	SetDue bool        `json:"set_due,omitempty"`
	Closed bool        `json:"closed,omitempty"`
	Reopen bool        `json:"reopen,omitempty"`
}

// IssueComment adds a note to an issue.
type IssueComment struct {
	ID   string      `json:"id"`
	Text redact.Text `json:"text"`
}

// MailMessage is a mail. To holds bare addresses; Subject is one line. Link stands alone at the end, unless Text holds it. Unsubscribe is
// where a mail program ends the subscription that the mail was sent for, with one click where the address is https (RFC 2369, RFC 8058).
type MailMessage struct {
	To      []string `json:"to"`
	Subject string   `json:"subject"`
	Text    string   `json:"text"`
	Link    string   `json:"link,omitempty"`

	Unsubscribe string `json:"unsubscribe,omitempty"`
}

// HookEvent tells another system of an incident.
type HookEvent struct {
	Type   string      `json:"type"` // incident.declared, incident.major, incident.resolved
	At     string      `json:"at"`   // RFC 3339: when it happened
	Name   string      `json:"name"` // INC-1
	Title  redact.Text `json:"title"`
	Kind   string      `json:"kind"`
	Status string      `json:"status"`
	URL    string      `json:"url"` // public page
	Drill  bool        `json:"drill,omitempty"`
}
