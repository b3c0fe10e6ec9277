package runbook

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// place is where a value stands in the source, by its path: "steps[3].when".
type place struct {
	line, column int
	label        string // the same path in words
	node         *node
	broken       bool // a problem was reported for it: its value is not to be judged any more
}

// source is a runbook's source with what was found wrong in it.
type source struct {
	lines    []string
	places   map[string]*place
	problems Problems
	plan     *plan // once it is decoded
}

func (s *source) report(line, column int, label, format string, args ...any) {
	s.problems = append(s.problems, Problem{Line: line, Column: column, Path: label, Message: fmt.Sprintf(format, args...)})
}

// wrong reports a problem of the value at a path and keeps it from being judged further.
func (s *source) wrong(path, format string, args ...any) {
	p := s.places[path]
	p.broken = true
	s.report(p.line, p.column, p.label, format, args...)
}

// decode fills v from n by the yaml tags of its type. What does not fit is reported and left out.
func (s *source) decode(n *node, v reflect.Value, path, label string) {
	s.places[path] = &place{line: n.line, column: n.column, label: label, node: n}
	if n.form == asNull {
		s.wrong(path, "has no value; give it one, or leave the line out")
		return
	}
	if v.Type() == reflect.TypeFor[Span]() {
		s.decodeSpan(n, v, path)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		if n.form != asMapping {
			s.wrong(path, "must be fields with values (name: value), not %s", n.form)
			return
		}
		s.decodeStruct(n, v, path, label)
	case reflect.Map:
		if n.form != asMapping {
			s.wrong(path, "must be fields with values (name: value), not %s", n.form)
			return
		}
		s.decodeMap(n, v, path, label)
	case reflect.Slice:
		if n.form != asList {
			s.wrong(path, "must be a list ([a, b], or a line \"- a\" for each), not %s", n.form)
			return
		}
		s.decodeList(n, v, path, label)
	case reflect.String:
		switch n.form {
		case asText:
			v.SetString(n.value)
		case asNumber, asFlag:
			s.wrong(path, "must be text; put it in quotes: %q", n.value)
		default:
			s.wrong(path, "must be text, not %s", n.form)
		}
	case reflect.Bool:
		b, err := strconv.ParseBool(strings.ToLower(n.value))
		if n.form != asFlag || err != nil {
			s.wrong(path, "must be true or false, without quotes")
			return
		}
		v.SetBool(b)
	case reflect.Int:
		i, err := strconv.Atoi(n.value)
		if n.form != asNumber || err != nil || i > math.MaxInt32 || i < math.MinInt32 {
			s.wrong(path, "must be a whole number, like 1")
			return
		}
		v.SetInt(int64(i))
	default:
		panic("runbook: no YAML for " + v.Type().String())
	}
}

func (s *source) decodeSpan(n *node, v reflect.Value, path string) {
	if n.form != asText && n.form != asNumber {
		s.wrong(path, "must be a length of time like 15m or 1h30m, not %s", n.form)
		return
	}
	d, err := time.ParseDuration(n.value)
	switch {
	case err != nil || n.form == asNumber && d != 0:
		s.wrong(path, "%q is not a length of time; write it like 15m or 1h30m", n.value)
	case d <= 0:
		s.wrong(path, "a length of time must be more than nothing, not %s; write it like 15m, or leave the line out", n.value)
	default:
		v.SetInt(int64(d))
	}
}

func (s *source) decodeStruct(n *node, v reflect.Value, path, label string) {
	known := fieldsOf(v.Type())
	for _, f := range n.fields {
		at := -1
		for i, name := range known {
			if name == f.key {
				at = i
			}
		}
		if at < 0 {
			s.report(f.line, f.column, label, "unknown field %q%s", short(f.key), s.suggest(f.key, known))
			if meant := nearest(f.key, known); meant != "" && !s.given(join(path, meant)) {
				s.places[join(path, meant)] = &place{line: f.line, column: f.column, label: label, node: f.value, broken: true}
			}
			continue
		}
		s.decode(f.value, v.Field(at), join(path, f.key), name(label, f.key))
	}
}

func (s *source) decodeMap(n *node, v reflect.Value, path, label string) {
	if len(n.fields) == 0 {
		return
	}
	m := reflect.MakeMap(v.Type())
	for _, f := range n.fields {
		value := reflect.New(v.Type().Elem()).Elem()
		at := join(path, f.key)
		s.decode(f.value, value, at, name(label, f.key))
		if !s.places[at].broken {
			m.SetMapIndex(reflect.ValueOf(f.key), value)
		}
		s.places[at].line, s.places[at].column = f.line, f.column
	}
	v.Set(m)
}

func (s *source) decodeList(n *node, v reflect.Value, path, label string) {
	if len(n.items) == 0 {
		return // an empty list and none are the same, so that JSON keeps them apart no more than YAML does
	}
	if v.Type() == reflect.TypeFor[[]Step]() && len(n.items) > MaxSteps {
		extra := n.items[MaxSteps]
		s.report(extra.line, extra.column, label, "more than %d steps; a list that long is not followed by anyone, split the runbook", MaxSteps)
		n.items = n.items[:MaxSteps]
	}
	out := reflect.MakeSlice(v.Type(), len(n.items), len(n.items))
	for i, item := range n.items {
		s.decode(item, out.Index(i), fmt.Sprintf("%s[%d]", path, i), itemLabel(v.Type().Elem(), item, label, i))
	}
	v.Set(out)
}

// singular is what one item of a list of things with an id is called.
var singular = map[reflect.Type]string{
	reflect.TypeFor[Role]():   "role",
	reflect.TypeFor[Step]():   "step",
	reflect.TypeFor[Choice](): "choice",
}

func itemLabel(t reflect.Type, item *node, label string, i int) string {
	word, ok := singular[t]
	if !ok {
		return label
	}
	for _, f := range item.fields {
		if f.key == "id" && f.value.value != "" {
			return fmt.Sprintf("%s %q", word, short(f.value.value))
		}
	}
	return fmt.Sprintf("%s %d", word, i+1)
}

// fieldsOf lists the names of a struct's fields in YAML.
func fieldsOf(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		out = append(out, name)
	}
	return out
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// name puts a field behind what it is a field of: `step "x": with: channel`.
func name(label, key string) string {
	if label == "" {
		return short(key)
	}
	return label + ": " + short(key)
}

// short keeps what is quoted in a message readable.
func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}

// suggest names the word that was probably meant, or all of them.
func suggest(word string, known []string) string {
	if meant := nearest(word, known); meant != "" {
		return fmt.Sprintf("; did you mean %q?", meant)
	}
	if len(known) > 30 {
		return ""
	}
	return "; known are " + strings.Join(known, ", ")
}

// nearest is the known word with the fewest letters to change, empty if none is near.
func nearest(word string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := distance(short(word), k); d < least && 2*d <= len(k) {
			best, least = k, d
		}
	}
	return best
}

// distance counts the letters to add, drop or replace.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(row[j]+1, row[j+1]+1, cost)
		}
	}
	return row[len(b)]
}
