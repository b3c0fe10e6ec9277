package public

import (
	"strings"
	"testing"
)

// TestLanguages reads every page as somebody whose browser prefers another language: our words are theirs, people's words stay as they were
// written, caches keep the languages apart, and whoever asks for a language by name gets it.
func TestLanguages(t *testing.T) {
	t.Parallel()
	l := outage("INC-42")
	l.say("14:05", "fact", "Restore from the snapshot of 13:00 is running.")
	s := site(t, l.page())
	de := named("de")
	if de == nil {
		t.Fatal("there is no German")
	}
	for _, path := range []string{"/status", "/status/INC-42", "/history", "/subscribe", "/no-such-page"} {
		en, other := get(t, s.Handler(), path), get(t, s.Handler(), path, "Accept-Language", "de-AT,de;q=0.9,en;q=0.5")
		page, theirs := read(t, en), read(t, other)
		if !strings.Contains(page, `<html lang="en">`) || !strings.Contains(theirs, `<html lang="de">`) || other.Header.Get("Content-Language") != "de" || en.Header.Get("Content-Language") != "en" {
			t.Errorf("%s: the languages are %q and %q", path, en.Header.Get("Content-Language"), other.Header.Get("Content-Language"))
		}
		for _, word := range []string{"History", "People's names are removed: we look at systems, not persons.", "Skip to the content", "As of"} {
			if ours := de.Word(word); ours == word || !strings.Contains(theirs, htmlOf(ours)) || strings.Contains(theirs, ">"+htmlOf(word)+"<") {
				t.Errorf("%s does not say %q for %q", path, ours, word)
			}
		}
		if en.StatusCode == 200 && en.Header.Get("Etag") == other.Header.Get("Etag") {
			t.Errorf("%s: both languages have one ETag", path)
		}
		if byName := read(t, get(t, s.Handler(), path+"?lang=en", "Accept-Language", "de")); !strings.Contains(byName, `<html lang="en">`) {
			t.Errorf("%s?lang=en is not English", path)
		}
		if unknown := read(t, get(t, s.Handler(), path+"?lang=xx", "Accept-Language", "tlh")); !strings.Contains(unknown, `<html lang="en">`) {
			t.Errorf("%s in a language we don't have is not English", path)
		}
		if strings.Contains(theirs, `href="/status"`) {
			t.Errorf("%s: a link forgets the language", path)
		}
		if strings.Contains(page+theirs, "%!") {
			t.Errorf("%s: a text and its values don't fit", path)
		}
	}
	live := read(t, get(t, s.Handler(), "/status/INC-42?lang=de"))
	for _, want := range []string{"Restore from the snapshot of 13:00 is running.", de.Word("Major outage"), de.Word("Expected to be over"), de.Word("A major outage was declared."), `data-events="/status/INC-42/events?lang=de"`, `id="words"`} {
		if !strings.Contains(live, want) {
			t.Errorf("the live page does not say %q", want)
		}
	}
	i := s.all.Load().byNumber[42]
	if german := string(s.whole(de, i)); !strings.Contains(german, de.Word("Running for")) || strings.Contains(german, "Running for") {
		t.Errorf("the stream in German: %.300s", german)
	}
	if feed := read(t, get(t, s.Handler(), "/history.atom", "Accept-Language", "de")); !strings.Contains(feed, "Major outage") {
		t.Error("a feed depends on who reads it")
	}
}

func htmlOf(s string) string { return strings.ReplaceAll(s, "'", "&#39;") }
