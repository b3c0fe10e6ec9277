package cli

import (
	"cmp"
	"context"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"tocsin/internal/incident"
	"tocsin/internal/store"
)

// organisation is whose incidents these are: as the configuration says, else as the owner said when they set Tocsin up. What one of several
// servers is told the others know within seconds.
type organisation struct {
	configured Organisation
	store      *store.Store

	mu           sync.Mutex
	name, public string // as the owner said
	read         time.Time
}

// The settings that hold what the owner said.
const (
	settingName   = "organisation.name"
	settingPublic = "organisation.public_name"
)

const organisationStale = 5 * time.Second

// Name is the organisation's name among its own people; empty: nobody said.
func (o *organisation) Name() string {
	name, _ := o.said()
	return cmp.Or(o.configured.Name, name)
}

// Public is what the public knows it by.
func (o *organisation) Public() string {
	name, public := o.said()
	return cmp.Or(o.configured.PublicName, o.configured.Name, public, name, "Service")
}

func (o *organisation) said() (name, public string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if time.Since(o.read) > organisationStale {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		name, err := o.store.Setting(ctx, settingName)
		public, perr := o.store.Setting(ctx, settingPublic)
		if err == nil && perr == nil { // else what was known goes on to hold
			o.name, o.public = name, public
		}
		o.read = time.Now()
	}
	return o.name, o.public
}

// Set keeps what the owner said. An empty public name is the name.
func (o *organisation) Set(ctx context.Context, name, public string) error {
	for field, v := range map[string]*string{"organisation": &name, "public_name": &public} {
		*v = strings.Join(strings.Fields(*v), " ")
		if utf8.RuneCountInString(*v) > 100 {
			return incident.Refuse(incident.Invalid, field, "the name of the organisation has at most 100 characters")
		}
	}
	if err := o.store.PutSetting(ctx, settingName, name); err != nil {
		return err
	}
	if err := o.store.PutSetting(ctx, settingPublic, public); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.name, o.public, o.read = name, public, time.Now()
	return nil
}
