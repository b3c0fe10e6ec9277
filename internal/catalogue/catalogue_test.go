package catalogue

import (
	"testing"
	"time"
)

func TestLanguages(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]string{"": "en", "de": "de", "de-AT,de;q=0.9,en;q=0.5": "de", "fr,en;q=0.5": "en", "pt": "en", "\x00;;": "en"} {
		if got := Preferred(accept).Tag; got != want {
			t.Errorf("Accept-Language %q: %s, want %s", accept, got, want)
		}
	}
	de, ok := Named("de")
	if !ok {
		t.Fatal("there is no German")
	}
	for got, want := range map[string]string{
		de.T("Language"):                         "Sprache",
		de.T("nobody has translated this %d", 7): "nobody has translated this 7",
		de.N("%d day", "%d days", 1):             "1 Tag",
		de.N("%d day", "%d days", 3):             "3 Tage",
		de.Date(time.Date(2026, 3, 5, 14, 5, 0, 0, time.UTC), "2 Jan 15:04 UTC"):      "5. Mär 14:05 UTC",
		English.Date(time.Date(2026, 3, 5, 14, 5, 0, 0, time.UTC), "2 Jan 15:04 UTC"): "5 Mar 14:05 UTC",
		English.N("%d new entry", "%d new entries", 1):                                "1 new entry",
		English.N("%d new entry", "%d new entries", 0):                                "0 new entries",
		English.T("%s of %s", "a", "b"):                                               "a of b",
		English.Word("100 % as it stands"):                                            "100 % as it stands",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if _, ok := Named("xx"); ok {
		t.Error("there is a language xx")
	}
}
