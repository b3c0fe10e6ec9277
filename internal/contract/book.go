package contract

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

//go:embed testdata
var testdata embed.FS

// book is one specification, ready to look things up in.
type book struct {
	Provider
	router routers.Router
}

type books struct{ all []*book }

// shelf loads all specifications, once.
var shelf = sync.OnceValues(func() (*books, error) {
	var out books
	for _, p := range Providers() {
		if !p.Held() {
			continue
		}
		text, err := p.text()
		if err != nil {
			return nil, err
		}
		b, err := open(p, text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Name, err)
		}
		out.all = append(out.all, b)
	}
	return &out, nil
})

// text gives the specification as OpenAPI 3.
func (p Provider) text() ([]byte, error) {
	if p.File != "" {
		return testdata.ReadFile(path.Join("testdata", p.File))
	}
	return trimmed(p, os.Getenv(Folder))
}

// open reads an OpenAPI 3 document.
func open(p Provider, text []byte) (*book, error) {
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	doc.Servers = nil // the stand-ins are the server
	// Patterns may use what Go's regular expressions lack; those that don't are applied all the same.
	if err := doc.Validate(context.Background(), openapi3.DisableSchemaPatternValidation()); err != nil {
		return nil, err
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, err
	}
	return &book{p, router}, nil
}

// of gives the specifications that have most of a request's path as their prefix; those of them that have its operation, if any has.
func (b *books) of(in *http.Request) []*book {
	path := in.URL.Path
	var best []*book
	for _, k := range b.all {
		switch {
		case path != k.Prefix && !strings.HasPrefix(path, k.Prefix+"/"):
		case best == nil || len(k.Prefix) > len(best[0].Prefix):
			best = []*book{k}
		case len(k.Prefix) == len(best[0].Prefix):
			best = append(best, k)
		}
	}
	having := slices.DeleteFunc(slices.Clone(best), func(k *book) bool { return !k.has(in) })
	if len(having) > 0 {
		return having
	}
	return best
}

// has tells whether the specification has a request's operation.
func (b *book) has(in *http.Request) bool {
	_, _, err := b.router.FindRoute(b.within(in))
	return err == nil
}

// within gives a request as one to the specification's own server.
func (b *book) within(in *http.Request) *http.Request {
	r := in.Clone(context.Background())
	r.URL.Scheme, r.URL.Host, r.Host = "", "", ""
	at := func(s string) string { return strings.ReplaceAll(b.Base+strings.TrimPrefix(s, b.Prefix), "//", "/") }
	r.URL.Path, r.URL.RawPath = at(in.URL.Path), at(in.URL.EscapedPath())
	return r
}

// verdict is a request that was looked up.
type verdict struct {
	operation string // as in Provider.Operations; what was asked for if the specification has no such thing
	route     *routers.Route
	input     *openapi3filter.RequestValidationInput
	findings  []string
}

var options = &openapi3filter.Options{MultiError: true, RejectWhenRequestBodyNotSpecified: true, SkipSettingDefaults: true, AuthenticationFunc: authenticated}

// request looks one up and judges it.
func (b *book) request(in *http.Request, body []byte) verdict {
	r := b.within(in)
	r.Body = io.NopCloser(bytes.NewReader(body))
	v := verdict{operation: r.Method + " " + r.URL.Path}
	route, params, err := b.router.FindRoute(r)
	if errors.Is(err, routers.ErrMethodNotAllowed) && r.Method == http.MethodPost {
		if asked := asQuery(r, body); asked != nil {
			if route, params, err = b.router.FindRoute(asked); err == nil {
				v.findings = append(v.findings, "method POST where the specification has GET")
				r, body = asked, nil
			}
		}
	}
	if err != nil {
		v.findings = append(v.findings, "the specification has no such operation: "+err.Error())
		return v
	}
	v.operation, v.route = route.Method+" "+route.Path, route
	v.input = &openapi3filter.RequestValidationInput{Request: r, PathParams: params, QueryParams: r.URL.Query(), Route: route, Options: options}
	v.findings = append(v.findings, undeclared(route, r, body)...)
	v.findings = append(v.findings, flatten(openapi3filter.ValidateRequest(context.Background(), v.input))...)
	return v
}

// asQuery reads a posted form as the query of a GET; nil if it is none.
func asQuery(r *http.Request, body []byte) *http.Request {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	form, err := url.ParseQuery(string(body))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return nil
	}
	out := r.Clone(context.Background())
	out.Method, out.Body, out.ContentLength = http.MethodGet, http.NoBody, 0
	out.Header.Del("Content-Type")
	query := r.URL.Query()
	for name, values := range form {
		query[name] = append(query[name], values...)
	}
	out.URL.RawQuery = query.Encode()
	return out
}

