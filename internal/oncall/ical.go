package oncall

import (
	"context"
	"time"

	ics "github.com/arran4/golang-ical"
)

// Calendar is who is on call in so many days from now, for a calendar program (RFC 5545); of one person alone where one is given. name gives what a person is called.
func (b *Book) Calendar(ctx context.Context, days int, person string, name func(id string) string) (string, error) {
	rota, err := b.Rota(ctx)
	if err != nil {
		return "", err
	}
	now := b.Now().UTC()
	c := ics.NewCalendarFor("Tocsin")
	c.SetMethod(ics.MethodPublish)
	for _, role := range rota.Roles() {
		begin := now // or when what holds now began: an event keeps its name
		if s := rota.On(role, now); !s.From.IsZero() {
			begin = s.From
		}
		called := role
		if _, title := b.Role(role); title != "" {
			called = title
		}
		for _, s := range rota.Shifts(role, begin, now.Add(time.Duration(days)*24*time.Hour)) {
			if s.Person == "" || person != "" && s.Person != person {
				continue
			}
			e := c.AddEvent(s.Role + "-" + s.From.UTC().Format("20060102T150405Z") + "@tocsin")
			e.SetDtStampTime(now)
			e.SetStartAt(s.From.UTC())
			e.SetEndAt(s.Until.UTC())
			e.SetSummary(called + ": " + name(s.Person))
		}
	}
	return c.Serialize(), nil
}
