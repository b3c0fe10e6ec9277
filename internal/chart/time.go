package chart

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// Range is a median and the 90th percentile of one length of time.
type Range struct {
	Label, Note string
	Median, P90 time.Duration
}

// ticks of a scale of lengths of time on which each step is some times the one before.
var ticks = []struct {
	at   time.Duration
	name string
}{{time.Minute, "1 min"}, {10 * time.Minute, "10 min"}, {time.Hour, "1 h"}, {10 * time.Hour, "10 h"}, {4 * 24 * time.Hour, "4 d"}, {40 * 24 * time.Hour, "40 d"}}

// Ranges draws from the median (a full dot) to the 90th percentile (a ring) on a scale from 10 s, where a minute to ten is as far as an
// hour to ten. What is shorter, or negative, stands at its begin.
func Ranges(h Head, ranges []Range) string {
	const left, right = 8.0, width - 8
	longest := time.Hour
	for _, r := range ranges {
		longest = max(longest, r.P90, r.Median)
	}
	low := math.Log(10)
	high := math.Log(longest.Seconds() * 1.3)
	at := func(t time.Duration) float64 {
		return left + (right-left)*(math.Log(max(t.Seconds(), 10))-low)/(high-low)
	}
	d := &drawing{}
	bottom := 42 * float64(len(ranges))
	for _, t := range ticks {
		if t.at <= longest {
			d.line("grid", at(t.at), 0, at(t.at), bottom+4)
			d.text(at(t.at), bottom+18, "", "middle", t.name)
		}
	}
	for k, r := range ranges {
		y := 42 * float64(k)
		d.text(0, y+14, "over", "start", r.Label)
		d.text(width, y+14, "note over", "end", r.Note)
		d.line("line", at(r.Median), y+28, at(r.P90), y+28)
		d.dot("tone-2", at(r.P90), y+28, r.Label+", nine of ten: "+r.Note)
		d.dot("tone-1", at(r.Median), y+28, r.Label+", half: "+r.Note)
	}
	if len(ranges) > 0 {
		d.dot("tone-1", 6, bottom+38, "half")
		d.text(17, bottom+43, "", "start", "half within")
		d.dot("tone-2", 116, bottom+38, "nine of ten")
		d.text(127, bottom+43, "", "start", "nine of ten within")
	}
	return d.done(h, bottom+52)
}

// Dot is one thing that was expected to take as long as X and took Y.
type Dot struct {
	X, Y time.Duration
	Hint string
}

// Dots draws what was said against what came; on the diagonal they are the same, above it it took longer.
func Dots(h Head, x, y string, dots []Dot) string {
	const left, top, right, bottom = 58.0, 24.0, width - 10, 244.0
	most := time.Hour
	for _, p := range dots {
		most = max(most, p.X, p.Y)
	}
	unit, name := time.Hour, "h"
	switch {
	case most.Hours() > 72:
		unit, name = 24*time.Hour, "d"
	case most.Hours() < 4:
		unit, name = time.Minute, "min"
	}
	by := step(float64(most) / float64(unit))
	high := math.Ceil(float64(most)/float64(unit)/by) * by
	px := func(t time.Duration) float64 {
		return left + (right-left)*float64(max(t, 0))/float64(unit)/high
	}
	py := func(t time.Duration) float64 {
		return bottom - (bottom-top)*float64(max(t, 0))/float64(unit)/high
	}
	d := &drawing{}
	for v := 0.0; v <= high; v += by {
		t := time.Duration(v * float64(unit))
		d.line("grid", left, py(t), right, py(t))
		d.text(left-6, py(t)+4, "", "end", n(v)+" "+name)
		d.text(min(px(t), width-16), bottom+18, "", "middle", n(v))
	}
	d.line("diagonal", left, bottom, right, top)
	for _, p := range dots {
		d.dot("mark", px(p.X), py(p.Y), p.Hint)
	}
	d.text(0, 12, "", "start", "↑ "+y)
	d.text(right, bottom+38, "", "end", x+", "+name+" →")
	return d.done(h, bottom+46)
}

// Mark is a moment of an incident.
type Mark struct {
	Name string
	At   time.Time
}

// Phases draws the moments of one incident on a strip, with a numbered line for each beneath: its time, and how long after the first.
// span writes a length of time. Fewer than two moments make no strip: the result is empty.
func Phases(h Head, marks []Mark, span func(time.Duration) string) string {
	if len(marks) < 2 {
		return ""
	}
	marks = slices.SortedStableFunc(slices.Values(marks), func(a, b Mark) int { return cmp.Compare(a.At.UnixNano(), b.At.UnixNano()) })
	const left, right, bar = 8.0, width - 8, 8.0
	first, whole := marks[0].At, max(marks[len(marks)-1].At.Sub(marks[0].At), 1)
	at := func(t time.Time) float64 { return left + (right-left)*float64(t.Sub(first))/float64(whole) }
	d := &drawing{}
	for k, m := range marks[1:] {
		if w := at(m.At) - at(marks[k].At); w > 0 {
			d.rect(tone(k), at(marks[k].At), bar, w, 16, fmt.Sprintf("%s to %s: %s", marks[k].Name, m.Name, span(m.At.Sub(marks[k].At))))
		}
	}
	y := bar + 16 + 14.0
	for k := 0; k < len(marks); {
		x, last := at(marks[k].At), k
		for ; last+1 < len(marks) && at(marks[last+1].At)-x < 26; last++ { // their numbers would lie on one another
			d.line("line", at(marks[last+1].At), bar-4, at(marks[last+1].At), bar+20)
		}
		d.line("line", x, bar-4, x, bar+20)
		number := fmt.Sprint(k + 1)
		if last > k {
			number = fmt.Sprintf("%d–%d", k+1, last+1)
		}
		d.text(min(max(x, 12), width-12), bar+34, "number", "middle", number)
		k = last + 1
	}
	for k, m := range marks {
		y += row
		d.text(0, y+8, "", "start", fmt.Sprintf("%d  %s", k+1, m.Name))
		after := m.At.UTC().Format("2 Jan 15:04 UTC")
		if k > 0 {
			after = "after " + span(m.At.Sub(first))
		}
		d.text(width, y+8, "note", "end", after)
	}
	return d.done(h, y+16)
}
