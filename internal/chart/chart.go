// Package chart draws small charts as SVG that stands inside a page.
//
// A chart is 340 units wide, so that its text can be read on a phone. It has a name and a description for those who do not see it, no
// style of its own and no script: pages colour it by the classes axis, grid, line, mark and tone-1 … tone-4, which also differ in
// shape. Every text is escaped. The same input gives the same bytes.
package chart

import (
	"fmt"
	"html"
	"math"
	"strings"
)

const (
	width = 340.0
	row   = 18.0 // height of a line of text
)

// Head names a chart. ID must be one of its own on the page. Title says what is to be seen, Desc what is drawn.
type Head struct {
	ID, Title, Desc string
}

// drawing is an SVG in the making.
type drawing struct{ strings.Builder }

func (d *drawing) add(format string, args ...any) { fmt.Fprintf(d, format+"\n", args...) }

func (d *drawing) text(x, y float64, class, anchor, s string) {
	d.add(`<text x="%s" y="%s" class="%s" text-anchor="%s">%s</text>`, n(x), n(y), class, anchor, html.EscapeString(s))
}

func (d *drawing) line(class string, x1, y1, x2, y2 float64) {
	d.add(`<line class="%s" x1="%s" y1="%s" x2="%s" y2="%s"/>`, class, n(x1), n(y1), n(x2), n(y2))
}

func (d *drawing) rect(class string, x, y, w, h float64, hint string) {
	d.add(`<rect class="%s" x="%s" y="%s" width="%s" height="%s"><title>%s</title></rect>`, class, n(x), n(y), n(w), n(h), html.EscapeString(hint))
}

func (d *drawing) dot(class string, x, y float64, hint string) {
	d.add(`<circle class="%s" cx="%s" cy="%s" r="5"><title>%s</title></circle>`, class, n(x), n(y), html.EscapeString(hint))
}

// legend writes the meaning of the tones in lines of their own.
func (d *drawing) legend(y float64, names []string) float64 {
	x := 0.0
	for k, name := range names {
		w := 20 + 7.6*float64(len([]rune(name)))
		if x > 0 && x+w > width {
			x, y = 0, y+row
		}
		d.add(`<rect class="%s" x="%s" y="%s" width="11" height="11"/>`, tone(k), n(x+1), n(y-10))
		d.text(x+17, y, "", "start", name)
		x += w + 12
	}
	return y
}

// done wraps what was drawn.
func (d *drawing) done(h Head, height float64) string {
	id, esc := html.EscapeString(h.ID), html.EscapeString
	return fmt.Sprintf("<svg class=\"chart\" role=\"img\" viewBox=\"0 0 %s %s\" aria-labelledby=\"%s-title %s-desc\">\n<title id=\"%s-title\">%s</title>\n<desc id=\"%s-desc\">%s</desc>\n%s</svg>\n",
		n(width), n(height), id, id, id, esc(h.Title), id, esc(h.Desc), d.String())
}

func tone(k int) string { return fmt.Sprintf("tone-%d", k%4+1) }

// n writes a coordinate.
func n(f float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.1f", f), "0"), ".")
}

// step is a round distance between grid lines, so that at most five fit up to top.
func step(top float64) float64 {
	for s := 1.0; ; s *= 10 {
		for _, f := range []float64{1, 2, 5} {
			if top <= s*f*5 {
				return s * f
			}
		}
	}
}

// Series is numbers of one meaning, one for each label.
type Series struct {
	Name   string
	Values []int
}

// Bars draws upright bars, the series stacked. Labels that have no room are left out; each bar's own hint has it.
func Bars(h Head, labels []string, series []Series) string {
	const left, top, bottom = 28.0, 8.0, 128.0
	d, most, names := &drawing{}, 1, []string{}
	for k := range labels {
		sum := 0
		for _, s := range series {
			sum += s.Values[k]
		}
		most = max(most, sum)
	}
	by := step(float64(most))
	high := math.Ceil(float64(most)/by) * by
	for v := 0.0; v <= high; v += by {
		y := bottom - v/high*(bottom-top)
		d.line("grid", left, y, width, y)
		d.text(left-6, y+4, "", "end", n(v))
	}
	slot := (width - left) / float64(max(len(labels), 1))
	every := int(math.Ceil(58 / slot))
	for k, label := range labels {
		x, y := left+slot*float64(k), bottom
		for j, s := range series {
			if s.Values[k] > 0 {
				part := float64(s.Values[k]) / high * (bottom - top)
				y -= part
				d.rect(tone(j), x+slot*.12, y, slot*.76, part, fmt.Sprintf("%s: %d %s", label, s.Values[k], s.Name))
			}
		}
		if k%every == 0 && x+52 <= width {
			d.text(x, bottom+16, "", "start", label)
		}
	}
	for _, s := range series {
		names = append(names, s.Name)
	}
	return d.done(h, d.legend(bottom+38, names)+8)
}

// Part is a bar that lies, of parts. Note stands at the end of its label's line.
type Part struct {
	Label, Note string
	Values      []int
}

// Rows draws bars that lie, each with its label above, all to the same scale.
func Rows(h Head, names []string, parts []Part) string {
	d, most, y := &drawing{}, 1, 0.0
	for _, p := range parts {
		sum := 0
		for _, v := range p.Values {
			sum += v
		}
		most = max(most, sum)
	}
	for _, p := range parts {
		d.text(0, y+14, "", "start", p.Label)
		d.text(width, y+14, "note", "end", p.Note)
		x := 0.0
		for k, v := range p.Values {
			if w := float64(v) / float64(most) * width; w > 0 {
				d.rect(tone(k), x+.5, y+20, w-1, 12, fmt.Sprintf("%s: %d %s", p.Label, v, names[k]))
				x += w
			}
		}
		y += 42
	}
	return d.done(h, d.legend(y+14, names)+8)
}
