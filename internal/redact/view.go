package redact

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// token is a word, a number or one rune of a script without spaces, as it is read
// after folding: camel-case humps and digits are tokens of their own.
type token struct {
	s, e   int32 // bytes of the original
	f, fe  int32 // bytes of view.buf
	hash   uint32
	kind   kind
	letter letterCase
	fixed  bool // part of a reserved word: never a name
}

type letterCase uint8

const (
	lower letterCase = iota
	title            // first upper, rest lower; or a single upper letter
	upper            // two or more letters, all upper
)

// view is a text as the detector reads it: its tokens, each with its folded bytes
// and the bytes of the original that it came from.
type view struct {
	s    string
	buf  []byte
	toks []token
}

var views = sync.Pool{New: func() any { return new(view) }}

func newView(s string) *view {
	v := views.Get().(*view)
	v.s, v.buf, v.toks = s, v.buf[:0], v.toks[:0]
	if cap(v.buf) < len(s) {
		v.buf = make([]byte, 0, len(s)+len(s)/8+64)
		v.toks = make([]token, 0, len(s)/4+64)
	}
	v.scan()
	return v
}

func (v *view) free() {
	v.s = ""
	if cap(v.buf) < 4<<20 {
		views.Put(v)
	}
}

// scan fills buf and toks.
func (v *view) scan() {
	s := v.s
	var (
		open   bool
		t      token
		uppers int   // upper letters so far, while there are no lower ones
		lowers int   // lower letters so far
		lastS  int32 // where the last rune began, in s and in buf
		lastF  int32
		priorE int32 // where the rune before it ended
	)
	shut := func() {
		if !open {
			return
		}
		open = false
		t.fe = int32(len(v.buf))
		switch {
		case uppers == 0:
			t.letter = lower
		case lowers == 0 && uppers > 1:
			t.letter = upper
		default:
			t.letter = title
		}
		v.add(t)
	}
	begin := func(k kind, i int) {
		open, uppers, lowers = true, 0, 0
		t = token{s: int32(i), f: int32(len(v.buf)), kind: k}
	}
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			switch ascii[c] {
			case aLower:
				if open && t.kind == kLetter && (lowers > 0 || uppers <= 1) {
					lowers++
				} else if open && t.kind == kLetter { // "HTTPServer": the last upper begins a word
					p := priorE
					last := v.buf[lastF:len(v.buf):len(v.buf)]
					n := len(last)
					v.buf = v.buf[:lastF]
					t.e = p
					uppers--
					shut()
					begin(kLetter, int(lastS))
					v.buf = v.buf[:len(v.buf)+n]
					uppers, lowers = 1, 1
				} else {
					shut()
					begin(kLetter, i)
					lowers = 1
				}
				j := i + 1
				for j < len(s) && s[j]-'a' < 26 {
					j++
				}
				v.buf = append(v.buf, s[i:j]...)
				lowers += j - i - 1
				t.e = int32(j)
				priorE, lastS, lastF = int32(j-1), int32(j-1), int32(len(v.buf)-1)
				i = j
				continue
			case aUpper:
				if !open || t.kind != kLetter || lowers > 0 {
					shut()
					begin(kLetter, i)
				}
				uppers++
				priorE, lastS, lastF = t.e, int32(i), int32(len(v.buf))
				v.buf = append(v.buf, c|0x20)
				i++
				t.e = int32(i)
				continue
			case aDigit:
				if !open || t.kind != kDigit {
					shut()
					begin(kDigit, i)
				}
				v.buf = append(v.buf, c)
				i++
				t.e = int32(i)
				continue
			case aGap:
				shut()
				i++
				continue
			}
		}
		text, up, k, n := v.slow(i)
		switch k {
		case kDrop:
		case kGap:
			shut()
		case kWhole:
			shut()
			begin(kWhole, i)
			v.buf = append(v.buf, text...)
			t.e = int32(i + n)
			shut()
		case kDigit:
			if !open || t.kind != kDigit {
				shut()
				begin(kDigit, i)
			}
			v.buf = append(v.buf, text...)
			t.e = int32(i + n)
		case kLetter:
			split := !open || t.kind != kLetter || up && lowers > 0
			if !split && !up && lowers == 0 && uppers > 1 {
				last := string(v.buf[lastF:])
				v.buf = v.buf[:lastF]
				t.e = priorE
				uppers--
				at := int(lastS)
				shut()
				begin(kLetter, at)
				v.buf = append(v.buf, last...)
				uppers = 1
			} else if split {
				shut()
				begin(kLetter, i)
			}
			priorE, lastS, lastF = t.e, int32(i), int32(len(v.buf))
			v.buf = append(v.buf, text...)
			t.e = int32(i + n)
			if up {
				uppers++
			} else {
				lowers++
			}
		}
		i += n
	}
	shut()
}

