package blame

import (
	"slices"
	"strings"
	"testing"
)

func TestUpdate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, stage string
		want        string
	}{
		{"We are investigating errors when pushing to GitLab.com since 21:10 UTC. Reading is not affected. Next update by 21:40 UTC.", "investigating", ""},
		{"We are investigating errors when pushing since 21:10 UTC.", "investigating", "public-next"},
		{"We found the cause of slow pages and are adding capacity. Expected: 22:30 UTC. Next update by 22:00 UTC.", "identified", ""},
		{"A fix is in place; error rates are falling. We keep watching until 23:00 UTC.", "monitoring", ""},
		{"GitLab.com is back since 23:10 UTC after 2 h. Cause: a full disk. Write-up: https://gitlab.com/x/y", "resolved", ""},
		{"It should be fixed soon.", "investigating", "public-next public-promise public-promise"},
		{"Everything will be back by 14:00 UTC. Next update by 13:30 UTC.", "identified", ""},
		{"This will never happen again.", "resolved", "public-promise"},
		{"Unfortunately the WAL filled up! Next update at 10:00 UTC.", "identified", "public-tone public-jargon public-tone"},
		{"We think it is caused by our provider. Next update at 10:00 UTC.", "investigating", "public-cause"},
		{"Next update at 10:00.", "investigating", "public-time"},
		{"Next update by 3 pm.", "investigating", "public-time"},
		{"She restored the database at 10:00 UTC.", "resolved", "public-pronoun"},
		{"The engineer should have checked. Next update by 10:00 UTC.", "identified", "counterfactual-should"},
		{"Pages load slowly between 10:00 and 10:20 UTC.", "resolved", ""},
		{"500 customers were affected.", "resolved", ""},
	} {
		if got := strings.Join(rulesOf(CheckUpdate(c.text, Update{Stage: c.stage})), " "); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
	if got := CheckUpdate("We are looking into it.", Update{Stage: "investigating", Next: true}); len(got) != 0 {
		t.Errorf("a promise beside the text does not count: %v", got)
	}
	if got := CheckPublic("Reads are not affected."); len(got) != 0 {
		t.Errorf("a public text of no stage is asked for a next time: %v", got)
	}
}

func rulesOf(fs []Finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, f.Rule)
	}
	return out
}

// TestUpdateStatus holds how often real updates are hinted at, the missing next time aside: hints that come every time are read by nobody.
func TestUpdateStatus(t *testing.T) {
	t.Parallel()
	n, hinted := 0, map[string]int{}
	each(t, "testdata/status.jsonl", func(l labelled) {
		n++
		fs := CheckPublic(l.Text)
		slices.SortFunc(fs, func(a, b Finding) int { return strings.Compare(a.Rule, b.Rule) })
		for _, id := range ids(fs) {
			hinted[id]++
		}
	})
	for id, k := range hinted {
		t.Log(id, k, "of", n)
		if id != "public-jargon" && k*10 > n {
			t.Errorf("%s: %d of %d", id, k, n)
		}
	}
}

func TestGuess(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"We suspect that the cache is full, probably due to the import.": nil,
		"The cache is full.":                 {"public-guess"},
		"Perhaps a full disk":                nil,
		"It seems to be caused by the proxy": nil,
		"  ":                                 nil,
	} {
		if got := ids(CheckGuess(text)); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
