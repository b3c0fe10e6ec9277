package contract

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
)

// lexicons are the definitions of AT Protocol's schemas (https://atproto.com/specs/lexicon) by their full names, as "app.bsky.feed.post.main".
type lexicons map[string]object

// fromLexicons converts a folder of lexicons to OpenAPI 3. What they leave open is taken from https://atproto.com/specs/xrpc: the path of a
// call, what a refusal looks like, and that a description's "Requires auth" means a bearer token. Lengths in graphemes are not said.
func fromLexicons(folder string) (object, error) {
	all := lexicons{}
	root := os.DirFS(folder)
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		var lexicon struct {
			ID   string
			Defs map[string]object
		}
		if err := json.Unmarshal(text, &lexicon); err != nil {
			return err
		}
		for name, def := range lexicon.Defs {
			all[lexicon.ID+"."+name] = def
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	paths := object{}
	schemas := object{"Refusal": object{
		"type": "object", "required": []any{"error"}, "properties": object{"error": object{"type": "string"}, "message": object{"type": "string"}},
	}}
	for _, name := range names(all) {
		def := all[name]
		id := name[:strings.LastIndexByte(name, '.')]
		switch def["type"] {
		case "query":
			paths["/xrpc/"+id] = object{"get": all.call(id, def)}
		case "procedure":
			paths["/xrpc/"+id] = object{"post": all.call(id, def)}
		case "record":
			schemas[name] = typed(all.schema(id, def["record"].(object)), id)
		default:
			schemas[name] = all.schema(id, def)
		}
	}
	return object{
		"info": object{"title": "AT Protocol's lexicons", "version": "1"}, "paths": paths,
		"components": object{"schemas": schemas, "securitySchemes": object{"bearer": object{"type": "http", "scheme": "bearer"}}},
	}, nil
}

// call is one query or procedure.
func (l lexicons) call(id string, def object) object {
	body := func(part any) object {
		said, _ := part.(object)
		schema, ok := said["schema"].(object)
		if !ok {
			return nil
		}
		return object{said["encoding"].(string): object{"schema": l.schema(id, schema)}}
	}
	answer := object{"description": ""}
	if content := body(def["output"]); content != nil {
		answer["content"] = content
	}
	out := object{"operationId": id, "responses": object{
		"200": answer, "default": object{"description": "", "content": asJSON(object{"$ref": "Refusal"})},
	}}
	if content := body(def["input"]); content != nil {
		out["requestBody"] = object{"required": true, "content": content}
	}
	if said, _ := def["description"].(string); strings.Contains(said, "Requires auth") {
		out["security"] = []any{object{"bearer": []any{}}}
	}
	parameters, _ := def["parameters"].(object)
	fields, _ := parameters["properties"].(object)
	required, _ := parameters["required"].([]any)
	var list []any
	for _, name := range names(fields) {
		list = append(list, object{"name": name, "in": "query", "required": slices.Contains(required, any(name)), "schema": l.schema(id, fields[name].(object))})
	}
	if list != nil {
		out["parameters"] = list
	}
	return out
}

// formats are the patterns of https://atproto.com/specs/lexicon#string-formats, as far as they are patterns.
var formats = map[string]object{
	"datetime":   {"format": "date-time"},
	"at-uri":     {"pattern": `^at://[^\s]+$`},
	"uri":        {"pattern": `^[a-z][a-z0-9+.-]*:[^\s]+$`},
	"did":        {"pattern": `^did:[a-z]+:[a-zA-Z0-9._:%-]*[a-zA-Z0-9._-]$`},
	"cid":        {"pattern": `^[a-zA-Z0-9+=]{8,}$`},
	"nsid":       {"pattern": `^[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+){2,}$`},
	"record-key": {"pattern": `^[a-zA-Z0-9._:~-]{1,512}$`},
}

// schema converts one definition of the lexicon id.
func (l lexicons) schema(id string, def object) object {
	switch def["type"] {
	case "ref":
		return l.ref(id, def["ref"].(string))
	case "union":
		var either []any
		for _, ref := range def["refs"].([]any) {
			either = append(either, l.ref(id, ref.(string)))
		}
		return object{"anyOf": either}
	case "array":
		out := object{"type": "array", "items": l.schema(id, def["items"].(object))}
		if def["maxLength"] != nil {
			out["maxItems"] = def["maxLength"]
		}
		return out
	case "string", "token":
		out := object{"type": "string"}
		for _, word := range []string{"maxLength", "minLength", "enum"} { // bytes, which are never fewer than characters
			if def[word] != nil {
				out[word] = def[word]
			}
		}
		if format, ok := def["format"].(string); ok {
			maps.Copy(out, formats[format])
		}
		return out
	case "integer", "boolean":
		out := object{}
		for _, word := range []string{"type", "minimum", "maximum", "enum"} {
			if def[word] != nil {
				out[word] = def[word]
			}
		}
		return out
	case "object":
		fields := object{"$type": object{"type": "string"}}
		free, _ := def["nullable"].([]any)
		said, _ := def["properties"].(object)
		for name, field := range said {
			one := l.schema(id, field.(object))
			if slices.Contains(free, any(name)) {
				one["nullable"] = true
			}
			if name == "record" && field.(object)["type"] == "unknown" {
				one = l.records()
			}
			fields[name] = one
		}
		out := object{"type": "object", "properties": fields}
		if def["required"] != nil {
			out["required"] = def["required"]
		}
		return out
	}
	return object{} // unknown, blob, bytes, cid-link
}

// ref names a definition; one that is not in the folder may be anything.
func (l lexicons) ref(id, ref string) object {
	if strings.HasPrefix(ref, "#") {
		ref = id + ref
	}
	name := strings.Replace(ref, "#", ".", 1)
	if l[name] == nil {
		name += ".main"
	}
	if l[name] == nil {
		return object{}
	}
	return object{"$ref": "#/components/schemas/" + name}
}

// records is any record there is a lexicon of.
func (l lexicons) records() object {
	var either []any
	for _, name := range names(l) {
		if l[name]["type"] == "record" {
			either = append(either, object{"$ref": "#/components/schemas/" + name})
		}
	}
	return object{"anyOf": either}
}

// typed makes a record say what it is.
func typed(schema object, id string) object {
	schema["properties"].(object)["$type"] = object{"type": "string", "enum": []any{id}}
	required, _ := schema["required"].([]any)
	schema["required"] = append([]any{"$type"}, required...)
	return schema
}
