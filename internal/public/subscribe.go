package public

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"tocsin/internal/catalogue"
	"tocsin/internal/redact"
)

// Subscriptions is who gets mail. Strangers ask it, so it tells nobody whether an address is known.
type Subscriptions interface {
	// Ask has a letter sent to an address that asks whether it is to be written to, about every outage or one ("INC-7"). remote is who asks,
	// as http.Request has it. ErrAddress: that is no address. ErrOften: not now.
	Ask(ctx context.Context, remote, address, incident, lang string) error
	// Asked reports whether the secret of such a letter can still confirm.
	Asked(ctx context.Context, secret string) (bool, error)
	// Confirm takes such a secret and reports whether it did. Once is enough: again does no harm.
	Confirm(ctx context.Context, secret string) (bool, error)
	// List gives the outages that the owner of a secret gets mail about, "" for all; empty: nobody owns it.
	List(ctx context.Context, secret string) ([]string, error)
	// End ends one of those; EndOf the one that the letter with the secret was sent for.
	End(ctx context.Context, secret, incident string) error
	EndOf(ctx context.Context, secret string) error
}

// What Subscriptions may refuse.
var (
	ErrAddress = errors.New("this is no e-mail address")
	ErrOften   = errors.New("too many asked")
)

// typed is what a reader typed into the form of the page that answers it. It is on no page of anybody else's.
type typed string

// subscribeView is the page that says how to be told.
type subscribeView struct {
	shell
	Current []subscribable
	Only    int64 // chosen; 0: every outage
	Typed   typed
	Wrong   word
}

// subscribable is an outage that somebody may want to be told about. N is 0 for every outage.
type subscribable struct {
	N     int64
	Title redact.Text
}

// mailView is a page of somebody who subscribes, or did.
type mailView struct {
	shell
	Step word // asked, confirm, confirmed, manage, ended, gone, later
	List []subscribable
}

// formPolicy is that of pages with forms.
var formPolicy = strings.Replace(policy, "form-action 'none'", "form-action 'self'", 1)

func (s *Site) subscribeView(e *edition, m moment) subscribeView {
	v := subscribeView{shell: s.shell(e.base, m)}
	for _, i := range e.incidents {
		if i.subscribable() {
			v.Current = append(v.Current, subscribable{i.n, i.page.Title})
		}
	}
	return v
}

// What can be wrong with what somebody typed.
var _ = []string{
	catalogue.Mark("That outage is over. Choose again."), catalogue.Mark("This is no e-mail address. Write it like ada@example.com."),
	catalogue.Mark("Too many have asked just now. Try again in some minutes."),
}

// subscribable reports whether somebody can ask for mail about it alone.
func (i *record) subscribable() bool { return !i.over() && !i.page.Drill }

// subscribe makes the page that says how to be told.
func (s *Site) subscribe(docs map[string]*document, e *edition) {
	s.pages(docs, "/subscribe", func(t *tongue, m moment) string { return t.execute("subscribe", s.subscribeView(e, m)) })
	if s.o.Subscriptions != nil {
		for _, t := range tongues {
			docs[t.key("/subscribe")].header["Content-Security-Policy"] = []string{formPolicy}
		}
	}
}

// answer gives a page that is one reader's alone.
func (s *Site) answer(w http.ResponseWriter, r *http.Request, status int, fill func(*tongue) string) {
	t := tongueOf(r)
	h := w.Header()
	h.Set("Content-Type", typeHTML)
	h.Set("Content-Language", t.Tag)
	h.Set("Content-Security-Policy", formPolicy)
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(fill(t))) // a reader who has gone needs nothing
	}
}

// step answers with where somebody is on the way, and what they get.
func (s *Site) step(w http.ResponseWriter, r *http.Request, status int, step word, list []string) {
	e := s.all.Load()
	v := mailView{shell: s.shell(e.base, s.moment()), Step: step}
	for _, name := range list {
		one := subscribable{}
		if n, ok := number(name); ok {
			one.N = n
			if i := e.byNumber[n]; i != nil {
				one.Title = i.page.Title
			}
		}
		v.List = append(v.List, one)
	}
	s.answer(w, r, status, func(t *tongue) string { return t.execute("mail", v) })
}

