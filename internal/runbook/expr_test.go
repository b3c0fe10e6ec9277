package runbook

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCompile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ src, want string }{ // want: as it is written back
		{"declared", "declared"},
		{" major  and\nnot resolved ", "major and not resolved"},
		{"eta > 1h and disrupting", "eta > 1h and disrupting"},
		{"eta>=1h30m", "eta >= 1h30m"},
		{"elapsed != 90s", "elapsed != 1m30s"},
		{"elapsed < 60m", "elapsed < 1h"},
		{"elapsed == 0s", "elapsed == 0s"},
		{"a and b", ""},
		{"major or minor and declared", "major or (minor and declared)"},
		{"(major or minor) and declared", "(major or minor) and declared"},
		{"not (major and minor)", "not (major and minor)"},
		{"not not major", "not not major"},
		{"((major))", "major"},
		{"never", "never"},
	} {
		e, err := Compile(c.src)
		switch {
		case c.want == "" && err == nil:
			t.Errorf("%q compiles", c.src)
		case c.want != "" && err != nil:
			t.Errorf("%q: %v", c.src, err)
		case e.String() != c.want:
			t.Errorf("%q is written back as %q", c.src, e)
		}
	}
}

func TestCompileProblems(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("(", maxDepth+1) + "major" + strings.Repeat(")", maxDepth+1)
	for _, c := range []struct{ src, want string }{
		{"", "column 1: the expression ends too early"},
		{"major and", "column 10: the expression ends too early"},
		{"and major", "column 1: \"and\" is not known; known are "},
		{"major minor", "column 7: \"minor\" is not expected here; join conditions with and, or"},
		{"major && minor", "column 7: \"&\" is not known; write and"},
		{"!major", "column 1: \"!\" is not known; write not"},
		{"major AND minor", "column 7: \"AND\" is not known; write and"},
		{"majör", "column 4: \"ö\" is not"},
		{"majr", "column 1: \"majr\" is not known; did you mean \"major\"?"},
		{"(major", "column 7: a closing parenthesis is missing"},
		{"major)", "column 6: \")\" is not expected here"},
		{"major and eta", "column 11: compare eta with a length of time, as in eta > 1h"},
		{"eta = 1h", "column 1: compare eta with"},
		{"eta > 1", "column 7: \"1\" is not a length of time; write it like 45m, 1h or 1h30m"},
		{"eta > 1.5h", "column 7: \"1.5h\" is not a length of time"},
		{"eta > -1h", "column 7: \"-\" is not a length of time"},
		{"eta > ", "column 7: \"\" is not a length of time"},
		{"eta > 99999999999h", "column 7: \"99999999999h\" is not a length of time"},
		{"disrupting > 1h", "column 12: \">\" is not expected here"},
		{deep, "column 22: the expression nests deeper than 20"},
		{strings.Repeat("not ", maxDepth+1) + "major", "column 85: the expression nests deeper than 20"},
	} {
		e, err := Compile(c.src)
		if c.src == "majör" {
			c.want = "column 1: \"maj\""
		}
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%.60q: %v, not %s", c.src, err, c.want)
		}
		if e.String() != "" {
			t.Errorf("%.60q: something besides an error", c.src)
		}
	}
}

func TestEval(t *testing.T) {
	t.Parallel()
	h := func(d time.Duration) *time.Duration { return &d }
	f := Facts{
		Bools: map[string]Truth{"declared": True, "major": False, "disrupting": Unknown},
		Spans: map[string]*time.Duration{"eta": h(time.Hour), "elapsed": nil},
	}
	for src, want := range map[string]Truth{
		"declared": True, "major": False, "disrupting": Unknown, "resolved": Unknown, "always": True, "never": False,
		"eta > 1h": False, "eta >= 1h": True, "eta < 1h1s": True, "eta == 60m": True, "eta != 60m": False, "eta <= 59m": False,
		"elapsed > 1h": Unknown, "elapsed > 1h or declared": True, "elapsed > 1h and major": False,
		"not disrupting": Unknown, "not major": True, "disrupting or major": Unknown, "disrupting and declared": Unknown,
		"disrupting or not disrupting": Unknown, "major or declared and disrupting": Unknown,
	} {
		e, err := Compile(src)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Eval(f); got != want {
			t.Errorf("%s is %s, not %s", src, got, want)
		}
	}
	// Exactly one hour is not more than one hour (DESIGN §6).
	e, _ := Compile(Default().Definition.Major)
	for eta, want := range map[time.Duration]Truth{time.Hour: False, time.Hour + 1: True} {
		if got := e.Eval(Facts{Bools: map[string]Truth{"disrupting": True}, Spans: map[string]*time.Duration{"eta": &eta}}); got != want {
			t.Errorf("an ETA of %s: %s", eta, got)
		}
	}
	if got := (Expr{}).Eval(f); got != Unknown {
		t.Errorf("the zero expression is %s", got)
	}
}

// anExpr draws an expression's source.
func anExpr(depth int) *rapid.Generator[string] {
	leaf := rapid.OneOf(rapid.SampledFrom(BoolNames), rapid.Map(rapid.SampledFrom([]string{">", ">=", "<", "<=", "==", "!="}),
		func(op string) string { return "eta " + op + " 1h" }), rapid.Just("elapsed > 1h30m"))
	if depth == 0 {
		return leaf
	}
	sub := anExpr(depth - 1)
	return rapid.OneOf(leaf,
		rapid.Map(sub, func(s string) string { return "not (" + s + ")" }),
		rapid.Custom(func(t *rapid.T) string {
			return "(" + sub.Draw(t, "a") + ") " + rapid.SampledFrom([]string{"and", "or"}).Draw(t, "op") + " (" + sub.Draw(t, "b") + ")"
		}))
}

