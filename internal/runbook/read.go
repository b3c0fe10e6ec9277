package runbook

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
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
	maxMarks  = 100_000 // lines and marks that mean something in YAML: there are at most twice as many tokens
	maxBlank  = 100     // empty lines in a row
)

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
	line, column, blank, marks, empty := 1, 1, 0, 0, true
	for len(src) > 0 {
		r, size := utf8.DecodeRune(src)
		if strings.ContainsRune("\n-?:,[]{}#&*!|>'\"%@`", r) {
			marks++
		}
		if marks > maxMarks {
			return &Problem{Line: line, Column: column, Message: fmt.Sprintf("more than %d lines and punctuation marks up to here; a runbook is far smaller", maxMarks)}
		}
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
	for _, t := range tokens {
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
		if n := len(open); n > maxNest {
			return at(t, "this nests deeper than %d; a runbook needs no more than 5", maxNest)
		} else if n > 0 && open[n-1].wide > 2*maxWide {
			return at(t, "more than %d entries in one place; a runbook has at most %d steps", maxWide, MaxSteps)
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

// normal has one kind of line end and no byte order mark.
func normal(src []byte) []byte {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(src, []byte("\r"), []byte("\n"))
}
