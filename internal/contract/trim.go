package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
)

// object is a JSON object.
type object = map[string]any

// trimmed gives the part of a published specification, in folder, that p uses, as OpenAPI 3.
func trimmed(p Provider, folder string) ([]byte, error) {
	doc, err := p.published(filepath.Join(folder, p.Source))
	if err != nil {
		return nil, err
	}
	if doc, err = part(doc, p.Operations); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err = e.Encode(doc)
	return out.Bytes(), err
}

// published reads a published specification as OpenAPI 3.
func (p Provider) published(path string) (object, error) {
	if p.Kind == Lexicon {
		return fromLexicons(path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	switch p.Kind {
	case OpenAPI2:
		return fromOpenAPI2(text)
	case Discovery:
		return fromDiscovery(text)
	}
	var doc object
	err = json.Unmarshal(text, &doc)
	return doc, err
}

// fromOpenAPI2 converts a document. Its answers and definitions use what is none of OpenAPI (lists for "items" and "type", type "null"):
// they go round the converter.
func fromOpenAPI2(text []byte) (object, error) {
	var doc object
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	definitions, _ := doc["definitions"].(object)
	empty := object{}
	for name := range definitions {
		empty[name] = object{}
	}
	for route, methods := range doc["paths"].(object) {
		for method, op := range methods.(object) {
			operation, ok := op.(object)
			if !ok {
				continue
			}
			for status, answer := range operation["responses"].(object) {
				schema, ok := answer.(object)["schema"].(object)
				if !ok {
					continue
				}
				name := "answer" + strings.NewReplacer("/", "_", "{", "", "}", "").Replace(route) + "_" + method + "_" + status
				definitions[name], empty[name] = schema, object{}
				answer.(object)["schema"] = object{"$ref": "#/definitions/" + name}
			}
		}
	}
	doc["definitions"] = empty
	plain, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	var two openapi2.T
	if err := json.Unmarshal(plain, &two); err != nil {
		return nil, err
	}
	three, err := openapi2conv.ToV3(&two)
	if err != nil {
		return nil, err
	}
	if plain, err = three.MarshalJSON(); err != nil {
		return nil, err
	}
	var out object
	if err := json.Unmarshal(plain, &out); err != nil {
		return nil, err
	}
	if plain, err = json.Marshal(definitions); err != nil {
		return nil, err
	}
	plain = bytes.ReplaceAll(plain, []byte("#/definitions/"), []byte("#/components/schemas/"))
	var schemas object
	if err := json.Unmarshal(plain, &schemas); err != nil {
		return nil, err
	}
	for name := range schemas {
		schemas[name] = unlisted(schemas[name])
	}
	out["components"].(object)["schemas"] = schemas
	return out, nil
}

// unlisted says in OpenAPI 3's words what a schema says with lists: "items" and "type" that are lists mean any of them.
func unlisted(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = unlisted(v[i])
		}
	case object:
		for name := range v {
			v[name] = unlisted(v[name])
		}
		if v["type"] == "null" {
			return object{"nullable": true, "enum": []any{nil}}
		}
		if list, ok := v["items"].([]any); ok {
			delete(v, "items")
			if v["type"] == "array" {
				v["items"] = object{"anyOf": list}
			} else {
				v["anyOf"] = list
			}
		}
		if list, ok := v["type"].([]any); ok {
			delete(v, "type")
			var either []any
			for _, name := range list {
				one := object{"type": name}
				if name == "array" {
					one["items"] = v["items"]
					if one["items"] == nil {
						one["items"] = object{}
					}
				}
				either = append(either, unlisted(one))
			}
			delete(v, "items")
			v["anyOf"] = either
		}
	}
	return v
}

