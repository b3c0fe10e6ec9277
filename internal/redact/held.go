package redact

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// What must not leave before a person has decided, although it names nobody: why it is held, and what stands in its place.
const (
	whySecret  = "secret"
	whyHost    = "internal host"
	whyAddress = "network address"
)

var heldAs = map[string]string{whySecret: "[secret withheld]", whyHost: "[internal host]", whyAddress: "[address withheld]"}

// secrets are the shapes of tokens and keys; the group is the secret itself. hints are strings in lower case of which a text with one holds
// at least one.
var secrets = []struct {
	hints []string
	re    *regexp.Regexp
}{
	{[]string{"-----begin"}, regexp.MustCompile(`(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$))`)},
	{[]string{"akia", "asia"}, regexp.MustCompile(`\b((?:AKIA|ASIA)[0-9A-Z]{16})\b`)},
	{[]string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "xox", "sk_live_", "rk_live_", "npm_", "pypi-", "dop_v1_", "hf_", "sq0", "shpat_", "toc_"},
		regexp.MustCompile(`\b((?:gh[pousr]_|github_pat_|glpat-|gldt-|glrt-|xox[abeoprs]-|xapp-|sk_live_|rk_live_|npm_|pypi-|dop_v1_|hf_|sq0[a-z]{3}-|shpat_|toc_)[0-9A-Za-z_-]{10,})`)},
	{[]string{"aiza"}, regexp.MustCompile(`\b(AIza[0-9A-Za-z_-]{35})`)},
	{[]string{"eyj"}, regexp.MustCompile(`\b(eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}(?:\.[0-9A-Za-z_-]*)?)`)},
	{[]string{"sk-", "sg."}, regexp.MustCompile(`\b(sk-[0-9A-Za-z_-]{20,}|SG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,})`)},
	{[]string{"hooks.slack.com/", "webhooks/"}, regexp.MustCompile(`(https://(?:hooks\.slack\.com/(?:services|workflows|triggers)|(?:[a-z]+\.)?discord(?:app)?\.com/api/webhooks)/[^\s)>"'\x60]+)`)},
	{[]string{"bearer ", "basic "}, regexp.MustCompile(`(?i)\b(?:bearer|basic) ([0-9a-z+/_.~-]{16,}=*)`)},
}

// keyed is a secret that is named as one: "password: …". keyHints are the strings in lower case around which it is looked for.
var (
	keyed    = regexp.MustCompile(`(?i)\b[\w-]*(?:passw(?:or)?d|passphrase|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|token|credentials?)[\w-]*["']?(?: is | was |[ \t]*[:=][>]?[ \t]*)["'\x60]?([^\s"'\x60,;)]{6,})`)
	keyHints = []string{"passw", "passphrase", "pwd", "secret", "key", "token", "credential"}
)

// inAddress is the password in the address of a service.
var inAddress = regexp.MustCompile(`^://[^\s/:@]*:([^\s/:@]{3,})@`)

// hostEnds are the ends of internalHost.
var hostEnds = []string{".internal", ".local", ".lan", ".corp", ".intra", ".private", ".home.arpa", ".consul"}

// internalHost is a host name that no public server answers to.
var internalHost = regexp.MustCompile(`(?i)\b((?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+(?:internal|local|lan|corp|intranet|intra|localdomain|private|home\.arpa|cluster\.local|consul))\b`)

var (
	ipv4 = regexp.MustCompile(`\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b`)
	ipv6 = regexp.MustCompile(`(?i)\b[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7}`)
)