// undeclared finds names in the query and in a form that the specification does not have; the validator looks only for those that it has.
func undeclared(route *routers.Route, r *http.Request, body []byte) []string {
	declared := map[string]bool{}
	for _, list := range []openapi3.Parameters{route.PathItem.Parameters, route.Operation.Parameters} {
		for _, p := range list {
			declared[p.Value.In+" "+p.Value.Name] = true
		}
	}
	var out []string
	for _, name := range names(r.URL.Query()) {
		if !declared["query "+name] {
			out = append(out, fmt.Sprintf("query parameter %q is not in the specification", name))
		}
	}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "application/x-www-form-urlencoded" || route.Operation.RequestBody == nil {
		return out
	}
	content := route.Operation.RequestBody.Value.Content.Get(media)
	form, err := url.ParseQuery(string(body))
	if err != nil || content == nil {
		return out // the validator's to say
	}
	for _, name := range names(form) {
		if content.Schema.Value.Properties[name] == nil {
			out = append(out, fmt.Sprintf("form field %q is not in the specification", name))
		}
	}
	return out
}

// answer judges what was answered to a request.
func (b *book) answer(v verdict, status int, header http.Header, body []byte) []string {
	if b.Answer != nil {
		status = b.Answer(status, body)
	}
	if v.route.Operation.Responses.Status(status) == nil && v.route.Operation.Responses.Default() == nil {
		if status >= http.StatusBadRequest {
			return []string{"the specification has no such refusal"}
		}
		return []string{fmt.Sprintf("status %d is not in the specification", status)}
	}
	return flatten(openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: v.input, Status: status, Header: header, Body: io.NopCloser(bytes.NewReader(body)), Options: options,
	}))
}

// authenticated holds that the credentials came where and as the specification wants them, whatever they are.
func authenticated(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	r, s := in.RequestValidationInput.Request, in.SecurityScheme
	scheme, credentials, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	ok := false
	switch {
	case s.Type == "http":
		ok = strings.EqualFold(scheme, s.Scheme) && credentials != ""
	case s.Type == "oauth2":
		ok = strings.EqualFold(scheme, "Bearer") && credentials != ""
	case s.Type == "apiKey" && s.In == "header":
		ok = r.Header.Get(s.Name) != ""
	case s.Type == "apiKey" && s.In == "query":
		ok = r.URL.Query().Has(s.Name)
	}
	if !ok {
		return fmt.Errorf("no credentials for %s", in.SecuritySchemeName)
	}
	return nil
}

// flatten gives each finding of the validator as a line: where it is and what is wrong, without the schema and without values.
func flatten(err error) []string {
	var out []string
	switch e := err.(type) { //nolint:errorlint // the tree is walked, not searched
	case nil:
	case openapi3.MultiError:
		for _, inner := range e {
			out = append(out, flatten(inner)...)
		}
	case *openapi3.SchemaError:
		inner := flatten(e.Origin)
		switch e.SchemaField {
		case "anyOf":
			inner = nearest(e.Schema.AnyOf, e.Value)
		case "oneOf":
			inner = nearest(e.Schema.OneOf, e.Value)
		case "enum":
			inner = []string{fmt.Sprintf(": %#v is none of the allowed values", e.Value)}
		case "allOf":
			inner = nil
			for _, part := range e.Schema.AllOf {
				inner = append(inner, nearest(openapi3.SchemaRefs{part}, e.Value)...)
			}
		}
		for _, line := range inner {
			out = append(out, pointer(e)+line)
		}
		if len(inner) == 0 {
			out = []string{pointer(e) + ": " + e.Reason}
		}
	case *openapi3filter.RequestError:
		where := "body"
		if e.Parameter != nil {
			where = fmt.Sprintf("%s parameter %q", e.Parameter.In, e.Parameter.Name)
		}
		out = under(where, e.Reason, e.Err)
	case *openapi3filter.ResponseError:
		out = under("body", e.Reason, e.Err)
	case *openapi3filter.SecurityRequirementsError:
		out = []string{"credentials: " + e.Error()}
	default:
		out = []string{": " + err.Error()}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// nearest gives what keeps a value from being the one of the alternatives that it is most like.
func nearest(alternatives openapi3.SchemaRefs, value any) []string {
	var best []string
	for _, a := range alternatives {
		if list := flatten(a.Value.VisitJSON(value, openapi3.MultiErrors())); best == nil || len(list) < len(best) {
			best = list
		}
	}
	return best
}

func under(where, reason string, err error) []string {
	if err == nil {
		return []string{where + ": " + reason}
	}
	var out []string
	for _, line := range flatten(err) {
		out = append(out, where+line)
	}
	return out
}

// pointer tells where in a document e is, with * for every index.
func pointer(e *openapi3.SchemaError) string {
	var out strings.Builder
	for _, name := range e.JSONPointer() {
		if _, err := strconv.Atoi(name); err == nil {
			name = "*"
		}
		out.WriteString("/" + name)
	}
	return out.String()
}
