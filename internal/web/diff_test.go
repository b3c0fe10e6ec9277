package web

import (
	"strings"
	"testing"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	show := func(lines []diffLine) string {
		var out []string
		for _, l := range lines {
			out = append(out, strings.TrimSpace(l.Sign+" "+l.Text))
		}
		return strings.Join(out, "|")
	}
	ten := strings.Repeat("x\n", 10)
	for _, c := range []struct{ was, is, want string }{
		{"a\nb", "a\nb\n", ""},
		{"", "a", "+ a"},
		{"a", "", "− a"},
		{"a\r\nb", "a\nc", "a|− b|+ c"},
		{ten + "a", ten + "b", "⋯|x|x|x|− a|+ b"},
		{"a\n" + ten + "c", "b\n" + ten + "d", "− a|+ b|x|x|x|⋯|x|x|x|− c|+ d"},
	} {
		if got := show(diff(c.was, c.is)); got != c.want {
			t.Errorf("%q → %q: %s, want %s", c.was, c.is, got, c.want)
		}
	}
}

func TestMerge(t *testing.T) {
	t.Parallel()
	const base = "one\ntwo\nthree\nfour\n"
	if got, ok := merge(base, "one!\ntwo\nthree\nfour", "one\ntwo\nthree\nfour!\nfive"); !ok || got != "one!\ntwo\nthree\nfour!\nfive\n" {
		t.Errorf("%q, %v", got, ok)
	}
	if got, ok := merge(base, "ONE\ntwo\nthree\nfour", "uno\ntwo\nthree\nfour"); ok {
		t.Errorf("the same line: %q", got)
	}
}
