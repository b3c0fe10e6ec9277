package auth

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"tocsin/internal/incident"
	"tocsin/internal/store"
)

func TestFind(t *testing.T) {
	t.Parallel()
	d := newHouse(t,
		store.Person{ID: "ana-diaz", Name: "Ana Díaz", Aliases: []string{"Anita"}, Handles: []string{"@AnaD", "U0123"}, Emails: []string{"Ana@Example.com"}},
		store.Person{ID: "bo", Name: "Bo Karlsson", Aliases: []string{"The Swede"}, Handles: []string{"bok"}},
		store.Person{ID: "bo2", Name: "Bo Svensson", Aliases: []string{"the swede"}},
	).Directory()
	for word, want := range map[string]string{
		"ana-diaz": "ana-diaz", "ANA-DIAZ": "ana-diaz", "@anad": "ana-diaz", "anad": "ana-diaz", "u0123": "ana-diaz", "ana díaz": "ana-diaz", " Ana  Díaz ": "ana-diaz",
		"ANITA": "ana-diaz", "ana@example.com": "ana-diaz", "@bok": "bo", "@bo2": "bo2", "bo": "bo", "Bo Svensson": "bo2",
		"the swede": "", "Ana": "", "": "", "@": "", "zoe": "",
	} {
		if p, ok := d.Find(word); ok != (want != "") || p.ID != want {
			t.Errorf("%q finds %q, want %q", word, p.ID, want)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ana)
	if _, err := h.Owner(t.Context()); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"ana": "Ana Diaz", incident.System: "Tocsin", "gone": "gone", "owner": "owner"} {
		if got := h.Directory().Name(id); got != want {
			t.Errorf("%s is %q, want %q", id, got, want)
		}
	}
	if got := h.Directory().IDs(); !slices.Equal(got, []string{"ana", "owner"}) {
		t.Errorf("ids %v", got)
	}
}

func TestSlug(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Ana María Díaz": "ana-maria-diaz", "  O'Neill, Zoë ": "oneill-zoe", "Łukasz 2": "ukasz-2", "-": "person-3973e022", "李雷": "person-", "System": "person-", "": "",
		strings.Repeat("long ", 40): "long-long",
	} {
		got := Slug(name)
		if !strings.HasPrefix(got, want) || want == "" && got != "" || got != "" && !personID.MatchString(got) {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestPutChecks(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ana)
	d := h.Directory()
	for what, p := range map[string]store.Person{
		"nobody": {}, "system": {ID: "system", Name: "x"}, "id": {ID: "A b", Name: "x"}, "rights": {Name: "x", Rights: "king"},
		"long name": {Name: strings.Repeat("x", 201)}, "long alias": {Name: "x", Aliases: []string{strings.Repeat("x", 201)}}, "bytes": {Name: "x", Handles: []string{"\xff"}},
	} {
		if err := d.Put(t.Context(), p); !errors.Is(err, ErrPerson) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := d.Put(t.Context(), store.Person{Name: " Bo  Karlsson ", Aliases: []string{" B ", "B", ""}}); err != nil {
		t.Fatal(err)
	}
	p, ok := d.Get("bo-karlsson")
	if !ok || p.Name != "Bo Karlsson" || !slices.Equal(p.Aliases, []string{"B"}) || p.Rights != RightsNone || p.Created.IsZero() {
		t.Errorf("%+v", p)
	}
	p.Contact = "+46"
	if err := d.Put(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if again, _ := d.Get(p.ID); again.Contact != "+46" || !again.Created.Equal(p.Created) {
		t.Errorf("%+v", again)
	}
	fresh := NewDirectory(h.store)
	if err := fresh.Load(t.Context()); err != nil || len(fresh.List()) != 2 {
		t.Errorf("%v %v", err, fresh.List())
	}
}

func TestOnChange(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ana)
	d := h.Directory()
	told := 0
	d.OnChange(func() { told++; d.List() })
	put := func(p store.Person, want int) {
		t.Helper()
		if err := d.Put(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		if told != want {
			t.Errorf("told %d times, want %d", told, want)
		}
	}
	put(ana, 0) // the same
	put(vi, 1)
	if err := h.store.PutPerson(t.Context(), no); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := d.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if told != 2 {
		t.Errorf("told %d times of what another process did, want once", told-1)
	}
}

func TestDirectoryConcurrently(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ana)
	d := h.Directory()
	var told atomic.Int32
	d.OnChange(func() { told.Add(1) })
	var wait sync.WaitGroup
	for n := range 8 {
		wait.Go(func() {
			if err := d.Put(t.Context(), store.Person{Name: "Person " + string(rune('a'+n))}); err != nil {
				t.Error(err)
			}
			d.Find("@ana")
			if err := d.Load(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if len(d.List()) != 9 || told.Load() != 8 {
		t.Errorf("%d people, told %d times", len(d.List()), told.Load())
	}
}

func TestLoadFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t, store.Person{ID: "ana-diaz", Name: "Ana", Rights: RightsAdmin}, store.Person{ID: "gone", Name: "Gone Girl", Rights: RightsViewer})
	d := h.Directory()
	told := 0
	d.OnChange(func() { told++ })
	load := func(src string) error {
		t.Helper()
		file := filepath.Join(t.TempDir(), "people.yaml")
		if err := os.WriteFile(file, []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
		return d.LoadFile(t.Context(), file)
	}
	const good = `people:
  - name: Ana Diaz
    aliases: [Anita]
    handles: ["@ana"]
    emails: [ana@example.com]
    initials: AD
    roles: [point_person]
    contact: +34 600 000 000
  - name: Bo Karlsson
    initials: [BK, B]
  - {name: Vera Viewer, id: vv, rights: viewer}
`
	for range 2 {
		if err := load(good); err != nil {
			t.Fatal(err)
		}
	}
	if told != 1 {
		t.Errorf("told %d times, want once", told)
	}
	for id, rights := range map[string]string{"ana-diaz": RightsAdmin, "bo-karlsson": RightsResponder, "vv": RightsViewer, "gone": RightsViewer} {
		if p, ok := d.Get(id); !ok || p.Rights != rights {
			t.Errorf("%s: %+v", id, p)
		}
	}
	if p, _ := d.Find("@ana"); p.Name != "Ana Diaz" || p.Contact != "+34 600 000 000" || !slices.Equal(p.Initials, []string{"AD"}) {
		t.Errorf("%+v", p)
	}
	before := d.List()
	for src, want := range map[string]string{
		"people:\n  - name: New One\n  - name: X\n    phone: 1\n": "4",
		"people:\n  - name: New One\n\n  - aliases: [x]\n":        ":4: a person needs a name",
		"people:\n  - name: Jo Li\n  - name: Jo  Li\n":            ":3: the id jo-li is taken by the person in line 2",
		"people:\n  - {name: A, rights: owner}\n":                 ":2: the owner",
		"people:\n  - {name: A, rights: king}\n":                  ":2: ",
		"people:\n  - {name: A, id: system}\n":                    ":2: ",
		"people: [":                                               "people.yaml",
		"staff: []":                                               "1",
	} {
		if err := load(src); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", src, err, want)
		}
	}
	if len(d.List()) != len(before) {
		t.Error("a file with a mistake changed something")
	}
	if err := d.LoadFile(t.Context(), "/nowhere/people.yaml"); err == nil {
		t.Error("no file, no error")
	}
}
