package shelf_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"tocsin/internal/incident"
	"tocsin/internal/runbook"
	"tocsin/internal/shelf"
	"tocsin/internal/store/storetest"
)

// TestSave saves versions on both databases, by one server and by two: a draft begun from an older version is refused and loses nothing, of two
// who save at once one does, and a source with a mistake changes nothing.
func TestSave(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d storetest.Database) {
		s := d.Open(t)
		open := func() *shelf.Shelf {
			t.Helper()
			sh, err := shelf.New(s, runbook.DefaultYAML(), "")
			if err != nil {
				t.Fatal(err)
			}
			return sh
		}
		one, ctx := open(), t.Context()
		first := one.Current().Version
		retitled := func(title string) string {
			return strings.Replace(one.Source(), "\ntitle: ", "\ntitle: "+title+" ", 1)
		}
		kept, err := one.Save(ctx, shelf.Draft{Source: retitled("Our"), From: first, Person: "ana", Note: "a better title"})
		if err != nil || kept.Version != first+1 || one.Current().Version != first+1 || !strings.HasPrefix(one.Current().Title, "Our ") {
			t.Fatalf("%+v, %v, %+v", kept, err, one.Current().Title)
		}
		two := open()
		if two.Current().Version != first+1 {
			t.Errorf("another server runs by version %d", two.Current().Version)
		}
		if _, err := two.Save(ctx, shelf.Draft{Source: retitled("Their"), From: first}); !errors.Is(err, shelf.ErrOvertaken) {
			t.Errorf("a draft of an older version: %v", err)
		}
		if again, err := two.Save(ctx, shelf.Draft{Source: shelf.Numbered(two.Source(), 99), From: first + 1}); err != nil || again.Version != first+1 {
			t.Errorf("the same text: %+v, %v", again, err)
		}
		var problems runbook.Problems
		if _, err := two.Save(ctx, shelf.Draft{Source: strings.Replace(two.Source(), "\nroles:", "\nrolls:", 1)}); !errors.As(err, &problems) || problems[0].Line == 0 {
			t.Errorf("a mistake: %v", err)
		}
		var refused *incident.Error
		if _, err := two.Save(ctx, shelf.Draft{Source: strings.Replace(two.Source(), "name: production-incidents", "name: other", 1)}); !errors.As(err, &refused) {
			t.Errorf("another name: %v", err)
		}
		var all sync.WaitGroup
		won := make(chan int, 2)
		for _, sh := range []*shelf.Shelf{one, two} {
			draft := shelf.Draft{Source: strings.Replace(sh.Source(), "\ntitle: Our", "\ntitle: "+map[bool]string{true: "One", false: "Two"}[sh == one], 1), From: first + 1}
			all.Go(func() {
				if kept, err := sh.Save(ctx, draft); err == nil {
					won <- kept.Version
				} else if !errors.Is(err, shelf.ErrOvertaken) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if len(won) != 1 || <-won != first+2 {
			t.Error("two saved the same version, or nobody did")
		}
		versions, err := one.Versions(ctx)
		if err != nil || len(versions) != 3 || versions[0].Version != first+2 || versions[1].Note != "a better title" || versions[2].Version != first {
			t.Errorf("%+v, %v", versions, err)
		}
		if v, err := one.Version(ctx, first); err != nil || v.Source != string(runbook.DefaultYAML()) {
			t.Errorf("the first version: %v", err)
		}
		if _, err := one.Version(ctx, 99); !errors.As(err, &refused) || refused.Code != incident.NotFound {
			t.Errorf("a version that there is not: %v", err)
		}
		fixed, err := shelf.New(s, runbook.DefaultYAML(), "/etc/tocsin/runbook.yaml")
		if err != nil || fixed.Current().Version != first {
			t.Fatalf("a file of the configuration: version %d, %v", fixed.Current().Version, err)
		}
		if _, err := fixed.Save(ctx, shelf.Draft{Source: retitled("x")}); !errors.As(err, &refused) || !strings.Contains(err.Error(), "/etc/tocsin/runbook.yaml") {
			t.Errorf("saved beside the file: %v", err)
		}
	})
}
