package runbook

import (
	"fmt"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// form is what a node of the source is.
type form int

const (
	asMapping form = iota
	asList
	asText
	asNumber
	asFlag
	asNull
)

func (f form) String() string {
	return [...]string{"a mapping", "a list", "text", "a number", "true or false", "nothing"}[f]
}

// node is a piece of the source: what YAML makes of it, without anchors, tags, merges and other surprises.
type node struct {
	form   form
	line   int
	column int
	value  string // of text, number, flag
	style  byte   // of text: the quote it stands in, '|' for a block, 0 for neither
	fields []field
	items  []*node
}

type field struct {
	key          string
	line, column int
	value        *node
}

// start is where a node begins: the library places a block mapping at its first colon.
func start(n ast.Node) (line, column int) {
	switch t := n.(type) {
	case *ast.MappingNode:
		if !t.IsFlowStyle && len(t.Values) > 0 {
			return start(t.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return start(t.Key)
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return max(t.Position.Line, 1), max(t.Position.Column, 1)
	}
	return 1, 1
}

// builder turns the library's tree into nodes and collects what is not allowed.
type builder struct {
	problems Problems
}

func (b *builder) refuse(n ast.Node, format string, args ...any) *node {
	line, column := start(n)
	b.problems = append(b.problems, Problem{Line: line, Column: column, Message: fmt.Sprintf(format, args...)})
	return nil
}

// build returns nil for what was refused.
func (b *builder) build(n ast.Node, depth int) *node {
	if n == nil {
		return nil
	}
	line, column := start(n)
	made := &node{line: line, column: column}
	if depth > maxNest {
		return b.refuse(n, "this nests deeper than %d; a runbook needs no more than 5", maxNest)
	}
	switch t := n.(type) {
	case *ast.MappingNode:
		made.form = asMapping
		b.fields(made, t.Values, depth)
	case *ast.MappingValueNode:
		made.form = asMapping
		b.fields(made, []*ast.MappingValueNode{t}, depth)
	case *ast.SequenceNode:
		made.form = asList
		for _, v := range t.Values {
			if item := b.build(v, depth+1); item != nil {
				made.items = append(made.items, item)
			}
		}
	case *ast.StringNode:
		made.form, made.value = asText, t.Value
		switch t.Token.Type {
		case token.DoubleQuoteType:
			made.style = '"'
		case token.SingleQuoteType:
			made.style = '\''
		}
	case *ast.LiteralNode:
		made.form, made.value, made.style = asText, t.Value.Value, '|'
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		made.form, made.value = asNumber, n.GetToken().Value
	case *ast.BoolNode:
		made.form, made.value = asFlag, n.GetToken().Value
	case *ast.NullNode:
		made.form = asNull
	default:
		return b.refuse(n, "a runbook has no %s; write it out", n.Type())
	}
	return made
}

func (b *builder) fields(made *node, values []*ast.MappingValueNode, depth int) {
	first := map[string]int{}
	for _, v := range values {
		key, ok := v.Key.(ast.Node).(*ast.StringNode)
		if !ok {
			b.refuse(v.Key, "a field's name is a plain word; put it in quotes if it looks like something else")
			continue
		}
		line, column := start(key)
		if was, twice := first[key.Value]; twice {
			b.refuse(key, "%q stands here a second time, first in line %d; keep one of them", key.Value, was)
			continue
		}
		first[key.Value] = line
		if value := b.build(v.Value, depth+1); value != nil {
			made.fields = append(made.fields, field{key: key.Value, line: line, column: column, value: value})
		}
	}
}
