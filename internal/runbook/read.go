package runbook

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds on a source. They lie far above any runbook that people can follow. The YAML library recurses into what nests and takes
// quadratic time over wide mappings and over runs of empty lines, so they are held before it is asked.
const (
	maxSource = 1 << 20 // bytes
	maxNest   = 20      // mappings and lists inside each other
	maxWide   = 1000    // fields of one mapping, items of one list
	maxTokens = 100_000
	maxBlank  = 100 // empty lines in a row
)

// form is what a node of the source is.
type form int

const (
	mapping form = iota
	list
	text
	number
	flag
	null
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
	style  byte   // of text: '"', '\”, '|' for a block, 0 for plain
	fields []field
	items  []*node
}

type field struct {
	key          string
	line, column int
	value        *node
}

// read makes nodes of the source. It returns nil where the source can't be read as YAML at all.
func read(src []byte) (*node, Problems) {
	if p := plausible(src); p != nil {
		return nil, Problems{*p}
	}
	tokens, err := tokenize(src)
	if err != nil {
		return nil, Problems{*err}
	}
	if p := bounded(tokens); p != nil {
		return nil, Problems{*p}
	}
	body, err := parseTokens(tokens)
	if err != nil {
		return nil, Problems{*err}
	}
	var b builder
	root := b.build(body, 0)
	return root, b.problems
}

// plausible looks at the bytes alone.
func plausible(src []byte) *Problem {
	if len(src) > maxSource {
		return &Problem{Line: 1, Column: 1, Message: fmt.Sprintf("the file is %d bytes long; a runbook has at most %d", len(src), maxSource)}
	}
	line, column, blank, empty := 1, 1, 0, true
	for len(src) > 0 {
		r, size := utf8.DecodeRune(src)
		switch {
		case r == utf8.RuneError && size == 1:
			return &Problem{Line: line, Column: column, Message: fmt.Sprintf("byte %#02x is not UTF-8; save the file as UTF-8", src[0])}
		case r == '\n':
			if blank++; !empty {
				blank = 0
			}
			if blank > maxBlank {
				return &Problem{Line: line, Column: 1, Message: fmt.Sprintf("more than %d empty lines in a row; take them out", maxBlank)}
			}
			line, column, empty = line+1, 0, true
		case r == ' ' || r == '\t':
		case r < ' ' || r == 0x7f:
			return &Problem{Line: line, Column: column, Message: fmt.Sprintf("control character %U does not belong in a text; take it out", r)}
		default:
			empty = false
		}
		column++
		src = src[size:]
	}
	return nil
}

// tokenize is the library's lexer. A panic of the library, should there be one, is an unreadable file and no more.
func tokenize(src []byte) (tokens token.Tokens, p *Problem) {
	defer func() {
		if recover() != nil {
			p = &Problem{Line: 1, Column: 1, Message: "this can't be read as YAML"}
		}
	}()
	return lexer.Tokenize(string(src)), nil
}

