package catalogue_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	tmpl "text/template/parse"

	"tocsin/internal/runbook"
)

// key is a text to translate, with its form for many where there is one.
type key struct{ one, many string }

// keys are the texts of the tree and the files they stand in.
type keys map[key][]string

// add notes a text; of the same text twice the one with a plural stays.
func (ks keys) add(file, one, many string) {
	if one == "" {
		return
	}
	if file = strings.TrimPrefix(filepath.ToSlash(file), "../"); !slices.Contains(ks[key{one, many}], file) {
		ks[key{one, many}] = append(ks[key{one, many}], file)
	}
}

// sorted lists the texts in the order of the first file they stand in.
func (ks keys) sorted() []key {
	var out []key
	for k, files := range ks {
		slices.Sort(files)
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b key) int { return cmp.Or(cmp.Compare(ks[a][0], ks[b][0]), cmp.Compare(a.one, b.one)) })
	return out
}

// collect reads every text that people see in pages out of the sources: templates, Go and scripts.
func collect(t *testing.T) keys {
	t.Helper()
	ks := keys{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "catalogue"):
			return fs.SkipDir
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			return ks.fromGo(path)
		case strings.HasSuffix(path, ".html"):
			return ks.fromTemplate(path)
		case strings.HasSuffix(path, ".js") && !strings.HasSuffix(path, ".min.js"):
			return ks.fromScript(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ks.fromRunbook()
	for k := range ks { // one entry of a catalogue has both
		if k.many == "" {
			continue
		}
		for _, file := range ks[key{k.one, ""}] {
			ks.add(file, k.one, k.many)
		}
		delete(ks, key{k.one, ""})
	}
	return ks
}

// fromRunbook takes what the embedded runbook says to people in the console. What is sent somewhere, or has values put in, stays as it is written there.
func (ks keys) fromRunbook() {
	r := runbook.Default()
	add := func(texts ...string) {
		for _, text := range texts {
			if !strings.Contains(text, "{") {
				ks.add("../runbook/default.yaml", text, "")
			}
		}
	}
	add(r.Title, r.Description)
	for _, role := range r.Roles {
		add(role.Name, role.Instructions)
	}
	for _, step := range r.Steps {
		add(step.Title, step.ByHand)
		if step.Kind == "" {
			add(step.Text)
		}
	}
	for _, c := range r.Further {
		add(c.Title)
	}
}

// fromGo finds l.T("…"), l.Word("…"), Mark("…"), l.N("…", "…"), l.Form("…", "…"), and what people are refused with.
func (ks keys) fromGo(path string) error {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return err
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			name := called(n)
			if !strings.Contains(name, ".") && f.Name.Name != "incident" {
				return true
			}
			switch name {
			case ".T", ".Word", ".Mark", "missing", "conflict", "clean", "forbidden":
				ks.add(path, literal(n.Args, 0), "")
			case "invalid", ".Date":
				ks.add(path, literal(n.Args, 1), "")
			case "incident.Refuse", "Refuse":
				ks.add(path, literal(n.Args, 2), "")
			case ".N", ".Form":
				if many := literal(n.Args, 1); many != "" {
					ks.add(path, literal(n.Args, 0), many)
				}
			}
		case *ast.CompositeLit:
			if sel, ok := n.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == "Error" && f.Name.Name == "web" {
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok && kv.Key.(*ast.Ident).Name == "Message" {
						ks.add(path, literal([]ast.Expr{kv.Value}, 0), "")
					}
				}
			}
		}
		return true
	})
	return nil
}

// called names what a call calls: ".T" for a method or a function of another package.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		if of, ok := f.X.(*ast.Ident); ok && of.Name == "incident" {
			return "incident." + f.Sel.Name
		}
		return "." + f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

// literal is the text that stands as an argument; empty if none does.
func literal(args []ast.Expr, n int) string {
	if n >= len(args) {
		return ""
	}
	if lit, ok := args[n].(*ast.BasicLit); ok && lit.Kind == token.STRING {
		s, _ := strconv.Unquote(lit.Value) // the parser has read it
		return s
	}
	return ""
}

// fromTemplate finds {{t "…"}}, {{word "…"}} and {{n "…" "…" .Count}}.
func (ks keys) fromTemplate(path string) error {
	trees, err := templates(path)
	if err != nil {
		return err
	}
	for _, tree := range trees {
		walk(tree.Root, func(n tmpl.Node) {
			c, ok := n.(*tmpl.CommandNode)
			if !ok {
				return
			}
			text := func(at int) string {
				if at < len(c.Args) {
					if s, ok := c.Args[at].(*tmpl.StringNode); ok {
						return s.Text
					}
				}
				return ""
			}
			switch c.Args[0].String() {
			case "t":
				if text(1) == "" {
					err = fmt.Errorf("%s: %s: the text is no literal; what is marked elsewhere goes through word", path, c)
				}
				ks.add(path, text(1), "")
			case "n":
				ks.add(path, text(1), text(2))
			case "word":
				ks.add(path, text(1), "")
			}
		})
	}
	return err
}

// templates are the parts of a page.
func templates(path string) (map[string]*tmpl.Tree, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	tree, set := tmpl.New(path), map[string]*tmpl.Tree{}
	tree.Mode = tmpl.SkipFuncCheck
	if _, err = tree.Parse(string(src), "", "", set); err == nil {
		set[path] = tree
	}
	return set, err
}

// walk visits a part of a template and all that is in it.
func walk(n tmpl.Node, visit func(tmpl.Node)) {
	branch := func(b *tmpl.BranchNode) {
		walk(b.Pipe, visit)
		walk(b.List, visit)
		if b.ElseList != nil {
			walk(b.ElseList, visit)
		}
	}
	visit(n)
	switch n := n.(type) {
	case *tmpl.ListNode:
		for _, c := range n.Nodes {
			walk(c, visit)
		}
	case *tmpl.ActionNode:
		walk(n.Pipe, visit)
	case *tmpl.PipeNode:
		for _, c := range n.Cmds {
			walk(c, visit)
		}
	case *tmpl.CommandNode:
		for _, a := range n.Args {
			if p, ok := a.(*tmpl.PipeNode); ok {
				walk(p, visit)
			}
		}
	case *tmpl.IfNode:
		branch(&n.BranchNode)
	case *tmpl.RangeNode:
		branch(&n.BranchNode)
	case *tmpl.WithNode:
		branch(&n.BranchNode)
	case *tmpl.TemplateNode:
		if n.Pipe != nil {
			walk(n.Pipe, visit)
		}
	}
}

// inScripts finds the texts of a script: t("…"), and n("one", "many", …), as the console does when it hands them to a page.
var inScripts = regexp.MustCompile(`\b([tn])\(("(?:[^"\\]|\\.)*")(?:, ("(?:[^"\\]|\\.)*"))?`)

var comment = regexp.MustCompile(`(?m)^\s*//.*$`)

func (ks keys) fromScript(path string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	code := comment.ReplaceAllString(string(src), "")
	for _, m := range inScripts.FindAllStringSubmatch(code, -1) {
		one, oerr := strconv.Unquote(m[2])
		many, merr := strconv.Unquote(m[3])
		switch {
		case oerr == nil && m[1] == "t":
			ks.add(path, one, "")
		case oerr == nil && merr == nil:
			ks.add(path, one, many)
		}
	}
	return nil
}
