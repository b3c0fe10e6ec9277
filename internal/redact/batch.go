package redact

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// batchLine is a line that Batch reads.
type batchLine struct {
	ID     json.RawMessage `json:"id"`
	Text   string          `json:"text"`
	Roster Roster          `json:"roster"`
}

// batchResult is a line that Batch writes: offsets are bytes of the input text.
type batchResult struct {
	ID     json.RawMessage `json:"id"`
	Text   string          `json:"text"`
	Redact [][2]int        `json:"redact"`
	Flag   [][2]int        `json:"flag"`
}

// Batch reads JSON lines {"id","text","roster"} and writes, for each, the
// redacted text and the spans found, as UTF-8 byte offsets into the input text. A
// malformed line is reported by its number, never by its content; the lines after
// it are still worked on, and the error is returned at the end.
func Batch(in io.Reader, out io.Writer) error {
	br, bw := bufio.NewReader(in), bufio.NewWriter(out)
	enc := json.NewEncoder(bw)
	enc.SetEscapeHTML(false)
	var errs []error
	var r *Redactor
	var last string
	for n := 1; ; n++ {
		line, rerr := br.ReadBytes('\n')
		if rerr != nil && rerr != io.EOF {
			return errors.Join(append(errs, rerr)...)
		}
		if len(trimSpace(line)) > 0 {
			var l batchLine
			if err := json.Unmarshal(line, &l); err != nil {
				errs = append(errs, fmt.Errorf("line %d: not a batch line", n))
			} else {
				// Neighbouring lines mostly share their roster.
				key, _ := json.Marshal(l.Roster)
				if r == nil || string(key) != last {
					r, last = New(Numbered(l.Roster)), string(key)
				}
				if len(l.ID) == 0 {
					l.ID = json.RawMessage("null")
				}
				f := r.Find(l.Text)
				res := batchResult{l.ID, r.Text(l.Text).String(), pairs(f.Redact), pairs(f.Flag)}
				if err := enc.Encode(res); err != nil {
					return err
				}
			}
		}
		if rerr == io.EOF {
			break
		}
	}
	return errors.Join(append(errs, bw.Flush())...)
}

func trimSpace(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	return b
}

func pairs(spans []Span) [][2]int {
	out := make([][2]int, 0, len(spans))
	for _, s := range spans {
		out = append(out, [2]int{s.Start, s.End})
	}
	return out
}

// Numbered gives every person an ID, where it has none, and a pseudonym number:
// for filters, where no incident has assigned any. The order is that of a digest
// of the person, so a number tells nothing of the place in the roster.
func Numbered(roster Roster) (Roster, map[string]int) {
	roster = slices.Clone(roster)
	type entry struct {
		digest string
		at     int
	}
	var order []entry
	for i, p := range roster {
		b, _ := json.Marshal(p)
		sum := sha256.Sum256(b)
		order = append(order, entry{hex.EncodeToString(sum[:]), i})
	}
	slices.SortFunc(order, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.digest, b.digest), cmp.Compare(a.at, b.at))
	})
	number := map[string]int{}
	for n, e := range order {
		p := &roster[e.at]
		if p.ID == "" {
			p.ID = fmt.Sprintf("%s-%d", e.digest[:16], e.at)
		}
		number[p.ID] = n + 1
	}
	return roster, number
}