// failed answers where Subscriptions could not say.
func (s *Site) failed(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", "30")
	s.step(w, r, http.StatusServiceUnavailable, "later", nil)
}

// ask shows the form, with an outage chosen where the address says so, and takes it.
func (s *Site) ask(w http.ResponseWriter, r *http.Request) {
	asking := r.Method == http.MethodPost && s.o.Subscriptions != nil
	if !asking && (s.o.Subscriptions == nil || r.FormValue("only") == "") {
		s.document(w, r)
		return
	}
	e := s.all.Load()
	v, incident := s.subscribeView(e, s.moment()), ""
	v.Typed = typed(strings.TrimSpace(r.PostFormValue("address")))
	if only := r.FormValue("only"); only != "" {
		if n, err := strconv.ParseInt(only, 10, 64); err == nil && e.byNumber[n] != nil && e.byNumber[n].subscribable() {
			v.Only, incident = n, e.byNumber[n].name()
		} else if asking {
			v.Wrong = word("That outage is over. Choose again.")
		}
	}
	status := http.StatusOK
	if asking && v.Wrong == "" {
		switch err := s.o.Subscriptions.Ask(r.Context(), r.RemoteAddr, string(v.Typed), incident, tongueOf(r).Tag); {
		case err == nil:
			s.step(w, r, status, "asked", nil)
			return
		case errors.Is(err, ErrAddress):
			v.Wrong = word("This is no e-mail address. Write it like ada@example.com.")
		case errors.Is(err, ErrOften):
			status, v.Wrong = http.StatusTooManyRequests, word("Too many have asked just now. Try again in some minutes.")
		default:
			s.failed(w, r)
			return
		}
	}
	if v.Wrong != "" && status == http.StatusOK {
		status = http.StatusUnprocessableEntity
	}
	s.answer(w, r, status, func(t *tongue) string { return t.execute("subscribe", v) })
}

// confirm shows the page that a letter leads to. Only its button confirms: programs that look at links in mail press none.
func (s *Site) confirm(w http.ResponseWriter, r *http.Request) {
	if s.o.Subscriptions == nil {
		s.notFound(w, r)
		return
	}
	ask, yes := s.o.Subscriptions.Asked, word("confirm")
	if r.Method == http.MethodPost {
		ask, yes = s.o.Subscriptions.Confirm, word("confirmed")
	}
	switch ok, err := ask(r.Context(), r.PathValue("secret")); {
	case err != nil:
		s.failed(w, r)
	case ok:
		s.step(w, r, http.StatusOK, yes, nil)
	default:
		s.step(w, r, http.StatusNotFound, "gone", nil)
	}
}

// manage shows what somebody subscribed, and ends it. A mail program posts here without a person looking (RFC 8058).
func (s *Site) manage(w http.ResponseWriter, r *http.Request) {
	if s.o.Subscriptions == nil {
		s.notFound(w, r)
		return
	}
	secret := r.PathValue("secret")
	list, err := s.o.Subscriptions.List(r.Context(), secret)
	switch {
	case err != nil:
		s.failed(w, r)
		return
	case len(list) == 0 && r.Method == http.MethodPost:
		s.step(w, r, http.StatusOK, "ended", nil) // it is so, whoever made it so
		return
	case len(list) == 0:
		s.step(w, r, http.StatusNotFound, "gone", nil)
		return
	case r.Method != http.MethodPost:
		s.step(w, r, http.StatusOK, "manage", list)
		return
	}
	end := r.PostFormValue("end")
	if end == "" {
		err = s.o.Subscriptions.EndOf(r.Context(), secret)
	}
	for _, incident := range list {
		if n, _ := number(incident); end == "all" || end == strconv.FormatInt(n, 10) {
			err = errors.Join(err, s.o.Subscriptions.End(r.Context(), secret, incident))
		}
	}
	if err != nil {
		s.failed(w, r)
		return
	}
	s.step(w, r, http.StatusOK, "ended", nil)
}
