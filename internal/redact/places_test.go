package redact

import (
	"os"
	"strings"
	"testing"
)

// TestPlaces reads lines as they occur in chats, logs, mails and commits.
func TestPlaces(t *testing.T) {
	people := Roster{
		{ID: "1", Name: "Rémy Dubois", Handles: []string{"rdubois", "U7RD11"}, Emails: []string{"remy.dubois@acme.example"}, Initials: Strings{"RD"}},
		{ID: "2", Name: "Hannah Schäfer", Aliases: []string{"Hanni"}, Handles: []string{"hschaefer"}, Initials: Strings{"HS"}},
		{ID: "3", Name: "Rich Stone", Handles: []string{"rstone"}, Initials: Strings{"RS"}},
		{ID: "4", Name: "Dean Carter", Handles: []string{"dean"}, Initials: Strings{"DC"}},
		{ID: "5", Name: "Sky Walker", Handles: []string{"skyw"}, Initials: Strings{"SW"}},
		{ID: "6", Name: "Michael Brown", Aliases: []string{"Mike"}, Handles: []string{"mbrown"}, Initials: Strings{"MB"}},
		{ID: "7", Name: "Екатерина Волкова", Handles: []string{"evolkova"}, Initials: Strings{"EV"}},
		{ID: "8", Name: "Jean-Baptiste de La Salle", Handles: []string{"jbdls"}, Initials: Strings{"JBS"}},
		{ID: "9", Name: "Ian McKellen-Smith", Handles: []string{"ims"}, Initials: Strings{"IMS"}},
		{ID: "10", Name: "山田 健一", Aliases: []string{"Kenichi Yamada"}, Handles: []string{"kyamada"}, Initials: Strings{"KY"}},
	}
	r := New(people, nil)
	checkMarked(t, "testdata/places.txt", 50, func(s string) []Span { return r.Find(s).Redact })
}

// TestStrangers reads lines with people whom the roster does not know, and clean ones.
func TestStrangers(t *testing.T) {
	r := New(Roster{{ID: "1", Name: "Priya Raman"}}, nil)
	checkMarked(t, "testdata/strangers.txt", 40, func(s string) []Span { return r.Find(s).Flag })
	r = New(nil, nil)
	checkMarked(t, "testdata/strangers.txt", 40, func(s string) []Span { return r.Find(s).Flag })
}

// checkMarked reads a file of lines in which the spans that find gives are in «».
func checkMarked(t *testing.T, file string, least int, find func(string) []Span) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(b)) {
		want := strings.ReplaceAll(strings.TrimSuffix(line, "\n"), `\n`, "\n")
		if strings.HasPrefix(want, "# ") {
			continue
		}
		n++
		text := strings.NewReplacer("«", "", "»", "").Replace(want)
		got := splice(text, find(text), func(s Span) string { return "«" + text[s.Start:s.End] + "»" })
		if got != want {
			t.Errorf("\n got %s\nwant %s", got, want)
		}
	}
	if n < least {
		t.Errorf("only %d lines", n)
	}
}
