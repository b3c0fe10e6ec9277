package api

import "testing"

func TestBlame(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := NewClient(h.url+"/", h.tokens["ana"], nil)
	for _, q := range []struct {
		text BlameText
		want []string
	}{
		{BlameText{Text: "pg_dump failed to connect."}, nil},
		{BlameText{Text: "The engineer failed to notice."}, []string{"failed-to-human"}},
		{BlameText{Text: "Diaz failed to notice."}, []string{"failed-to-human"}}, // of the roster
		{BlameText{Text: "Ana Diaz is on it.", Public: true}, []string{"public-name"}},
		{BlameText{Text: "Writes fail.", Stage: "investigating"}, []string{"public-next"}},
		{BlameText{Text: "Writes fail.", Stage: "investigating", Next: true}, nil},
		{BlameText{Text: "The token is glpat-abcdefABCDEF1234567890.", Public: true}, []string{"public-held"}},
	} {
		got, err := c.Blame(t.Context(), q.text)
		if err != nil || len(got) != len(q.want) {
			t.Errorf("%+v: %v, %v", q.text, got, err)
			continue
		}
		for n, f := range got {
			if f.Rule != q.want[n] || f.Start >= f.End || f.End > len(q.text.Text) || f.Rewrite == "" {
				t.Errorf("%+v: %+v", q.text, f)
			}
		}
	}
	if a := h.ask("ana", "POST", "/api/v1/blame", `{"txt":"x"}`); a.status != 422 && a.status != 400 {
		t.Errorf("a field that is not known: %d", a.status)
	}
}
