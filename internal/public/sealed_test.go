package public

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/internal/redact"
	"tocsin/internal/report"
)

// What this package prints comes from redact.Text, from words of its own, from settings, times and numbers. These tests hold that, so
// that no text of a person's can get onto a public page by a field that somebody adds.

// sources gives the package's files, tests aside.
func sources(t *testing.T) (*token.FileSet, []*ast.File) {
	t.Helper()
	fset := token.NewFileSet()
	all, err := parser.ParseDir(fset, ".", func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }, 0)
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, f := range all["public"].Files {
		files = append(files, f)
	}
	if len(files) < 5 {
		t.Fatalf("%d files", len(files))
	}
	return fset, files
}

func TestImports(t *testing.T) {
	t.Parallel()
	fset, files := sources(t)
	for _, f := range files {
		for _, imp := range f.Imports {
			name := strings.Trim(imp.Path.Value, `"`)
			if ours, ok := strings.CutPrefix(name, "tocsin/internal/"); ok && !slices.Contains([]string{"live", "report", "redact", "catalogue"}, ours) {
				t.Errorf("%s: imports %s", fset.Position(imp.Pos()), name)
			}
			if slices.Contains([]string{"database/sql", "os", "net", "os/exec", "log", "log/slog"}, name) {
				t.Errorf("%s: public pages need no %s", fset.Position(imp.Pos()), name)
			}
		}
	}
}

// TestOnlyPagesComeIn holds what is used of report and redact.
func TestOnlyPagesComeIn(t *testing.T) {
	t.Parallel()
	allowed := map[string][]string{
		"report": {"Page", "PublicEntry", "Affected", "Span", "SpanIn"}, // they write a duration
		"redact": {"Text", "Literal", "Join"},                           // of constants and sealed texts
	}
	fset, files := sources(t)
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Obj == nil {
				if names, ok := allowed[x.Name]; ok && !slices.Contains(names, sel.Sel.Name) {
					t.Errorf("%s: %s.%s", fset.Position(sel.Pos()), x.Name, sel.Sel.Name)
				}
			}
			return true
		})
	}
}

// TestWordsAreConstants holds that a word is made of a constant and a setting of Options or BaseURL.
func TestWordsAreConstants(t *testing.T) {
	t.Parallel()
	fset, files := sources(t)
	settings := 0
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			switch fun, _ := call.Fun.(*ast.Ident); {
			case fun == nil:
			case fun.Name == "word":
				if _, ok := call.Args[0].(*ast.BasicLit); !ok {
					t.Errorf("%s: a word that is no constant", fset.Position(call.Pos()))
				}
			case fun.Name == "setting":
				settings++
				made := ""
				ast.Inspect(call.Args[0], func(n ast.Node) bool {
					if id, ok := n.(*ast.Ident); ok && (id.Name == "Organisation" || id.Name == "BaseURL" || id.Name == "Components") {
						made = id.Name
					}
					return true
				})
				if made == "" {
					t.Errorf("%s: a setting that is none", fset.Position(call.Pos()))
				}
			}
			return true
		})
	}
	if settings == 0 {
		t.Error("no setting was found: the test looks for the wrong thing")
	}
}

// TestTemplatesAreGivenNoStrings walks the types that templates are executed with.
func TestTemplatesAreGivenNoStrings(t *testing.T) {
	t.Parallel()
	fine := []reflect.Type{reflect.TypeFor[redact.Text](), reflect.TypeFor[time.Time](), reflect.TypeFor[word](), reflect.TypeFor[setting](), reflect.TypeFor[typed]()}
	seen := map[reflect.Type]bool{}
	var walk func(path string, v reflect.Type)
	walk = func(path string, v reflect.Type) {
		if slices.Contains(fine, v) || seen[v] {
			return
		}
		seen[v] = true
		switch v.Kind() {
		case reflect.Struct:
			for n := range v.NumField() {
				walk(path+"."+v.Field(n).Name, v.Field(n).Type)
			}
		case reflect.Slice, reflect.Pointer, reflect.Array:
			walk(path, v.Elem())
		case reflect.Bool, reflect.Int, reflect.Int64:
		default:
			t.Errorf("%s is a %s: templates are given redact.Text, words, settings, times, numbers and truths", path, v)
		}
	}
	for _, v := range []any{incidentView{}, boardView{}, feedView{}, entryView{}, shell{}, historyView{}, subscribeView{}, mailView{}} {
		walk(reflect.TypeOf(v).Name(), reflect.TypeOf(v))
	}
}

// TestPageHoldsSealedTexts holds report.Page, which is written as JSON, to the same: its strings are numbers and enumerations.
func TestPageHoldsSealedTexts(t *testing.T) {
	t.Parallel()
	enumerations := []string{"ID", "Kind", "Status", "Stage"}
	for _, v := range []reflect.Type{reflect.TypeFor[report.Page](), reflect.TypeFor[report.PublicEntry](), reflect.TypeFor[report.PublicPicture]()} {
		for n := range v.NumField() {
			f := v.Field(n)
			if f.Type.Kind() == reflect.String && !slices.Contains(enumerations, f.Name) {
				t.Errorf("%s.%s is a string: is it anybody's words? Then it must be redact.Text", v, f.Name)
			}
			if f.Type.Kind() == reflect.Map || f.Type.Kind() == reflect.Interface {
				t.Errorf("%s.%s can hold anything", v, f.Name)
			}
		}
	}
}

// TestExecuteTakesViews holds that templates are executed with the walked types alone.
func TestExecuteTakesViews(t *testing.T) {
	t.Parallel()
	fset, files := sources(t)
	executed := 0
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"HTML", "JS", "URL", "CSS", "HTMLAttr", "JSStr", "Srcset"}, sel.Sel.Name) {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "template" {
					t.Errorf("%s: template.%s switches escaping off", fset.Position(call.Pos()), sel.Sel.Name)
				}
			}
			if fun, ok := call.Fun.(*ast.SelectorExpr); ok && fun.Sel.Name == "execute" {
				executed++
				if _, ok := call.Args[0].(*ast.BasicLit); !ok {
					t.Errorf("%s: a template that is not named", fset.Position(call.Pos()))
				}
			}
			return true
		})
	}
	if executed < 5 {
		t.Errorf("only %d templates are executed: the test looks for the wrong thing", executed)
	}
}