// add hashes the token, marks reserved words, and appends it.
func (v *view) add(t token) {
	w := v.buf[t.f:t.fe]
	t.hash = hashOf(w)
	if n := len(v.toks); n > 0 {
		p := &v.toks[n-1]
		switch {
		case len(w) == 6 && string(w) == "member" && string(v.buf[p.f:p.fe]) == "team" && reservedGap(v.s[p.e:t.s]):
			p.fixed, t.fixed = true, true
		case t.kind == kDigit && p.fixed && v.s[p.e:t.s] == "-" && string(v.buf[p.f:p.fe]) == "member":
			t.fixed = true
		}
	}
	v.toks = append(v.toks, t)
}

func reservedGap(g string) bool { return g == "-" || g == " " }

const (
	aGap = iota
	aLower
	aUpper
	aDigit
	aOther // needs a closer look
)

var ascii = func() (t [128]uint8) {
	for c := range t {
		switch {
		case c >= 'a' && c <= 'z':
			t[c] = aLower
		case c >= 'A' && c <= 'Z':
			t[c] = aUpper
		case c >= '0' && c <= '9':
			t[c] = aDigit
		case strings.ContainsRune("&%\\=<", rune(c)) || c < ' ' && c != '\n' && c != '\t' && c != '\r' || c == 0x7f:
			t[c] = aOther
		}
	}
	return t
}()

// slow reads what stands at i, n bytes of it, decoding entities, escapes and inline tags.
func (v *view) slow(i int) (text string, up bool, k kind, n int) {
	s := v.s
	r, n := rune(s[i]), 1
	switch s[i] {
	case '&':
		if t, m := entity(s[i:]); m > 0 {
			return v.foldAll(t, m)
		}
		return "", false, kGap, 1
	case '%':
		if t, m := escaped(s[i:], '%'); m > 0 {
			return v.foldAll(t, m)
		}
		return "", false, kGap, 1
	case '=':
		if t, m := escaped(s[i:], '='); m > 0 && t[0] >= utf8.RuneSelf {
			return v.foldAll(t, m)
		}
		if strings.HasPrefix(s[i:], "=\n") {
			return "", false, kDrop, 2
		}
		if strings.HasPrefix(s[i:], "=\r\n") {
			return "", false, kDrop, 3
		}
		return "", false, kGap, 1
	case '\\':
		if t, m := backslashed(s[i:]); m > 0 {
			return v.foldAll(t, m)
		}
		if i+2 < len(s) && strings.IndexByte("nrt", s[i+1]) >= 0 {
			if r := firstRune(s[i+2:]); !unicode.IsLower(r) && !invisible(r) {
				return "", false, kGap, 2 // an escaped line end; before a lower-case letter see escapedLetter
			}
		}
		return "", false, kGap, 1
	case '<':
		return "", false, kGap, max(1, bareTag(s[i:]))
	}
	if r >= utf8.RuneSelf {
		r, n = utf8.DecodeRuneInString(s[i:])
		if r >= 0x1100 && r <= 0x1112 {
			if t, m := jamo(s[i:]); m > 0 {
				return v.foldAll(t, m)
			}
		}
		if r == utf8.RuneError && n == 1 {
			return "", false, kGap, 1
		}
	}
	f := foldRune(r)
	return f.text, f.upper, f.kind, n
}

func (v *view) foldAll(t string, n int) (string, bool, kind, int) {
	r, m := utf8.DecodeRuneInString(t)
	f := foldRune(r)
	if m < len(t) {
		for _, r := range t[m:] {
			f.text += foldRune(r).text
		}
	}
	return f.text, f.upper, f.kind, n
}
