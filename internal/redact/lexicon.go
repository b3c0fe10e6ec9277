package redact

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed data/english.txt
var englishData string

//go:embed data/names.txt
var namesData string

//go:embed data/lexicon.txt
var lexiconData string

// class is a set of word classes; the names are those of data/lexicon.txt.
type class uint64

const (
	cEnglish class = 1 << iota
	cGiven
	cProduct
	cScience
	cCalendar
	cPlace
	cTech
	cAcronym
	cService
	cSpeech
	cAct
	cSystem
	cTitle
	cRole
	cUserkey
	cAddress
	cPassive
	cDeterminer
	cDevice
	cHuman
	cAbstract
	cModal
	cOnlyname
)

var classNames = map[string]class{
	"product": cProduct, "science": cScience, "calendar": cCalendar, "place": cPlace, "tech": cTech, "acronym": cAcronym,
	"service": cService, "speech": cSpeech, "act": cAct, "system": cSystem, "title": cTitle, "role": cRole, "userkey": cUserkey,
	"address": cAddress, "passive": cPassive, "determiner": cDeterminer, "device": cDevice, "human": cHuman,
	"abstract": cAbstract, "modal": cModal, "onlyname": cOnlyname,
}

// lexicon holds the classes of each word; english, stems included, is asked of words.
type lexicon struct{ words map[string]class }

var lex = sync.OnceValue(func() *lexicon {
	l := &lexicon{words: make(map[string]class, 40000)}
	each := func(data string, do func(line string)) {
		for line := range strings.Lines(data) {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				do(line)
			}
		}
	}
	each(englishData, func(w string) { l.words[w] |= cEnglish })
	each(namesData, func(w string) { l.words[w] |= cGiven })
	var c class
	each(lexiconData, func(line string) {
		if line[0] == '[' {
			name, _, _ := strings.Cut(line[1:], "]")
			c = classNames[name]
			return
		}
		for _, w := range strings.Fields(line) {
			l.words[w] |= c
		}
	})
	return l
})

// of is the classes of the folded word w, with cEnglish also for regular
// inflections, unless the word is a given name.
func (l *lexicon) of(w []byte) class {
	c := l.words[string(w)]
	if c&(cEnglish|cGiven) == 0 && len(w) > 3 && l.inflected(w) {
		c |= cEnglish
	}
	return c
}

var suffixes = []struct{ cut, add string }{
	{"ies", "y"}, {"es", ""}, {"s", ""}, {"ied", "y"}, {"ed", ""}, {"ed", "e"}, {"ing", ""}, {"ing", "e"}, {"ly", ""},
}

// inflected reports whether w is a regular form of an English word.
func (l *lexicon) inflected(w []byte) bool {
	var buf [40]byte
	for _, x := range suffixes {
		n := len(w) - len(x.cut)
		if n < 2 || n > 30 || string(w[n:]) != x.cut {
			continue
		}
		last := w[n-1]
		if x.cut == "es" && strings.IndexByte("sxzho", last) < 0 || x.cut == "s" && last == 's' {
			continue
		}
		if l.stem(append(append(buf[:0], w[:n]...), x.add...)) {
			return true
		}
		if x.add == "" && x.cut != "s" && x.cut != "es" && n > 2 && last == w[n-2] && l.stem(w[:n-1]) {
			return true
		}
	}
	return false
}

func (l *lexicon) stem(w []byte) bool {
	c := l.words[string(w)]
	return c&cEnglish != 0 && c&cOnlyname == 0
}

// past reports whether w looks like the past of a regular verb.
func past(w []byte) bool {
	return len(w) > 3 && string(w[len(w)-2:]) == "ed"
}

// participle reports whether w looks like a verb with -ing.
func participle(w []byte) bool {
	return len(w) > 4 && string(w[len(w)-3:]) == "ing"
}
