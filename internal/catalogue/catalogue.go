// Package catalogue is what Tocsin itself says to people in its pages, in each of its languages.
//
// It owns the translations: a file in gettext's PO format per language, so that any translator's tool can work on it. The English text is
// the key, so pages read as what they say. What people and runbooks say is theirs and is never translated.
package catalogue

import (
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/goodsign/monday"
	"github.com/leonelquinteros/gotext"
	"golang.org/x/text/language"
)

//go:embed *.po
var files embed.FS

// Language is one language that pages are made in. It is safe for concurrent use.
type Language struct {
	Tag  string // BCP 47: what <html lang> says
	Name string // as its speakers call it
	po   *gotext.Po

	months monday.Locale
}

// English is what the keys are written in.
var English = &Language{Tag: "en", Name: "English", months: monday.LocaleEnGB}

// all lists the languages; English, first, is what is chosen for people who have none of them.
var all = []*Language{English, read("de", "Deutsch", monday.LocaleDeDE)}

var matcher = func() language.Matcher {
	var tags []language.Tag
	for _, l := range all {
		tags = append(tags, language.MustParse(l.Tag))
	}
	return language.NewMatcher(tags)
}()

func read(tag, name string, months monday.Locale) *Language {
	src, err := fs.ReadFile(files, tag+".po")
	if err != nil {
		panic(err) // it is embedded
	}
	l := &Language{Tag: tag, Name: name, po: gotext.NewPo(), months: months}
	l.po.Parse(src)
	return l
}

// Languages lists the languages there are.
func Languages() []*Language { return all }

// Named gives the language with a tag; false: there is none.
func Named(tag string) (*Language, bool) {
	for _, l := range all {
		if l.Tag == tag {
			return l, true
		}
	}
	return nil, false
}

// Preferred gives the language that fits an Accept-Language header best.
func Preferred(accept string) *Language {
	wanted, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return English
	}
	_, n, _ := matcher.Match(wanted...)
	return all[n]
}

// T gives a text in the language, with the values put in where it has verbs of package fmt. A translation may take values in another order,
// by %[2]s. What is not translated stays English.
func (l *Language) T(text string, values ...any) string {
	if len(values) == 0 {
		return l.Word(text)
	}
	return fmt.Sprintf(l.Word(text), values...)
}

// N gives the text that fits a number of things, which is the first of the values: N("%d entry", "%d entries", 3).
func (l *Language) N(one, many string, n int, values ...any) string {
	return fmt.Sprintf(l.Form(one, many, n), append([]any{n}, values...)...)
}

// Form gives the text that fits a number of things, with no values put in.
func (l *Language) Form(one, many string, n int) string {
	switch {
	case l.po != nil:
		var none []any
		return l.po.GetN(one, many, n, none...)
	case n == 1:
		return one
	}
	return many
}

// Date writes a moment by a layout of package time, which a language may put differently: "2 Jan 15:04 UTC".
func (l *Language) Date(t time.Time, layout string) string {
	return monday.Format(t, l.Word(layout), l.months)
}

// Word gives a text in the language that was marked where it stands.
func (l *Language) Word(text string) string {
	if l.po == nil || text == "" {
		return text
	}
	var none []any
	return l.po.Get(text, none...)
}

// Mark says of a text that it is to be translated later, by Word, once it is known for whom.
func Mark(text string) string { return text }