// held finds secrets, internal hosts and network addresses, in order.
func held(s string) []Span {
	var out []Span
	hold := func(start, end int, why string) {
		out = append(out, Span{Start: start, End: end, Why: why, Review: true})
	}
	low := lowered(s)
	for _, k := range secrets {
		if !slices.ContainsFunc(k.hints, func(h string) bool { return strings.Contains(low, h) }) {
			continue
		}
		for _, at := range k.re.FindAllStringSubmatchIndex(s, -1) {
			if looksSecret(s[at[2]:at[3]]) {
				hold(at[2], at[3], whySecret)
			}
		}
	}
	for from := 0; ; from++ {
		n := strings.Index(s[from:], "://")
		if n < 0 {
			break
		}
		from += n
		if at := inAddress.FindStringSubmatchIndex(s[from:min(len(s), from+300)]); at != nil && looksSecret(s[from+at[2]:from+at[3]]) {
			hold(from+at[2], from+at[3], whySecret)
		}
	}
	for _, key := range keyHints {
		for from := 0; ; {
			n := strings.Index(low[from:], key)
			if n < 0 {
				break
			}
			from += n + len(key)
			start := max(strings.LastIndexAny(s[:from], " \t\n")+1, from-80)
			if at := keyed.FindStringSubmatchIndex(s[start:min(len(s), from+300)]); at != nil && looksSecret(s[start+at[2]:start+at[3]]) {
				hold(start+at[2], start+at[3], whySecret)
			}
		}
	}
	if slices.ContainsFunc(hostEnds, func(end string) bool { return strings.Contains(low, end) }) {
		for _, at := range internalHost.FindAllStringSubmatchIndex(s, -1) {
			if !strings.HasPrefix(s[at[3]:], "(") { // a method: cache.local()
				hold(at[2], at[3], whyHost)
			}
		}
	}
	if stretch(s, '.', false, 3) {
		for _, at := range ipv4.FindAllStringIndex(s, -1) {
			if a, err := netip.ParseAddr(s[at[0]:at[1]]); err == nil && confides(a) && !versioned(s[:at[0]]) && !continued(s, at) {
				hold(at[0], at[1], whyAddress)
			}
		}
	}
	if strings.Contains(s, "::") || stretch(s, ':', true, 7) {
		for _, at := range ipv6.FindAllStringIndex(s, -1) {
			if a, err := netip.ParseAddr(strings.TrimSuffix(s[at[0]:at[1]], ":")); err == nil && confides(a) {
				hold(at[0], at[1], whyAddress)
			}
		}
	}
	return merge(out)
}

// lowered is s with its ASCII letters in lower case, byte for byte.
func lowered(s string) string {
	b := []byte(s)
	for n, c := range b {
		if c-'A' < 26 {
			b[n] = c | 0x20
		}
	}
	return string(b)
}

// stretch reports whether a row of digits, hexadecimal ones if hex, and marks holds at least n marks: only then may an address be there.
func stretch(s string, mark byte, hex bool, n int) bool {
	marks := 0
	for k := range len(s) {
		c := s[k]
		switch {
		case c == mark:
			if marks++; marks >= n {
				return true
			}
		case c-'0' < 10 || hex && c|0x20-'a' < 6:
		default:
			marks = 0
		}
	}
	return false
}

// looksSecret leaves out what only stands where a secret would: a word, a variable, a placeholder.
func looksSecret(v string) bool {
	v = strings.Trim(v, ".:!?")
	if len(v) < 3 || strings.ContainsAny(v[:1], "$<{[(*%…") || strings.Trim(v, "*x•.X-_") == "" {
		return false
	}
	for _, as := range heldAs {
		if strings.Contains(as, v) {
			return false
		}
	}
	letters := strings.Trim(strings.ToLower(v), "abcdefghijklmnopqrstuvwxyz-_/")
	return letters != "" || len(v) > 24 || strings.ToLower(v) != v && strings.ToUpper(v) != v && !strings.ContainsAny(v, "-_/") && len(v) > 9
}

// confides reports whether an address tells something: not this machine, not one of the examples.
func confides(a netip.Addr) bool {
	return !a.IsLoopback() && !a.IsUnspecified() && !slices.ContainsFunc(examples, func(p netip.Prefix) bool { return p.Contains(a) })
}

var examples = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("255.0.0.0/8")}

// versioned reports whether what stands before says that a version follows.
func versioned(before string) bool {
	before = strings.ToLower(strings.TrimRight(before[max(0, len(before)-16):], " "))
	for _, w := range []string{"version", "release", "v", "-", "_", "build"} {
		if strings.HasSuffix(before, w) {
			return true
		}
	}
	return false
}

// continued reports whether digits and dots go on after the four numbers, or come before them.
func continued(s string, at []int) bool {
	return at[1]+1 < len(s) && s[at[1]] == '.' && s[at[1]+1]-'0' < 10 || at[0] > 0 && s[at[0]-1] == '.'
}
