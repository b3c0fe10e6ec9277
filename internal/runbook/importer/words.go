package importer

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// words is the text of a part of the document without its marks; a link stands as "words (address)", code in backticks.
func (d *draft) words(n ast.Node) string {
	var b strings.Builder
	var walk func(ast.Node)
	walk = func(n ast.Node) {
		switch n := n.(type) {
		case *ast.Text:
			b.Write(n.Segment.Value(d.src))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
			return
		case *ast.String:
			b.Write(n.Value)
			return
		case *ast.AutoLink:
			b.Write(n.URL(d.src))
			return
		case *ast.CodeSpan:
			b.WriteByte('`')
			defer b.WriteByte('`')
		case *ast.Link:
			if to := string(n.Destination); !strings.HasPrefix(to, "#") {
				defer func() { b.WriteString(" (" + to + ")") }()
			}
		case *extast.TaskCheckBox, *ast.RawHTML:
			return
		}
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			walk(c)
			if c.Type() == ast.TypeBlock {
				b.WriteByte(' ')
			}
		}
	}
	walk(n)
	if b.Len() == 0 && n.Type() == ast.TypeBlock {
		for i := range n.Lines().Len() {
			segment := n.Lines().At(i)
			b.Write(segment.Value(d.src))
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// item is what an item of a list says, and the list below it, if there is one. What else stands in it is part of what it says.
func (d *draft) item(item ast.Node) (words string, inner *ast.List) {
	var all []string
	for c := item.FirstChild(); c != nil; c = c.NextSibling() {
		if l, ok := c.(*ast.List); ok && inner == nil {
			inner = l
			continue
		}
		if w := d.words(c); w != "" {
			all = append(all, w)
		}
	}
	return strings.Join(all, " "), inner
}

// plain is a list as lines that begin with "- ".
func (d *draft) plain(l *ast.List, indent string) string {
	var b strings.Builder
	for item := l.FirstChild(); item != nil; item = item.NextSibling() {
		words, inner := d.item(item)
		b.WriteString(indent + "- " + words + "\n")
		if inner != nil {
			b.WriteString(d.plain(inner, indent+"  ") + "\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// line is where a part of the document begins.
func (d *draft) line(n ast.Node) int {
	for ; n != nil; n = n.FirstChild() {
		if n.Type() == ast.TypeBlock && n.Lines().Len() > 0 {
			return 1 + bytes.Count(d.src[:n.Lines().At(0).Start], []byte("\n"))
		}
	}
	return 1
}
