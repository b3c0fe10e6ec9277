package runbook

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func TestSchemaGolden(t *testing.T) {
	t.Parallel()
	golden(t, "schema.golden", Schema())
}

// Every field of every type is described, and nothing else is.
func TestSchemaTables(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, typ := range []reflect.Type{reflect.TypeFor[Runbook](), reflect.TypeFor[Role](), reflect.TypeFor[Definition](), reflect.TypeFor[Step](),
		reflect.TypeFor[Nudges](), reflect.TypeFor[Choice]()} {
		for i, name := range fieldsOf(typ) {
			key := typ.Name() + "." + name
			known[key] = true
			if about[key] == "" {
				t.Errorf("%s is not described", key)
			}
			if tag, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ","); tag != name {
				t.Errorf("%s is %q in JSON", key, tag)
			}
		}
		for _, name := range required[typ.Name()] {
			if !known[typ.Name()+"."+name] {
				t.Errorf("%s.%s is required and does not exist", typ.Name(), name)
			}
		}
	}
	for key := range about {
		if !known[key] {
			t.Errorf("%s is described and does not exist", key)
		}
	}
	for key := range refined {
		if !known[key] {
			t.Errorf("%s is refined and does not exist", key)
		}
	}
}

// What the schema requires, Parse requires, and the other way round.
func TestSchemaRequires(t *testing.T) {
	t.Parallel()
	for typ, path := range map[string][]any{"Runbook": nil, "Role": {"roles", 1}, "Definition": {"definition"}, "Step": {"steps", 2}, "Choice": {"further", 0}} {
		at := func(doc any) map[string]any {
			for _, p := range path {
				if key, ok := p.(string); ok {
					doc = doc.(map[string]any)[key]
				} else {
					doc = doc.([]any)[p.(int)]
				}
			}
			return doc.(map[string]any)
		}
		for key := range at(generic(t, small(t))) {
			doc := generic(t, small(t))
			delete(at(doc), key)
			src, err := json.Marshal(doc) // JSON is YAML
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse(src)
			if must := slices.Contains(required[typ], key); must != (err != nil) {
				t.Errorf("%s without %s: required is %v, Parse says %v", typ, key, must, err)
			}
			if bad := validate(t, doc); slices.Contains(required[typ], key) != (len(bad) > 0) {
				t.Errorf("%s without %s: the schema says %v", typ, key, bad)
			}
		}
	}
}

func TestSchemaAcceptsAndRefuses(t *testing.T) {
	t.Parallel()
	for name, src := range map[string]string{"default": string(DefaultYAML()), "small": small(t)} {
		if bad := validate(t, generic(t, src)); len(bad) > 0 {
			t.Errorf("%s: %v", name, bad)
		}
	}
	for _, c := range []struct{ old, new string }{
		{"kind: room.open", "kind: room.shut"}, {"title: Small", "titel: Small"}, {"version: 1", "version: 0"}, {"version: 1", "version: one"},
		{"with: {channel: general}", "with: {chanel: general}"}, {"    with: {channel: general}\n", ""}, {"page: 8m", "page: 8"},
		{"id: look", "id: Look"}, {"major.identified", "major.found"}, {"visible: [fact]", "visible: [facts]"}, {"resolved: \"It", "solved: \"It"},
		{"    done: reviewed", "    each: day"}, {"lists: [point_person]", "lists: point_person"}, {"name: small", "name: Small Runbook"},
		{"    text: \"come to {open_room.url}, see <here>\"\n    substitute: {\"<here>\": [public.url]}\n", ""},
	} {
		src := strings.Replace(small(t), c.old, c.new, 1)
		if _, err := Parse([]byte(src)); err == nil {
			t.Errorf("Parse accepts %q", c.new)
		}
		if bad := validate(t, generic(t, src)); len(bad) == 0 {
			t.Errorf("the schema accepts %q for %q", c.new, c.old)
		}
	}
}

// generic reads YAML as a JSON decoder would read the same.
func generic(t *testing.T, src string) any {
	t.Helper()
	b, err := yaml.YAMLToJSON([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// validate holds a document against Schema, with the keywords that Schema uses; another keyword fails the test.
func validate(t *testing.T, doc any) []string {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	return (&validator{t, root["$defs"].(map[string]any)}).check(root, doc, "")
}

type validator struct {
	t    *testing.T
	defs map[string]any
}

func (v *validator) check(schema map[string]any, doc any, path string) (bad []string) {
	refuse := func(format string, args ...any) { bad = append(bad, path+": "+fmt.Sprintf(format, args...)) }
	object, _ := doc.(map[string]any)
	array, _ := doc.([]any)
	text, isText := doc.(string)
	num, isNum := doc.(float64)
	for keyword, arg := range schema {
		switch keyword {
		case "$schema", "title", "description", "$defs", "then", "additionalProperties":
		case "$ref":
			bad = append(bad, v.check(v.defs[strings.TrimPrefix(arg.(string), "#/$defs/")].(map[string]any), doc, path)...)
		case "type":
			is := map[string]bool{"object": object != nil, "array": array != nil, "string": isText, "integer": isNum && num == float64(int(num)),
				"boolean": doc == true || doc == false}
			if !is[arg.(string)] {
				refuse("no %s", arg)
			}
		case "const":
			if doc != arg {
				refuse("not %v", arg)
			}
		case "enum":
			if !slices.Contains(arg.([]any), doc) {
				refuse("not among %v", arg)
			}
		case "pattern":
			if isText && !regexp.MustCompile(arg.(string)).MatchString(text) {
				refuse("%q does not match %s", text, arg)
			}
		case "minimum":
			if isNum && num < arg.(float64) {
				refuse("too small")
			}
		case "minLength":
			if isText && len(text) < int(arg.(float64)) {
				refuse("too short")
			}
		case "minItems":
			if array != nil && len(array) < int(arg.(float64)) {
				refuse("too few")
			}
		case "maxItems":
			if array != nil && len(array) > int(arg.(float64)) {
				refuse("too many")
			}
		case "items":
			for n, item := range array {
				bad = append(bad, v.check(arg.(map[string]any), item, fmt.Sprintf("%s[%d]", path, n))...)
			}
		case "required":
			for _, key := range arg.([]any) {
				if _, ok := object[key.(string)]; object != nil && !ok {
					refuse("%s is missing", key)
				}
			}
		case "propertyNames":
			for key := range object {
				bad = append(bad, v.check(arg.(map[string]any), key, path+"."+key)...)
			}
		case "properties":
			for key, sub := range arg.(map[string]any) {
				if value, ok := object[key]; ok {
					bad = append(bad, v.check(sub.(map[string]any), value, path+"."+key)...)
				}
			}
		case "allOf":
			for _, sub := range arg.([]any) {
				bad = append(bad, v.check(sub.(map[string]any), doc, path)...)
			}
		case "if":
			if len(v.check(arg.(map[string]any), doc, path)) == 0 {
				bad = append(bad, v.check(schema["then"].(map[string]any), doc, path)...)
			}
		default:
			v.t.Fatalf("the test does not know the keyword %s", keyword)
		}
	}
	if further, ok := schema["additionalProperties"]; ok {
		known, _ := schema["properties"].(map[string]any)
		for key, value := range object {
			if _, ok := known[key]; ok {
				continue
			}
			if sub, ok := further.(map[string]any); ok {
				bad = append(bad, v.check(sub, value, path+"."+key)...)
			} else {
				refuse("%s is unknown", key)
			}
		}
	}
	return bad
}
