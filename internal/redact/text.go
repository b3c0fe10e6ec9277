package redact

import (
	"encoding/json"
	"strconv"
	"strings"
)

// withheld stands for a text that did not come through a Redactor.
const withheld = "[withheld]"

// Text is the only thing public code can print (DESIGN §1.4). A sealed Text was
// made by a Redactor, by Literal, or out of sealed Texts; nothing else makes one.
// A Text that was decoded is unsealed: it prints as "[withheld]" until
// Redactor.Seal has put it through the door again. The zero value is the empty text.
//
// Texts are comparable: equal sealed Texts print the same.
type Text struct {
	s      string
	sealed bool
}

// literal has no exported name, so outside this package only untyped string
// constants can be passed where it stands.
type literal string

// Literal is a text of the program itself, such as a heading. It takes constants only.
func Literal(s literal) Text { return seal(string(s)) }

// Join puts sep, a constant, between the parts. Use Redactor.Format where two
// parts could together make a name.
func Join(parts []Text, sep literal) Text {
	ss := make([]string, len(parts))
	for i, p := range parts {
		ss[i] = p.String()
	}
	return seal(strings.Join(ss, string(sep)))
}

func seal(s string) Text {
	if s == "" {
		return Text{}
	}
	return Text{s: s, sealed: true}
}

// String is the text, "" for the zero value, "[withheld]" for an unsealed value.
func (t Text) String() string {
	if t.s != "" && !t.sealed {
		return withheld
	}
	return t.s
}

// GoString keeps %#v from printing what String withholds.
func (t Text) GoString() string { return strconv.Quote(t.String()) }

// IsZero reports whether t is the empty text; encoding/json's omitzero uses it.
func (t Text) IsZero() bool { return t.s == "" }

// Len is the length of String in bytes.
func (t Text) Len() int { return len(t.String()) }

// Sealed reports whether String prints the text itself.
func (t Text) Sealed() bool { return t.s == "" || t.sealed }

// MarshalText writes String.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// MarshalJSON writes String as a JSON string.
func (t Text) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// UnmarshalText makes an unsealed Text.
func (t *Text) UnmarshalText(b []byte) error {
	*t = Text{s: string(b)}
	return nil
}

// UnmarshalJSON makes an unsealed Text; null is the empty text.
func (t *Text) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	*t = Text{s: s}
	return nil
}