// bounded refuses what would cost the parser too much, and what a runbook never uses.
func bounded(tokens token.Tokens) *Problem {
	at := func(t *token.Token, format string, args ...any) *Problem {
		return &Problem{Line: t.Position.Line, Column: max(t.Position.Column, 1), Message: fmt.Sprintf(format, args...)}
	}
	type level struct{ column, wide int } // column 0: a bracket
	var open []level
	brackets := 0
	close := func() { // the innermost bracket and what began inside it
		for n := len(open); n > 0 && brackets > 0; n-- {
			bracket := open[n-1].column == 0
			if open = open[:n-1]; bracket {
				brackets--
				return
			}
		}
	}
	entry := func(column int) {
		for n := len(open); n > 0 && open[n-1].column > column; n-- {
			open = open[:n-1]
		}
		if n := len(open); n == 0 || open[n-1].column != column {
			open = append(open, level{column: column})
		}
		open[len(open)-1].wide++
	}
	var last *token.Token
	for n, t := range tokens {
		if n == maxTokens {
			return at(t, "the file is too long; a runbook has at most %d words of YAML", maxTokens)
		}
		switch t.Type {
		case token.AnchorType:
			return at(t, "a runbook has no anchors (&); write it out, or put the text in quotes")
		case token.AliasType:
			return at(t, "a runbook has no aliases (*); write out what it stands for, or put the text in quotes")
		case token.MergeKeyType:
			return at(t, "a runbook has no merges (<<); write the fields out")
		case token.TagType:
			return at(t, "a runbook has no tags (!); leave it out, or put the text in quotes")
		case token.DirectiveType:
			return at(t, "a runbook has no directives (%%); leave the line out")
		case token.MappingStartType, token.SequenceStartType:
			open, brackets = append(open, level{}), brackets+1
		case token.MappingEndType, token.SequenceEndType:
			close()
		case token.SequenceEntryType, token.MappingKeyType:
			entry(t.Position.Column)
		case token.CollectEntryType:
			if n := len(open); n > 0 {
				open[n-1].wide++
			}
		case token.MappingValueType:
			switch {
			case brackets > 0:
				open[len(open)-1].wide++
			case last != nil && last.Position.Line == t.Position.Line:
				entry(last.Position.Column) // a mapping begins where its key does
			default:
				entry(t.Position.Column)
			}
		}
		// The exact depth is counted on what was parsed; the mapping that an item of a list is takes a level of its own in both.
		if n := len(open); n > 2*maxNest {
			return at(t, "this nests deeper than %d; a runbook needs no more than 5", maxNest)
		} else if n > 0 && open[n-1].wide > 2*maxWide {
			return at(t, "more than %d entries in one place; a runbook has at most %d steps", maxWide, maxSteps)
		}
		last = t
	}
	return nil
}

// parseTokens is the library's parser. The body is nil for a file without content.
func parseTokens(tokens token.Tokens) (body ast.Node, p *Problem) {
	defer func() {
		if recover() != nil {
			p = &Problem{Line: 1, Column: 1, Message: "this can't be read as YAML"}
		}
	}()
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()) // duplicates are reported by builder, all of them
	if err != nil {
		p := &Problem{Line: 1, Column: 1, Message: "this can't be read as YAML: " + err.Error()}
		var at yaml.Error
		if errors.As(err, &at) {
			p.Message = "this can't be read as YAML: " + at.GetMessage()
			if t := at.GetToken(); t != nil && t.Position != nil {
				p.Line, p.Column = t.Position.Line, max(t.Position.Column, 1)
			}
		}
		return nil, p
	}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if body != nil {
			line, column := start(doc.Body)
			return nil, &Problem{Line: line, Column: column, Message: "a second document begins here; a file holds one runbook, leave out the \"---\""}
		}
		body = doc.Body
	}
	return body, nil
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
		made.form = mapping
		b.fields(made, t.Values, depth)
	case *ast.MappingValueNode:
		made.form = mapping
		b.fields(made, []*ast.MappingValueNode{t}, depth)
	case *ast.SequenceNode:
		made.form = list
		for _, v := range t.Values {
			if item := b.build(v, depth+1); item != nil {
				made.items = append(made.items, item)
			}
		}
	case *ast.StringNode:
		made.form, made.value = text, t.Value
		switch t.Token.Type {
		case token.DoubleQuoteType:
			made.style = '"'
		case token.SingleQuoteType:
			made.style = '\''
		}
	case *ast.LiteralNode:
		made.form, made.value, made.style = text, t.Value.Value, '|'
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		made.form, made.value = number, n.GetToken().Value
	case *ast.BoolNode:
		made.form, made.value = flag, n.GetToken().Value
	case *ast.NullNode:
		made.form = null
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

// normal has one kind of line end and no byte order mark.
func normal(src []byte) []byte {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(src, []byte("\r"), []byte("\n"))
}
