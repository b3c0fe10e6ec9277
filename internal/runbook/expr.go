package runbook

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Truth is what is known of a condition.
type Truth int

// Unknown is the zero Truth: nobody said anything yet.
const (
	Unknown Truth = iota
	False
	True
)

// Facts are what an expression is held against. An absent or Unknown fact, and a nil span, are not known.
type Facts struct {
	Bools map[string]Truth
	Spans map[string]*time.Duration
}

// BoolNames and SpanNames list what expressions may speak of.
var (
	BoolNames = []string{"always", "never", "declared", "major", "minor", "resolved", "cancelled", "postmortem", "signed_off",
		"disrupting", "roles", "staffed", "told", "reviewed", "impact", "decided"}
	SpanNames = []string{"eta", "elapsed"}
)

// String is "true", "false" or "unknown".
func (t Truth) String() string {
	switch t {
	case True:
		return "true"
	case False:
		return "false"
	}
	return "unknown"
}

// Expr is a compiled expression; the zero Expr is Unknown.
type Expr struct {
	op    string // and, or, not, bool, cmp
	args  []Expr
	name  string
	cmp   string
	limit time.Duration
}

// Compile reads an expression: names of BoolNames, comparisons of SpanNames with a length of time ("eta > 1h"), not, and, or, and
// parentheses. Errors name the column, counted from 1.
func Compile(src string) (Expr, error) {
	p := &exprParser{src: src}
	p.next()
	e, err := p.or(0)
	if err == nil && p.tok != "" {
		if err = p.fail("%q is not expected here; join conditions with and, or", short(p.tok)); foreign[p.tok] != "" {
			err = p.fail("%q is not known; write %s", p.tok, foreign[p.tok])
		}
	}
	if err != nil {
		return Expr{}, err
	}
	return e, nil
}

type exprParser struct {
	src string
	pos int // of what follows tok
	at  int // of tok
	tok string
}

// exprError is what is wrong with an expression, and where.
type exprError struct {
	column  int // from 1, in characters
	message string
}

func (e *exprError) Error() string { return fmt.Sprintf("column %d: %s", e.column, e.message) }

func (p *exprParser) fail(format string, args ...any) error {
	return &exprError{column: utf8.RuneCountInString(p.src[:p.at]) + 1, message: fmt.Sprintf(format, args...)}
}

func (p *exprParser) next() {
	for p.pos < len(p.src) && strings.ContainsRune(" \t\n", rune(p.src[p.pos])) {
		p.pos++
	}
	p.at = p.pos
	word := func(c byte) bool {
		return c == '_' || c == '.' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
	}
	switch {
	case p.pos == len(p.src):
	case word(p.src[p.pos]):
		for p.pos < len(p.src) && word(p.src[p.pos]) {
			p.pos++
		}
	default:
		_, size := utf8.DecodeRuneInString(p.src[p.pos:])
		p.pos += size
		if p.pos < len(p.src) && p.src[p.pos] == '=' && strings.ContainsRune("<>=!", rune(p.src[p.at])) {
			p.pos++
		}
	}
	p.tok = p.src[p.at:p.pos]
}

// maxDepth bounds how deep parentheses and nots nest.
const maxDepth = 20

func (p *exprParser) or(depth int) (Expr, error)  { return p.list("or", depth, p.and) }
func (p *exprParser) and(depth int) (Expr, error) { return p.list("and", depth, p.unary) }

func (p *exprParser) list(op string, depth int, item func(int) (Expr, error)) (Expr, error) {
	first, err := item(depth)
	if err != nil || p.tok != op {
		return first, err
	}
	e := Expr{op: op, args: []Expr{first}}
	for p.tok == op {
		p.next()
		arg, err := item(depth)
		if err != nil {
			return e, err
		}
		e.args = append(e.args, arg)
	}
	return e, nil
}

