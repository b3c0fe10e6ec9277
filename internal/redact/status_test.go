package redact

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
)

func TestStatusScratch(t *testing.T) {
	f, err := os.Open("/work/shared/data/statuspage-github.jsonl")
	if err != nil {
		t.Skip()
	}
	r := New(nil, nil)
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<22)
	lines, flags := 0, map[string]int{}
	total := 0
	for sc.Scan() {
		var v any
		json.Unmarshal(sc.Bytes(), &v)
		var walk func(v any)
		walk = func(v any) {
			switch x := v.(type) {
			case string:
				if len(x) < 40 {
					return
				}
				lines++
				for _, s := range r.Find(x).Flag {
					flags[s.Why+": "+x[s.Start:s.End]]++
					total++
					if flags[s.Why+": "+x[s.Start:s.End]] == 1 {
						t.Logf("%s: %q in %.200q", s.Why, x[s.Start:s.End], x[max(0, s.Start-40):])
					}
				}
			case map[string]any:
				for _, y := range x {
					walk(y)
				}
			case []any:
				for _, y := range x {
					walk(y)
				}
			}
		}
		walk(v)
	}
	t.Log(lines, total, flags)
}