// part keeps the operations, what they refer to, and what a validator looks at.
func part(doc object, operations []string) (object, error) {
	all, _ := doc["paths"].(object)
	paths := object{}
	for _, operation := range operations {
		method, route, _ := strings.Cut(operation, " ")
		method = strings.ToLower(method)
		item, _ := all[route].(object)
		if item[method] == nil {
			return nil, fmt.Errorf("no %s", operation)
		}
		kept, _ := paths[route].(object)
		if kept == nil {
			kept = object{}
			if item["parameters"] != nil {
				kept["parameters"] = item["parameters"]
			}
			paths[route] = kept
		}
		kept[method] = item[method]
	}
	info := doc["info"].(object)
	out := object{"openapi": "3.0.3", "info": object{"title": info["title"], "version": info["version"]}, "paths": slim(paths, true)}
	if doc["security"] != nil {
		out["security"] = doc["security"]
	}
	components, _ := doc["components"].(object)
	kept := object{}
	if schemes := components["securitySchemes"]; schemes != nil {
		kept["securitySchemes"] = slim(schemes, true)
	}
	refer(out["paths"], components, kept)
	out["components"] = kept
	open := map[string]bool{}
	shared(out, false, open)
	closed(out["paths"], true, false)
	for _, room := range kept {
		for name, component := range room.(object) {
			closed(component, false, open[name])
		}
	}
	return out, nil
}

// refer copies what v refers to from components to kept.
func refer(v any, components, kept object) {
	switch v := v.(type) {
	case []any:
		for _, inner := range v {
			refer(inner, components, kept)
		}
	case object:
		if ref, ok := v["$ref"].(string); ok {
			at := strings.Split(strings.TrimPrefix(ref, "#/components/"), "/")
			room, _ := kept[at[0]].(object)
			if room == nil {
				room = object{}
				kept[at[0]] = room
			}
			if room[at[1]] == nil {
				component := components[at[0]].(object)[at[1]]
				if at[0] == "responses" {
					room[at[1]] = described(component)
				} else {
					room[at[1]] = slim(component, false)
				}
				refer(room[at[1]], components, kept)
			}
		}
		for _, inner := range v {
			refer(inner, components, kept)
		}
	}
}

// shared gives the components that are one of several that hold together.
func shared(v any, together bool, found map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, inner := range v {
			shared(inner, together, found)
		}
	case object:
		if ref, ok := v["$ref"].(string); ok && together {
			found[ref[strings.LastIndexByte(ref, '/')+1:]] = true
		}
		for name, inner := range v {
			shared(inner, name == "allOf", found)
		}
	}
}

// closed makes every object refuse what it does not name, as the specification's silence lets every typing error pass. An object that is
// one of several that hold together stays open. names says that v's own names are the provider's.
func closed(v any, names, together bool) {
	switch v := v.(type) {
	case []any:
		for _, inner := range v {
			closed(inner, false, together)
		}
	case object:
		_, fields := v["properties"].(object)
		_, said := v["additionalProperties"]
		if !names && fields && !said && !together && v["allOf"] == nil && v["anyOf"] == nil && v["oneOf"] == nil {
			v["additionalProperties"] = false
		}
		for name, inner := range v {
			closed(inner, !names && slices.Contains(named, name), !names && name == "allOf")
		}
	}
}

// words are what a validator does not look at; named are the objects whose names are the provider's, not OpenAPI's.
var (
	words = []string{"description", "summary", "title", "example", "examples", "externalDocs", "tags", "deprecated", "discriminator", "default", "callbacks", "links"}
	named = []string{"properties", "patternProperties", "responses", "headers", "content", "schemas", "parameters", "scopes"}
)

// slim leaves out words for people, examples and extensions. names says that v's own names are the provider's.
func slim(v any, names bool) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = slim(v[i], false)
		}
		return out
	case object:
		out := object{}
		for name, inner := range v {
			if !names && (slices.Contains(words, name) || strings.HasPrefix(name, "x-")) {
				continue
			}
			if name == "responses" && !names {
				out[name] = answers(inner.(object))
				continue
			}
			out[name] = slim(inner, !names && slices.Contains(named, name))
		}
		return out
	}
	return v
}

// answers slims an operation's answers, of which "default" is a name.
func answers(v object) object {
	out := object{}
	for status, answer := range v {
		out[status] = described(answer)
	}
	return out
}

// described slims an answer, which must have a description.
func described(v any) object {
	kept := slim(v, false).(object)
	if kept["$ref"] == nil {
		kept["description"] = ""
	}
	return kept
}
