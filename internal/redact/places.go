package redact

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// address is an e-mail address, a mention or a login at a host, in the original.
type address struct {
	start, end int
	local      [2]int // the part that names a person
	kind       addressKind
}

type addressKind uint8

const (
	aMail addressKind = iota
	aMention
	aLogin // user@host: only the user is a person's
	aChat  // <@ID|label>
)

// addresses finds every address in s, in order.
func addresses(s string) []address {
	var out []address
	for at := 0; ; {
		i := strings.IndexByte(s[at:], '@')
		if i < 0 {
			return out
		}
		i += at
		at = i + 1
		if a, ok := addressAt(s, i); ok {
			out = append(out, a)
			at = max(at, a.end)
		}
	}
}

// addressAt reads the address around the at sign at i.
func addressAt(s string, i int) (a address, ok bool) {
	end := i + 1
	for end < len(s) {
		n := wordRune(s[end:])
		if n == 0 && strings.IndexByte(".-_", s[end]) < 0 {
			break
		}
		end += max(n, 1)
	}
	for end > i+1 && strings.IndexByte(".-_", s[end-1]) >= 0 {
		end--
	}
	if end == i+1 {
		return a, false
	}
	if i > 0 && s[i-1] == '<' {
		if c := strings.IndexByte(s[i:min(len(s), i+120)], '>'); c > 0 && !strings.ContainsAny(s[i:i+c], "\n<") {
			return address{i - 1, i + c + 1, [2]int{i + 1, i + c}, aChat}, true
		}
	}
	start := i
	for start > 0 {
		n := 1
		if s[start-1] >= utf8.RuneSelf {
			_, n = utf8.DecodeLastRuneInString(s[:start])
		}
		if wordRune(s[start-n:]) == 0 && strings.IndexByte(".%+-'", s[start-1]) < 0 {
			break
		}
		start -= n
	}
	for start < i && strings.IndexByte(".+-'%", s[start]) >= 0 {
		start++
	}
	if start == i {
		if end < len(s)-1 && s[end] == '@' { // @user@server
			for end++; end < len(s) && (wordByte(s[end]) || strings.IndexByte(".-", s[end]) >= 0); {
				end++
			}
			for strings.IndexByte(".-", s[end-1]) >= 0 {
				end--
			}
		}
		if strings.IndexByte("/.", before(s, i)) >= 0 && i > 0 && wordByte(before(s, i-1)) {
			return a, false // npm/@scope and the like
		}
		name := s[i+1 : end]
		if j := strings.IndexByte(name, '@'); j >= 0 {
			name = name[:j]
		}
		return address{i, end, [2]int{i + 1, i + 1 + len(name)}, aMention}, true
	}
	a = address{start, end, [2]int{start, i}, aMail}
	host := s[i+1 : end]
	label, rest, dotted := strings.Cut(host, ".")
	switch {
	case !dotted || rest == "" || !strings.ContainsFunc(rest, func(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' || r >= utf8.RuneSelf }):
		a.kind = aLogin
	case strings.ContainsAny(label, "0123456789") && !strings.HasSuffix(strings.TrimRight(s[:start], " <:="), "mail"):
		a.kind = aLogin
	case end+1 < len(s) && s[end] == ':' && strings.IndexByte("~/$.", s[end+1]) >= 0:
		a.kind = aLogin
	case sshLike(s[:start]):
		a.kind = aLogin
	}
	if a.kind == aLogin {
		a.end = i
	}
	return a, true
}

// wordRune is the length of the letter, digit or underscore that s begins with, or 0.
func wordRune(s string) int {
	if s[0] < utf8.RuneSelf {
		if wordByte(s[0]) {
			return 1
		}
		return 0
	}
	r, n := utf8.DecodeRuneInString(s)
	if k := foldRune(r).kind; k == kGap || r == utf8.RuneError {
		return 0
	}
	return n
}

func before(s string, i int) byte {
	if i <= 0 {
		return 0
	}
	return s[i-1]
}

// sshLike reports whether the words before an address are a remote login or copy.
func sshLike(s string) bool {
	s = s[max(0, len(s)-200):]
	if i := strings.LastIndexAny(s, "\n;|&"); i >= 0 {
		s = s[i+1:]
	}
	for w := range strings.FieldsSeq(s) {
		switch strings.Trim(w, "`\"'$()") {
		case "ssh", "scp", "sftp", "rsync", "mosh", "autossh", "sshfs", "ssh-copy-id":
			return true
		}
	}
	return false
}

// widen makes a span that touches an address cover all of it; of a login, only the user.
func widen(spans []Span, addrs []address) []Span {
	for k := range spans {
		n, _ := slices.BinarySearchFunc(addrs, spans[k].Start, func(a address, s int) int { return a.end - s })
		for ; n < len(addrs) && addrs[n].start < spans[k].End; n++ {
			if a := addrs[n]; spans[k].Start < a.end && spans[k].End > a.start {
				spans[k].Start = min(spans[k].Start, a.start)
				spans[k].End = max(spans[k].End, a.end)
			}
		}
	}
	return spans
}

// placed says whether tokens i to j stand where only a person's name or account
// stands: a home folder, a login, the value of a user key, a mention, the name
// of a person's machine.
func (m *matcher) placed(i, j int) bool {
	s, e := int(m.toks[i].s), int(m.toks[j-1].e)
	if m.at(s-1) == '@' && !wordByte(m.at(s-2)) {
		return true
	}
	if m.local(s, e) {
		return true
	}
	if home(m.s[:s]) {
		return true
	}
	if m.keyed(i) {
		return true
	}
	if j < len(m.toks) {
		g := m.gap(j)
		k := j
		if g == "'" || g == "s" {
			k++
		}
		if (g == "-" || g == "_" || g == "s-" || g == "") && m.is(k, cDevice) && !(m.toks[i].letter == lower && m.any(k, " vm dev air pixel home pc page surface ")) {
			return true
		}
	}
	return m.profile(s)
}

// local reports whether s..e lies in the local part of an address.
func (m *matcher) local(s, e int) bool {
	for n := 0; n < 80 && e < len(m.s) && (wordByte(m.s[e]) || strings.IndexByte(".+-", m.s[e]) >= 0); n++ {
		e++
	}
	return m.at(e) == '@' || strings.HasPrefix(m.s[e:], "%40")
}

var homes = []string{"/home/", "/users/", "/export/home/", "/u/", "\\users\\", "\\\\users\\\\", "/homes/", "/var/spool/cron/crontabs/", "/var/mail/", "/var/spool/mail/", "/people/", "/in/", "/~"}

// home reports whether what follows the text before is the name of a home folder.
func home(before string) bool {
	tail := strings.ToLower(before[max(0, len(before)-28):])
	for _, h := range homes {
		if strings.HasSuffix(tail, h) {
			return true
		}
	}
	return strings.HasSuffix(tail, "~") && (len(tail) == 1 || strings.IndexByte(" \t\n\"'`=(:,/", tail[len(tail)-2]) >= 0)
}

// keyed reports whether token i is the value of a key that names people.
func (m *matcher) keyed(i int) bool {
	if i == 0 {
		return false
	}
	g := strings.TrimRight(m.gap(i), " \"'`[({<\\")
	if !strings.HasSuffix(g, "=") && !strings.HasSuffix(g, ":") {
		return false
	}
	if strings.Trim(g, " \"'`=:\\]") != "" {
		return false
	}
	k := i - 1
	if m.is(k, cUserkey) {
		return true
	}
	return k > 0 && m.toks[k].e-m.toks[k-1].s < 24 && m.is(k, cUserkey) ||
		k > 0 && lex().words[string(m.buf[m.toks[k-1].f:m.toks[k].fe])]&cUserkey != 0
}

var profileHosts = []string{"gitlab", "github", "bitbucket", "codeberg", "gitea", "twitter", "//x.com", "mastodon", "linkedin", "bsky", "gravatar", "keybase", "slack.com/team", "/team/", "/users/", "/u/", "/profile/", "/people/", "/user/"}

// profile reports whether s is where a URL names an account: the first segment
// after a forge's or a network's host, or the one after /users/ and the like.
func (m *matcher) profile(s int) bool {
	if m.at(s-1) != '/' && m.at(s-1) != '@' {
		return false
	}
	head := m.s[max(0, s-300):s]
	head = strings.ToLower(head[strings.LastIndexAny(head, " \t\n\"'<>()[]|`")+1:])
	i := strings.Index(head, "://")
	if i < 0 || strings.HasPrefix(head[i+3:], "docs.") || strings.HasPrefix(head[i+3:], "api.") || strings.HasPrefix(head[i+3:], "help.") {
		return false
	}
	for _, h := range profileHosts {
		k := strings.Index(head, h)
		if k < 0 {
			continue
		}
		if h[0] == '/' && h[len(h)-1] == '/' {
			if strings.HasSuffix(head, h) {
				return true
			}
			continue
		}
		if strings.Count(head[i+3:], "/") == strings.Count(strings.TrimPrefix(h, "//"), "/")+1 {
			return true
		}
	}
	return false
}
