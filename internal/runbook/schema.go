package runbook

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// Schema is the JSON Schema (2020-12) of a runbook's YAML, for editors. It is made from the types and tables of this package. What it
// accepts may still be refused by Parse, which also follows references and compiles expressions.
func Schema() []byte { return bytes.Clone(makeSchema()) }

type object = map[string]any

const spanPattern = `^([0-9]+(\.[0-9]+)?(h|m|s|ms))+$`

// required are the fields that must be given, by type. A test holds them to what Parse refuses.
var required = map[string][]string{
	"Runbook":    {"name", "version", "title", "roles", "definition", "steps"},
	"Role":       {"id", "name", "wanted"},
	"Definition": {"major"},
	"Step":       {"id", "title", "role", "when"},
	"Choice":     {"id", "title"},
}

// about says what a field is for, by type and name.
var about = map[string]string{
	"Runbook.name":        "short name: small letters, digits and -",
	"Runbook.version":     "grows by one with each change; a running incident keeps the version it was declared with",
	"Runbook.title":       "what people call it",
	"Runbook.description": "what it is for, in a few sentences",
	"Runbook.roles":       "parts that people play",
	"Runbook.definition":  "what a major outage is",
	"Runbook.steps":       "what someone or something does",
	"Runbook.nudges":      "how often people are reminded",
	"Runbook.cadence":     "longest silence towards the public, by major or minor, or one of them with a stage: major.investigating",
	"Runbook.templates":   "draft of an update by stage",
	"Runbook.in_doubt":    "what becomes of a public post in which a word may be a name or a secret: it goes out masked, or waits until a person has said what it is",
	"Runbook.visible":     "kinds of entry that are public unless their writer says otherwise",
	"Runbook.further":     "choices of going on to tell people when it is over",
	"Runbook.questions":   "asked of the post-mortem's author",

	"Role.id":           "small letters, digits and _",
	"Role.name":         "what people call the role",
	"Role.aliases":      "other words for it in chat and on the command line",
	"Role.instructions": "shown to whoever takes the role, privately",
	"Role.wanted":       "condition: when somebody must hold the role, like declared, major or never",
	"Role.many":         "more than one person may hold it at once",

	"Definition.major":  "condition: when an outage is major, like eta > 1h and disrupting",
	"Definition.ask":    "disruption of this length makes the point person be asked whether it will pass",
	"Definition.passed": "disruption of this length asks for a major outage whatever the ETA says",

	"Step.id":           "small letters, digits and _",
	"Step.title":        "what is to be done, in a few words",
	"Step.requirement":  "lines of the organisation's runbook that it carries out",
	"Step.role":         "id of the role whose list it is on",
	"Step.lists":        "ids of further roles whose lists show it; one tick ticks all",
	"Step.when":         "condition: the step falls due once this first holds",
	"Step.done":         "condition: what a person does ticks itself once this holds",
	"Step.each":         "done once for every public update, or for every person or role asked for",
	"Step.needs":        "ids of steps that must be finished before",
	"Step.kind":         "what the machine does; without it a person does the step",
	"Step.manual":       "the machine waits until a person starts it",
	"Step.keep":         "done again whenever what it shows has changed",
	"Step.text":         "message or instruction; {name} and {step.output} are filled in",
	"Step.substitute":   "literal pieces of the text and what replaces them: names without braces, the first one known wins; a piece in [brackets] becomes a link",
	"Step.with":         "further parameters of the kind, like channel",
	"Step.on_uncertain": "after an attempt of which nothing is known: look it up, or ask the point person",
	"Step.by_hand":      "how a person does it when the machine can't",
	"Step.required":     "must be done before a major outage counts as finished",
	"Step.optional":     "left out where no service is set up that can do it, instead of done by hand",
	"Step.private":      "seen by point person, communications manager and security only",

	"Nudges.role": "reminders after a wanted role fell vacant",
	"Nudges.page": "then the role is paged, once",
	"Nudges.due":  "reminder before a promised update is due",

	"Choice.id":        "small letters, digits and _",
	"Choice.title":     "what the choice is called",
	"Choice.follow_up": "follow-up that the choice makes",
}

