package api

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/runbook"
)

// routes is every route under /api. Each says what an account needs for it.
var routes = []func(*server){
	(*server).addDeclare, (*server).addList, (*server).addShow,
	(*server).addTimeline, (*server).addTodo, (*server).addSteps, (*server).addDefinition,
	(*server).addPreview, (*server).addPrint, (*server).addRedactions, (*server).addPostmortem,
	(*server).addCommands, (*server).addPlan, (*server).addEvents,
	(*server).addRunbook, (*server).addPeople, (*server).addPerson,
	(*server).addMe, (*server).addBlame, (*server).addAnniversaries,
	(*server).addConnectors, (*server).addCheck, (*server).addInsights,
	(*server).addPicture, (*server).addPictureOf, (*server).addAudit, (*server).addRunbookVersions, (*server).addSaveRunbook, (*server).addScenarios, (*server).addScore,
	(*server).addOnCall, (*server).addCalendar, (*server).addRotation, (*server).addOverride,
}

// need is what an account must be able to do to use a route.
type need string

const (
	mayRead  need = "read"
	mayWrite need = "write"
	mayAdmin need = "admin"
)

// maxBody bounds a request, in bytes.
const maxBody = 1 << 20

// Raw is the part of a request that is decoded by the handler itself, so that its errors are Tocsin's own sentences. Raw, Keyed and One
// are exported because huma fills in no others.
type Raw struct {
	RawBody []byte
}

// Keyed is the header every write takes.
type Keyed struct {
	Key string `header:"Idempotency-Key" maxLength:"255" doc:"Names this request, for example a ULID. Sent again under the same name it is carried out once and answered with the first result. The same name for another request is a conflict."`
}

// One names the incident of a route.
type One struct {
	ID string `path:"id" maxLength:"64" example:"INC-1" doc:"INC-1, 1, or the ULID"`
}

// route adds an operation. in, if not nil, is the type its request's body is documented by.
func route[I, O any](s *server, n need, op huma.Operation, in reflect.Type, handle func(context.Context, auth.Account, *I) (*O, error)) {
	op.Metadata = map[string]any{"need": n}
	op.Security = []map[string][]string{{"token": {}}, {"session": {}}}
	op.SkipValidateBody = true
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes, op.BodyReadTimeout = maxBody+1, 10*time.Second
	}
	op.Description = strings.TrimSpace(op.Description + " Needs the right to " + string(n) + ".")
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	op.Responses["default"] = &huma.Response{Description: "What is wrong (RFC 9457)",
		Content: map[string]*huma.MediaType{problemType: {Schema: s.schema(reflect.TypeFor[Problem]())}}}
	huma.Register(s.api, op, func(ctx context.Context, i *I) (*O, error) {
		acc, _ := auth.From(ctx)
		out, err := handle(ctx, acc, i)
		if err != nil {
			return nil, s.problem(ctx, err)
		}
		return out, nil
	})
	if in != nil {
		ref := s.schema(in)
		s.api.OpenAPI().Components.Schemas.SchemaFromRef(ref.Ref).AdditionalProperties = false
		s.describe(op, ref)
	}
}

// describe documents the body of an operation that was added.
func (s *server) describe(op huma.Operation, schema *huma.Schema) {
	at := s.api.OpenAPI().Paths[op.Path]
	documented := at.Post
	if op.Method == http.MethodPut {
		documented = at.Put
	}
	documented.RequestBody = &huma.RequestBody{Required: true,
		Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
}

// admit lets a request pass to its operation if its account has what the operation needs.
func (s *server) admit(c huma.Context, next func(huma.Context)) {
	c.SetHeader("Cache-Control", "no-store")
	n, _ := c.Operation().Metadata["need"].(need)
	acc, ok := auth.From(c.Context())
	allowed := map[need]bool{mayRead: acc.CanRead(), mayWrite: acc.CanWrite(), mayAdmin: acc.CanAdmin()}[n]
	switch {
	case allowed && ok:
		next(c)
	case !ok:
		c.SetHeader("WWW-Authenticate", `Bearer realm="tocsin"`)
		refuse(c, &Problem{Status: http.StatusUnauthorized, Code: "unauthenticated", Detail: "sign in first: send a token as Authorization: Bearer, made with tocsin token create"})
	default:
		refuse(c, &Problem{Status: http.StatusForbidden, Code: "forbidden", Detail: "your account may not " + string(n) + "; " + lacks(acc, n)})
	}
}

func lacks(a auth.Account, n need) string {
	all := a
	all.Scope = ""
	if a.Scope != "" && (n == mayRead && all.CanRead() || n == mayWrite && all.CanWrite() || n == mayAdmin && all.CanAdmin()) {
		return "this token's scope is " + a.Scope + ": make another one with tocsin token create --scope " + string(n)
	}
	return "an admin can give you the rights"
}

// config is huma's.
func (s *server) config() huma.Config {
	registry := huma.NewMapRegistry("#/components/schemas/", schemaName)
	registry.RegisterTypeAlias(reflect.TypeFor[runbook.Span](), reflect.TypeFor[string]())
	registry.RegisterTypeAlias(reflect.TypeFor[incident.Duration](), reflect.TypeFor[string]())
	registry.RegisterTypeAlias(reflect.TypeFor[incident.EntryID](), reflect.TypeFor[string]())
	version := s.o.Version
	if version == "" {
		version = "dev"
	}
	c := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{Title: "Tocsin", Version: version,
				Description: "Runs a production incident the way the runbook says. Every command of the product is a kind of POST /api/v1/incidents/{id}/commands."},
			Components: &huma.Components{Schemas: registry, SecuritySchemes: map[string]*huma.SecurityScheme{
				"token":   {Type: "http", Scheme: "bearer", Description: "A token made with tocsin token create"},
				"session": {Type: "apiKey", In: "cookie", Name: auth.Cookie, Description: "What signing in to the console sets; writes must come from the same origin"},
			}},
		},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
		Transformers: []huma.Transformer{func(_ huma.Context, _ string, v any) (any, error) {
			if e, ok := v.(*huma.ErrorModel); ok {
				return fromHuma(e), nil
			}
			return v, nil
		}},
	}
	c.AllowAdditionalPropertiesByDefault = true // answers grow; what is sent is held to its schema by decode
	return c
}

// schemaName keeps types of the runbook apart from those of the same name here.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.PkgPath() == reflect.TypeFor[runbook.Step]().PkgPath() && t.Kind() == reflect.Struct && name != "Runbook" {
		return "Runbook" + name
	}
	return name
}

func (s *server) schema(t reflect.Type) *huma.Schema {
	return s.api.OpenAPI().Components.Schemas.Schema(t, true, t.Name())
}

// document ends the OpenAPI document: what huma describes of itself and is never sent goes, and what may be null says so, which huma
// leaves out of references.
func (s *server) document() {
	registry := s.api.OpenAPI().Components.Schemas
	all := registry.Map()
	delete(all, "ErrorModel")
	delete(all, "ErrorDetail")
	for name, schema := range all {
		t := registry.TypeFromRef("#/components/schemas/" + name)
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for f := range t.Fields() {
			field, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
			p := schema.Properties[field]
			if f.Type.Kind() == reflect.Pointer && p != nil && p.Ref != "" && !strings.Contains(opts, "omitempty") {
				schema.Properties[field] = &huma.Schema{Description: p.Description, AnyOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}}
			}
		}
	}
}