func (p *exprParser) unary(depth int) (Expr, error) {
	if depth > maxDepth {
		return Expr{}, p.fail("the expression nests deeper than %d", maxDepth)
	}
	switch tok := p.tok; {
	case tok == "":
		return Expr{}, p.fail("the expression ends too early")
	case tok == "not":
		p.next()
		arg, err := p.unary(depth + 1)
		return Expr{op: "not", args: []Expr{arg}}, err
	case tok == "(":
		p.next()
		e, err := p.or(depth + 1)
		if err == nil && p.tok != ")" {
			err = p.fail("a closing parenthesis is missing")
		}
		p.next()
		return e, err
	case slices.Contains(BoolNames, tok):
		p.next()
		return Expr{op: "bool", name: tok}, nil
	case slices.Contains(SpanNames, tok):
		return p.comparison()
	}
	if word, ok := foreign[p.tok]; ok {
		return Expr{}, p.fail("%q is not known; write %s", p.tok, word)
	}
	return Expr{}, p.fail("%q is not known%s", short(p.tok), suggest(p.tok, slices.Concat(BoolNames, SpanNames)))
}

// foreign are words of other languages for ours.
var foreign = map[string]string{"&": "and", "|": "or", "!": "not", "AND": "and", "OR": "or", "NOT": "not", "true": "always", "false": "never"}

// spanForm is a length of time in an expression. It has no fractions and no sign, so that it reads the same as it is written back.
var spanForm = regexp.MustCompile(`^([0-9]+h)?([0-9]+m)?([0-9]+s)?$`)

func (p *exprParser) comparison() (Expr, error) {
	e := Expr{op: "cmp", name: p.tok}
	name := p.at
	p.next()
	if !slices.Contains([]string{">", ">=", "<", "<=", "==", "!="}, p.tok) {
		p.at = name
		return e, p.fail("compare %s with a length of time, as in %s > 1h", e.name, e.name)
	}
	e.cmp = p.tok
	p.next()
	d, err := time.ParseDuration(p.tok)
	if err != nil || !spanForm.MatchString(p.tok) {
		return e, p.fail("%q is not a length of time; write it like 45m, 1h or 1h30m", short(p.tok))
	}
	e.limit = d
	p.next()
	return e, nil
}

// Eval holds the expression against facts, in three-valued logic: what is not known stays unknown unless it can't matter.
func (e Expr) Eval(f Facts) Truth {
	switch e.op {
	case "bool":
		switch e.name {
		case "always":
			return True
		case "never":
			return False
		}
		return f.Bools[e.name]
	case "cmp":
		d := f.Spans[e.name]
		if d == nil {
			return Unknown
		}
		return truth(compare(*d, e.cmp, e.limit))
	case "not":
		return negate(e.args[0].Eval(f))
	case "and", "or":
		decides, rest := False, True
		if e.op == "or" {
			decides, rest = True, False
		}
		for _, a := range e.args {
			switch a.Eval(f) {
			case decides:
				return decides
			case Unknown:
				rest = Unknown
			}
		}
		return rest
	}
	return Unknown
}

func truth(b bool) Truth {
	if b {
		return True
	}
	return False
}

func negate(t Truth) Truth {
	switch t {
	case True:
		return False
	case False:
		return True
	}
	return Unknown
}

func compare(d time.Duration, op string, limit time.Duration) bool {
	switch op {
	case ">":
		return d > limit
	case ">=":
		return d >= limit
	case "<":
		return d < limit
	case "<=":
		return d <= limit
	case "==":
		return d == limit
	}
	return d != limit
}

// Clauses are the conditions that must all hold: the arguments of the top-level and, or the expression itself.
func (e Expr) Clauses() []Expr {
	if e.op == "and" {
		return e.args
	}
	return []Expr{e}
}

// String writes the expression so that it compiles to the same.
func (e Expr) String() string {
	switch e.op {
	case "bool":
		return e.name
	case "cmp":
		return e.name + " " + e.cmp + " " + shortSpan(e.limit)
	case "not":
		return "not " + e.args[0].grouped()
	case "and", "or":
		var parts []string
		for _, a := range e.args {
			parts = append(parts, a.grouped())
		}
		return strings.Join(parts, " "+e.op+" ")
	}
	return ""
}

func (e Expr) grouped() string {
	if e.op == "and" || e.op == "or" {
		return "(" + e.String() + ")"
	}
	return e.String()
}