// refined are narrower forms of single fields.
var refined = map[string]func(object){
	"Runbook.name":      func(o object) { o["pattern"] = nameForm.String() },
	"Runbook.version":   func(o object) { o["minimum"] = 1 },
	"Runbook.roles":     func(o object) { o["minItems"] = 1 },
	"Runbook.steps":     func(o object) { o["minItems"], o["maxItems"] = 1, MaxSteps },
	"Runbook.in_doubt":  func(o object) { o["enum"] = inDoubt },
	"Runbook.visible":   func(o object) { o["items"] = object{"enum": spoken} },
	"Runbook.templates": func(o object) { o["propertyNames"] = object{"enum": stages} },
	"Runbook.cadence": func(o object) {
		o["propertyNames"] = object{"pattern": `^(major|minor)(\.(` + strings.Join(stages[:3], "|") + `))?$`}
	},
	"Role.id":           func(o object) { o["pattern"] = idForm.String() },
	"Role.wanted":       condition,
	"Definition.major":  condition,
	"Step.id":           func(o object) { o["pattern"] = idForm.String() },
	"Step.when":         condition,
	"Step.done":         condition,
	"Step.each":         func(o object) { o["enum"] = each },
	"Step.kind":         func(o object) { o["enum"] = slices.Sorted(maps.Keys(Kinds)) },
	"Step.on_uncertain": func(o object) { o["enum"] = onUncertain },
	"Choice.id":         func(o object) { o["pattern"] = idForm.String() },
}

func condition(o object) {
	o["minLength"] = 1
	o["description"] = o["description"].(string) + "; over " + strings.Join(BoolNames, ", ") + ", and " + strings.Join(SpanNames, " or ") + " compared with a length of time"
}

var makeSchema = sync.OnceValue(func() []byte {
	defs := object{"span": object{"type": "string", "pattern": spanPattern, "description": "length of time like 15m or 1h30m"}}
	root := schemaOf(reflect.TypeFor[Runbook](), defs)
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Tocsin runbook"
	root["$defs"] = defs
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		panic(err) // maps of strings, numbers and lists always encode
	}
	return out.Bytes()
})

// schemaOf describes a type. Structs other than the runbook itself go into defs.
func schemaOf(t reflect.Type, defs object) object {
	switch {
	case t == reflect.TypeFor[Span]():
		return object{"$ref": "#/$defs/span"}
	case t.Kind() == reflect.String:
		return object{"type": "string"}
	case t.Kind() == reflect.Int:
		return object{"type": "integer"}
	case t.Kind() == reflect.Bool:
		return object{"type": "boolean"}
	case t.Kind() == reflect.Slice:
		return object{"type": "array", "items": schemaOf(t.Elem(), defs)}
	case t.Kind() == reflect.Map:
		return object{"type": "object", "additionalProperties": schemaOf(t.Elem(), defs)}
	}
	properties := object{}
	for i, name := range fieldsOf(t) {
		o := schemaOf(t.Field(i).Type, defs)
		key := t.Name() + "." + name
		o["description"] = about[key]
		if refine := refined[key]; refine != nil {
			refine(o)
		}
		properties[name] = o
	}
	o := object{"type": "object", "properties": properties, "additionalProperties": false}
	if must := required[t.Name()]; must != nil {
		o["required"] = must
	}
	if t == reflect.TypeFor[Runbook]() {
		return o
	}
	if t == reflect.TypeFor[Step]() {
		o["allOf"] = kindRules()
	}
	name := strings.ToLower(t.Name())
	defs[name] = o
	return object{"$ref": "#/$defs/" + name}
}

// kindRules say what a step of a kind must hold besides.
func kindRules() []object {
	var rules []object
	for _, name := range slices.Sorted(maps.Keys(Kinds)) {
		kind := Kinds[name]
		then := object{}
		var must []string
		if kind.Text {
			must = append(must, "text")
		}
		if len(kind.With) > 0 {
			must = append(must, "with")
			then["properties"] = object{"with": object{"required": kind.With}}
		}
		if must == nil {
			continue
		}
		then["required"] = must
		rules = append(rules, object{
			"if":   object{"required": []string{"kind"}, "properties": object{"kind": object{"const": name}}},
			"then": then,
		})
	}
	return rules
}
