package blame

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Batch reads JSON lines {"id","text"} and writes, for each, {"id","findings"}; offsets are UTF-8 bytes of the text. A malformed line is
// reported by its number; the lines after it are still worked on, and the error is returned at the end.
func Batch(in io.Reader, out io.Writer) error {
	br, bw := bufio.NewReader(in), bufio.NewWriter(out)
	enc := json.NewEncoder(bw)
	enc.SetEscapeHTML(false)
	var errs []error
	for n := 1; ; n++ {
		line, rerr := br.ReadBytes('\n')
		if rerr != nil && rerr != io.EOF {
			return errors.Join(append(errs, rerr)...)
		}
		if len(line) > 1 || len(line) == 1 && line[0] != '\n' {
			var l struct {
				ID   json.RawMessage `json:"id"`
				Text string          `json:"text"`
			}
			if err := json.Unmarshal(line, &l); err != nil {
				errs = append(errs, fmt.Errorf("line %d: not a batch line", n))
			} else if err := enc.Encode(struct {
				ID       json.RawMessage `json:"id"`
				Findings []Finding       `json:"findings"`
			}{orNull(l.ID), append([]Finding{}, Check(l.Text)...)}); err != nil {
				return err
			}
		}
		if rerr == io.EOF {
			return errors.Join(append(errs, bw.Flush())...)
		}
	}
}

func orNull(id json.RawMessage) json.RawMessage {
	if len(id) == 0 {
		return json.RawMessage("null")
	}
	return id
}