func someFacts(t *rapid.T) Facts {
	f := Facts{Bools: map[string]Truth{}, Spans: map[string]*time.Duration{}}
	for _, name := range BoolNames {
		f.Bools[name] = rapid.SampledFrom([]Truth{Unknown, False, True}).Draw(t, name)
	}
	for _, name := range SpanNames {
		if d := rapid.SampledFrom([]time.Duration{-1, 0, 59 * time.Minute, time.Hour, 90 * time.Minute, 100 * time.Hour}).Draw(t, name); d >= 0 {
			f.Spans[name] = &d
		}
	}
	return f
}

func mustCompile(t rapid.TB, src string) Expr {
	e, err := Compile(src)
	if err != nil {
		t.Fatalf("%q: %v", src, err)
	}
	return e
}

func TestKleene(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anExpr(2).Draw(t, "a"), anExpr(2).Draw(t, "b"), anExpr(1).Draw(t, "c")
		f := someFacts(t)
		eval := func(src string) Truth { return mustCompile(t, src).Eval(f) }
		same := func(x, y string) {
			if eval(x) != eval(y) {
				t.Fatalf("%q is %s, %q is %s", x, eval(x), y, eval(y))
			}
		}
		a, b, c = "("+a+")", "("+b+")", "("+c+")"
		same("not not "+a, a)
		same("not ("+a+" and "+b+")", "not "+a+" or not "+b)
		same("not ("+a+" or "+b+")", "not "+a+" and not "+b)
		same(a+" and "+b, b+" and "+a)
		same(a+" or "+b, b+" or "+a)
		same(a+" and ("+b+" or "+c+")", a+" and "+b+" or "+a+" and "+c)
		same(a+" and "+b+" and "+c, a+" and ("+b+" and "+c+")")
		same(a+" and "+a, a)
		same(a+" or ("+a+" and "+b+")", a)
		same(a+" and always", a)
		same(a+" or never", a)
		if eval(a+" and never") != False || eval(a+" or always") != True {
			t.Fatal("constants do not decide")
		}
		// What is written back means the same.
		same(mustCompile(t, a).String(), a)
		if s := mustCompile(t, a).String(); mustCompile(t, s).String() != s {
			t.Fatalf("%q is not stable", s)
		}
		// All clauses hold exactly if the whole does.
		all := True
		for _, clause := range mustCompile(t, a).Clauses() {
			all = min2(all, clause.Eval(f))
			if Explain(clause) == "" {
				t.Fatalf("%q has no words", clause)
			}
		}
		if all != eval(a) {
			t.Fatalf("the clauses of %q are %s, the whole is %s", a, all, eval(a))
		}
	})
}

// min2 is and, by the order false < unknown < true.
func min2(a, b Truth) Truth {
	rank := []Truth{False, Unknown, True}
	return rank[min(slices.Index(rank, a), slices.Index(rank, b))]
}

// To learn more never turns what was known into something else.
func TestLearningKeepsWhatIsKnown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := mustCompile(t, anExpr(3).Draw(t, "e"))
		f := someFacts(t)
		before := e.Eval(f)
		for _, name := range BoolNames {
			if f.Bools[name] == Unknown {
				f.Bools[name] = rapid.SampledFrom([]Truth{False, True}).Draw(t, "now "+name)
			}
		}
		for _, name := range SpanNames {
			if f.Spans[name] == nil {
				d := rapid.SampledFrom([]time.Duration{0, time.Hour, 2 * time.Hour}).Draw(t, "now "+name)
				f.Spans[name] = &d
			}
		}
		after := e.Eval(f)
		if before != Unknown && after != before || after == Unknown {
			t.Fatalf("%s was %s and is %s", e, before, after)
		}
	})
}

func TestExplain(t *testing.T) {
	t.Parallel()
	e, _ := Compile("eta > 1h and disrupting")
	var got []string
	for _, c := range e.Clauses() {
		got = append(got, Explain(c))
	}
	if want := []string{"ETA more than 1 h", "disrupting the service"}; !slices.Equal(got, want) {
		t.Errorf("the meter shows %q", got)
	}
	for src, want := range map[string]string{
		"elapsed >= 1h30m":                "disrupted for at least 1 h 30 min",
		"not (major or resolved)":         "not (a major outage or resolved)",
		"not disrupting":                  "not disrupting the service",
		"eta <= 90s or minor and roles":   "ETA at most 1 min 30 s or (a minor outage and somebody in a role)",
		"elapsed == 0s":                   "disrupted for exactly 0 s",
		"postmortem and elapsed != 1h":    "the post-mortem published and disrupted for other than 1 h",
		"eta < 1h and not (elapsed > 2m)": "ETA less than 1 h and not disrupted for more than 2 min",
	} {
		e, err := Compile(src)
		if err != nil {
			t.Fatal(err)
		}
		if got := Explain(e); got != want {
			t.Errorf("%s: %q, not %q", src, got, want)
		}
	}
	if got := Explain(Expr{}); got != "" {
		t.Errorf("the zero expression: %q", got)
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range Default().Steps {
		f.Add(s.When)
		f.Add(s.Done)
	}
	for _, src := range []string{Default().Definition.Major, "not (eta>=1h30m)or never", "((((", "eta > 1h and", "é", "\xff", "eta==0s"} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		e, err := Compile(src)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "column ") {
				t.Errorf("%q: %v", src, err)
			}
			return
		}
		back, err := Compile(e.String())
		if err != nil || back.String() != e.String() {
			t.Errorf("%q is written back as %q, which reads as %q, %v", src, e, back, err)
		}
		e.Eval(Facts{})
		Explain(e)
		if len(e.Clauses()) == 0 {
			t.Errorf("%q has no clauses", src)
		}
	})
}
