package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tocsin/internal/incident"
	"tocsin/internal/store"
)

// Directory is the roster in memory, over a store. It is safe for concurrent use. Reading never touches the database; what another
// process changed is seen after Load, or after Fresh.
type Directory struct {
	store PeopleStore

	change sync.Mutex // held while the database is read or written, so that an old reading never replaces a newer one
	mu     sync.RWMutex
	people []store.Person
	byID   map[string]int
	loaded time.Time
	tell   []func()
}

// stale is how old a reading may be before rights are read again.
const stale = 3 * time.Second

const (
	maxName = 200
	maxList = 50
)

// NewDirectory is a directory over a store, empty until it is loaded.
func NewDirectory(s PeopleStore) *Directory { return &Directory{store: s, byID: map[string]int{}} }

// Load reads the roster.
func (d *Directory) Load(ctx context.Context) error {
	d.change.Lock()
	changed, err := d.load(ctx)
	d.change.Unlock()
	if err == nil && changed {
		d.announce()
	}
	return err
}

// Fresh reads the roster unless it was read within the last age.
func (d *Directory) Fresh(ctx context.Context, age time.Duration) error {
	d.mu.RLock()
	old := d.loaded.IsZero() || time.Since(d.loaded) > age
	d.mu.RUnlock()
	if !old {
		return nil
	}
	return d.Load(ctx)
}

// load reads the roster; d.change is held.
func (d *Directory) load(ctx context.Context) (changed bool, err error) {
	people, err := d.store.People(ctx)
	if err != nil {
		return false, fmt.Errorf("the people can't be read: %w", err)
	}
	byID := make(map[string]int, len(people))
	for n, p := range people {
		byID[p.ID] = n
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	changed = !d.loaded.IsZero() && !reflect.DeepEqual(people, d.people) || d.loaded.IsZero() && len(people) > 0
	d.people, d.byID, d.loaded = people, byID, time.Now()
	return changed, nil
}

// OnChange has f told after each change of the roster, in the goroutine that found it. f may read the directory.
func (d *Directory) OnChange(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tell = append(d.tell, f)
}

func (d *Directory) announce() {
	d.mu.RLock()
	tell := slices.Clone(d.tell)
	d.mu.RUnlock()
	for _, f := range tell {
		f()
	}
}

// List gives everyone, in the order they came. The slice is the caller's, what it leads to is not.
func (d *Directory) List() []store.Person {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return slices.Clone(d.people)
}

// IDs lists everyone's id.
func (d *Directory) IDs() []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	out := make([]string, len(d.people))
	for n, p := range d.people {
		out[n] = p.ID
	}
	return out
}

// Get gives a person by id.
func (d *Directory) Get(id string) (store.Person, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	n, ok := d.byID[id]
	if !ok {
		return store.Person{}, false
	}
	return d.people[n], true
}

// Name is what people inside read for an id: the name, "Tocsin" for the system, what an integration is called, and the id itself for somebody who is not known or has
// not said their name.
func (d *Directory) Name(id string) string {
	if id == incident.System {
		return "Tocsin"
	}
	if what, ok := strings.CutPrefix(id, "integration:"); ok {
		return what
	}
	if p, ok := d.Get(id); ok && p.Name != "" {
		return p.Name
	}
	return id
}

