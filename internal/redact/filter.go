package redact

import (
	"bufio"
	"io"
	"strings"
)

// maxHeld bounds how much Filter holds back, in bytes.
const maxHeld = 64 << 10

// Filter copies plain text from in to out, redacted. It works line by line, one
// line behind: a name broken over a line end is seen whole.
func (r *Redactor) Filter(in io.Reader, out io.Writer) error {
	br, bw := bufio.NewReader(in), bufio.NewWriter(out)
	held := ""
	for {
		line, rerr := br.ReadString('\n')
		if rerr != nil && rerr != io.EOF {
			return rerr
		}
		if held != "" && !r.spans(held, line) {
			if _, err := io.WriteString(bw, r.Text(held).String()); err != nil {
				return err
			}
			if br.Buffered() == 0 {
				if err := bw.Flush(); err != nil {
					return err
				}
			}
			held = ""
		}
		held += line
		if rerr == io.EOF {
			if _, err := io.WriteString(bw, r.Text(held).String()); err != nil {
				return err
			}
			return bw.Flush()
		}
	}
}

// spans reports whether a name begins in held and ends in line.
func (r *Redactor) spans(held, line string) bool {
	if strings.TrimSpace(held) == "" || len(held) > maxHeld {
		return false
	}
	for _, s := range r.find(held+line, false).Redact {
		if s.Start < len(held) && s.End > len(held) {
			return true
		}
	}
	return false
}
