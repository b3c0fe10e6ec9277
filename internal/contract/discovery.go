package contract

import (
	"encoding/json"
	"maps"
	"strings"
)

// fromDiscovery converts one of Google's discovery documents (https://developers.google.com/discovery/v1/reference/apis) to OpenAPI 3.
// What the format leaves open is taken from Google's documentation: where credentials go, and what a refusal looks like.
func fromDiscovery(text []byte) (object, error) {
	var doc struct {
		Title      string
		Version    string
		Revision   string
		Parameters object
		Resources  map[string]resource
		Schemas    object
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	delete(doc.Parameters, "$.xgafv") // no name for a parameter of OpenAPI
	paths, schemas := object{}, object{"Refusal": refusal}
	for name, schema := range doc.Schemas {
		schemas[name] = plain(schema)
	}
	for _, r := range doc.Resources {
		r.collect(paths, doc.Parameters)
	}
	return object{
		"info":     object{"title": doc.Title, "version": doc.Version + ", revision " + doc.Revision},
		"paths":    paths,
		"security": []any{object{"oauth2": []any{}}},
		"components": object{
			"schemas": schemas,
			"securitySchemes": object{"oauth2": object{"type": "oauth2", "flows": object{"authorizationCode": object{
				"authorizationUrl": "https://accounts.google.com/o/oauth2/auth", "tokenUrl": "https://oauth2.googleapis.com/token", "scopes": object{},
			}}}},
		},
	}, nil
}

// refusal is what https://cloud.google.com/apis/design/errors and https://developers.google.com/workspace/drive/api/guides/handle-errors say.
var refusal = object{
	"type": "object", "required": []any{"error"},
	"properties": object{"error": object{
		"type": "object", "required": []any{"code", "message"},
		"properties": object{
			"code": object{"type": "integer"}, "message": object{"type": "string"}, "status": object{"type": "string"},
			"details": object{"type": "array", "items": object{"type": "object"}},
			"errors": object{"type": "array", "items": object{
				"type": "object", "required": []any{"message", "reason"},
				"properties": object{
					"message": object{"type": "string"}, "reason": object{"type": "string"}, "domain": object{"type": "string"},
					"location": object{"type": "string"}, "locationType": object{"type": "string"},
				},
			}},
		},
	}},
}

// resource is a group of methods.
type resource struct {
	Methods map[string]struct {
		ID         string
		HTTPMethod string
		FlatPath   string
		Parameters object
		Request    object
		Response   object
	}
	Resources map[string]resource
}

// collect adds the methods to paths, all of which take the shared parameters.
func (r resource) collect(paths, shared object) {
	for _, inner := range r.Resources {
		inner.collect(paths, shared)
	}
	for _, m := range r.Methods {
		all := maps.Clone(shared)
		maps.Copy(all, m.Parameters)
		var parameters []any
		for _, name := range names(all) {
			p, _ := all[name].(object)
			one := object{"name": name, "in": p["location"], "schema": plain(p)}
			if p["required"] == true {
				one["required"] = true
			}
			if p["repeated"] == true {
				one["schema"], one["explode"] = object{"type": "array", "items": plain(p)}, true
			}
			parameters = append(parameters, one)
		}
		answer := object{"description": ""}
		if m.Response != nil {
			answer["content"] = asJSON(m.Response)
		}
		status := "200"
		if m.Response == nil {
			status = "204"
		}
		operation := object{"operationId": m.ID, "parameters": parameters, "responses": object{
			status: answer, "default": object{"description": "", "content": asJSON(object{"$ref": "Refusal"})},
		}}
		if m.Request != nil {
			operation["requestBody"] = object{"required": true, "content": asJSON(m.Request)}
		}
		path, _ := paths["/"+m.FlatPath].(object)
		if path == nil {
			path = object{}
			paths["/"+m.FlatPath] = path
		}
		path[strings.ToLower(m.HTTPMethod)] = operation
	}
}

func asJSON(schema object) object {
	return object{"application/json": object{"schema": plain(schema)}}
}

// plain gives a schema of a discovery document as one of OpenAPI.
func plain(v any) any {
	schema, ok := v.(object)
	if !ok {
		return v
	}
	if name, ok := schema["$ref"].(string); ok {
		return object{"$ref": "#/components/schemas/" + name}
	}
	out := object{}
	for _, word := range []string{"type", "format", "enum", "pattern", "readOnly"} {
		if schema[word] != nil && schema[word] != "any" {
			out[word] = schema[word]
		}
	}
	for _, word := range []string{"items", "additionalProperties"} {
		if schema[word] != nil {
			out[word] = plain(schema[word])
		}
	}
	if fields, ok := schema["properties"].(object); ok {
		named := object{}
		for name, field := range fields {
			named[name] = plain(field)
		}
		out["properties"] = named
	} else if out["type"] == "object" && out["additionalProperties"] == nil {
		out["additionalProperties"] = false
	}
	return out
}