// Find gives the one person a word stands for: an id, or, case aside, a @handle, a name, an alias or an e-mail address. A word that fits
// nobody or several finds nobody.
func (d *Directory) Find(word string) (store.Person, bool) {
	want := fold(word)
	if want == "" {
		return store.Person{}, false
	}
	if p, ok := d.Get(strings.TrimSpace(word)); ok {
		return p, true
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	is := func(s string) bool { return fold(s) == want }
	var found []store.Person
	for _, p := range d.people {
		if is(p.ID) || is(p.Name) || slices.ContainsFunc(p.Handles, is) || slices.ContainsFunc(p.Aliases, is) || slices.ContainsFunc(p.Emails, is) {
			found = append(found, p)
		}
	}
	if len(found) != 1 {
		return store.Person{}, false
	}
	return found[0], true
}

func fold(s string) string {
	return strings.ToLower(norm.NFC.String(strings.TrimPrefix(strings.Join(strings.Fields(s), " "), "@")))
}

// Put adds a person or replaces what is known of them. An empty id is made from the name, empty rights are "none". Errors say what is
// wrong with the person.
func (d *Directory) Put(ctx context.Context, p store.Person) error {
	d.change.Lock()
	changed, err := d.put(ctx, p)
	d.change.Unlock()
	if err == nil && changed {
		d.announce()
	}
	return err
}

// Write adds a person (fresh) or changes one, on behalf of an account, and reports whether they were known. Of somebody who is known, rights that are not given stay. A
// person who is added twice is added once; somebody else of the same id is a conflict. Only the owner makes or changes an owner. Errors are *incident.Error, wrap
// ErrPerson, or are the database's.
func (d *Directory) Write(ctx context.Context, by Account, p store.Person, fresh bool) (kept store.Person, known bool, err error) {
	if p.Name == "" {
		return p, false, incident.Refuse(incident.Invalid, "name", "say the person's name")
	}
	if fresh && p.ID == "" {
		p.ID = Slug(p.Name)
	}
	had, known := d.Get(p.ID)
	if p.Rights == "" {
		if p.Rights = RightsResponder; known {
			p.Rights = had.Rights
		}
	}
	if p, err = check(p); err != nil {
		return p, known, err
	}
	p.Created = had.Created
	switch same := known && reflect.DeepEqual(had, p); {
	case same:
		return had, true, nil
	case fresh && known:
		return had, true, incident.Refuse(incident.Conflict, "name", "there is somebody with the id %s; change them, or add this person under another name", p.ID)
	case (p.Rights == RightsOwner || had.Rights == RightsOwner) && !by.IsOwner():
		return had, known, incident.Refuse(incident.Forbidden, "rights", "only the owner makes or changes an owner")
	case had.Rights == RightsOwner && p.Rights != RightsOwner && !d.owned(p.ID):
		return had, known, incident.Refuse(incident.Conflict, "rights", "there would be no owner; make somebody else one first")
	}
	if err := d.Put(ctx, p); err != nil {
		return had, known, err
	}
	kept, _ = d.Get(p.ID)
	return kept, known, nil
}

// owned reports whether somebody else is an owner.
func (d *Directory) owned(but string) bool {
	return slices.ContainsFunc(d.List(), func(p store.Person) bool { return p.ID != but && p.Rights == RightsOwner })
}

// put writes people who differ from what is known and reads the roster again; d.change is held.
func (d *Directory) put(ctx context.Context, people ...store.Person) (changed bool, err error) {
	wrote := false
	for _, p := range people {
		if p, err = check(p); err != nil {
			return false, err
		}
		had, known := d.Get(p.ID)
		if p.Created = had.Created; p.Created.IsZero() {
			p.Created = time.Now().UTC().Truncate(time.Millisecond)
		}
		if known && reflect.DeepEqual(p, had) {
			continue
		}
		if err := d.store.PutPerson(ctx, p); err != nil {
			return false, fmt.Errorf("the person can't be kept: %w", err)
		}
		what, about := DeedPersonAdded, p.ID+" "+p.Rights
		switch {
		case known && had.Rights != p.Rights:
			what, about = DeedRightsChanged, p.ID+" "+had.Rights+" → "+p.Rights
		case known:
			what, about = DeedPersonChanged, p.ID
		}
		if err := note(ctx, d.store, time.Now(), what, about); err != nil {
			return false, err
		}
		wrote = true
	}
	if !wrote {
		return false, nil
	}
	return d.load(ctx)
}

var personID = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// ErrPerson is that what is said of a person can't be so; the errors of Put wrap it.
var ErrPerson = errors.New("this person can't be kept")

// check tidies a person up and says what is wrong with them.
func check(p store.Person) (store.Person, error) {
	wrong := func(format string, args ...any) (store.Person, error) {
		return p, fmt.Errorf("%w: %s", ErrPerson, fmt.Sprintf(format, args...))
	}
	p.Name = strings.Join(strings.Fields(p.Name), " ")
	if p.ID == "" {
		p.ID = Slug(p.Name)
	}
	if p.Rights == "" {
		p.Rights = RightsNone
	}
	switch {
	case p.ID == "":
		return wrong("the name is missing")
	case p.ID == incident.System || !personID.MatchString(p.ID):
		return wrong("%q is no id; an id is made of a-z, 0-9, '.', '_' and '-'", p.ID)
	case !slices.Contains(Rights, p.Rights):
		return wrong("there are no rights %q; they are %s", p.Rights, strings.Join(Rights, ", "))
	case len(p.Name) > maxName || len(p.Contact) > maxName:
		return wrong("name or contact is longer than %d characters", maxName)
	}
	if _, err := time.LoadLocation(p.Zone); err != nil || p.Zone == "Local" {
		return wrong("%q is no time zone; write it like Europe/Berlin", p.Zone)
	}
	for _, list := range []*[]string{&p.Aliases, &p.Handles, &p.Emails, &p.Initials, &p.Roles} {
		var tidy []string
		for _, s := range *list {
			if s = strings.Join(strings.Fields(s), " "); s != "" && !slices.Contains(tidy, s) {
				tidy = append(tidy, s)
			}
			if len(s) > maxName || !utf8.ValidString(s) {
				return wrong("an alias, handle or address is longer than %d characters", maxName)
			}
		}
		if len(tidy) > maxList {
			return wrong("more than %d aliases, handles or addresses", maxList)
		}
		*list = tidy
	}
	return p, nil
}

// Slug makes an id from a name: "Ana María Díaz" is ana-maria-diaz. A name without a Latin letter or digit gets one from its hash.
func Slug(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ToLower(name)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’':
		default:
			gap = true
		}
	}
	s := b.String()
	if len(s) > 60 {
		s = strings.TrimRight(s[:60], "-")
	}
	if s == "" && strings.TrimSpace(name) != "" || s == incident.System {
		sum := sha256.Sum256([]byte(name))
		s = "person-" + hex.EncodeToString(sum[:4])
	}
	return s
}
