package standin

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"strings"
)

// fieldMask is a parsed fields parameter: what to keep of an object; empty keeps all.
type fieldMask map[string]fieldMask

var maskToken = regexp.MustCompile(`[A-Za-z0-9_.-]+|[*,()/]`)

// parseMask reads "a,b(c,d/e),f/g"; ok is false if it is not of that form.
func parseMask(s string) (fieldMask, bool) {
	tokens := maskToken.FindAllString(s, -1)
	if strings.Join(tokens, "") != strings.ReplaceAll(s, " ", "") {
		return nil, false
	}
	mask, rest, ok := parseMaskList(tokens)
	return mask, ok && len(rest) == 0
}

func parseMaskList(tokens []string) (fieldMask, []string, bool) {
	mask := fieldMask{}
	for {
		at := mask
		for {
			if len(tokens) == 0 || strings.Contains(",()/", tokens[0]) {
				return nil, nil, false
			}
			name := tokens[0]
			tokens = tokens[1:]
			if at[name] == nil {
				at[name] = fieldMask{}
			}
			at = at[name]
			if len(tokens) == 0 || tokens[0] != "/" {
				break
			}
			tokens = tokens[1:]
		}
		if len(tokens) > 0 && tokens[0] == "(" {
			inner, rest, ok := parseMaskList(tokens[1:])
			if !ok || len(rest) == 0 || rest[0] != ")" {
				return nil, nil, false
			}
			for name, sub := range inner {
				at[name] = sub
			}
			tokens = rest[1:]
		}
		if len(tokens) == 0 || tokens[0] != "," {
			return mask, tokens, true
		}
		tokens = tokens[1:]
	}
}

// keep gives what the mask keeps of v, which is made of JSON values.
func (m fieldMask) keep(v any) any {
	if len(m) == 0 {
		return v
	}
	switch v := v.(type) {
	case []any:
		kept := make([]any, len(v))
		for i := range v {
			kept[i] = m.keep(v[i])
		}
		return kept
	case map[string]any:
		kept := map[string]any{}
		for name, value := range v {
			sub, ok := m[name]
			if !ok {
				sub, ok = m["*"]
			}
			if ok {
				kept[name] = sub.keep(value)
			}
		}
		return kept
	}
	return v
}

// unknownField gives a name in the mask that values of type t do not have, "" if it knows all.
func (m fieldMask) unknownField(t reflect.Type) string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	for name, sub := range m {
		inner := reflect.Type(nil)
		switch {
		case name == "*" || t.Kind() == reflect.Interface:
			continue
		case t.Kind() == reflect.Map:
			inner = t.Elem()
		case t.Kind() == reflect.Struct:
			for i := range t.NumField() {
				if tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); tag == name && tag != "-" {
					inner = t.Field(i).Type
				}
			}
		}
		if inner == nil {
			return name
		}
		if wrong := sub.unknownField(inner); wrong != "" {
			return wrong
		}
	}
	return ""
}

// googleAnswer gives what the fields parameter keeps of v, a struct or pointer of Google's; without the parameter, what usual keeps.
func googleAnswer(r *request, v any, usual string) reply {
	fields := r.URL.Query().Get("fields")
	if fields == "" {
		fields = r.URL.Query().Get("$fields")
	}
	asked := fields
	if fields == "" {
		fields = usual
	}
	mask := fieldMask{}
	if fields != "" && fields != "*" {
		var ok bool
		if mask, ok = parseMask(fields); !ok {
			return googleError(http.StatusBadRequest, "invalidParameter", "Invalid field selection %s", asked)
		}
	}
	if wrong := mask.unknownField(reflect.TypeOf(v)); asked != "" && wrong != "" {
		return googleError(http.StatusBadRequest, "invalidParameter", "Invalid field selection %s", wrong)
	}
	return reply{status: http.StatusOK, body: mask.keep(plain(v))}
}

// plain turns a struct of Google's into JSON values.
func plain(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // a value of ours that is no JSON is a mistake in this package
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var out any
	if err := d.Decode(&out); err != nil {
		panic(err)
	}
	return out
}
