package api

import "testing"

// TestSimilar: the post-mortem names incidents before it that resemble it.
func TestSimilar(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	c := NewClient(h.url+"/", h.tokens["ana"], nil)
	for _, title := range []string{"Checkout fails for some", "Mail is late", "Checkout failing again"} {
		if _, err := c.Declare(t.Context(), Declare{Title: title}, NewKey()); err != nil {
			t.Fatal(err)
		}
		h.clock.Add(1)
	}
	p, err := c.Postmortem(t.Context(), "3")
	if err != nil || len(p.Similar) != 1 || p.Similar[0].ID != "INC-1" || p.Similar[0].Title != "Checkout fails for some" {
		t.Errorf("%v: %+v", err, p.Similar)
	}
	if p.Hints == nil {
		t.Error("hints are null")
	}
}
