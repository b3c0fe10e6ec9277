package auth

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tocsin/internal/store"
)

// house is an Auth over a real database, on a clock of its own.
type house struct {
	*Auth
	t     *testing.T
	store *store.Store
	clock atomic.Int64 // seconds since begin
}

var begin = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func newHouse(t *testing.T, people ...store.Person) *house {
	t.Helper()
	st, err := store.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	h := &house{t: t, store: st}
	h.Auth = New(st, Options{Secure: true, Now: func() time.Time { return begin.Add(time.Duration(h.clock.Load()) * time.Second) }})
	for _, p := range people {
		if err := h.Directory().Put(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h *house) wait(d time.Duration) { h.clock.Add(int64(d / time.Second)) }

var (
	ana = store.Person{ID: "ana", Name: "Ana Diaz", Rights: RightsResponder}
	vi  = store.Person{ID: "vi", Name: "Vi Ewer", Rights: RightsViewer}
	no  = store.Person{ID: "no", Name: "Nora Body", Rights: RightsNone}
)

// ask passes a request through the middleware and tells who the handler saw.
func (h *house) ask(method string, headers ...string) (who string, res *httptest.ResponseRecorder) {
	h.t.Helper()
	r := httptest.NewRequestWithContext(h.t.Context(), method, "https://tocsin.example/x", nil)
	for n := 0; n+1 < len(headers); n += 2 {
		r.Header.Set(headers[n], headers[n+1])
	}
	res = httptest.NewRecorder()
	see := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		who = "nobody"
		if a, ok := From(r.Context()); ok {
			who = a.Person.ID + " " + a.Rights + " " + a.Via
		}
	})
	h.Middleware(h.Middleware(see)).ServeHTTP(res, r) // twice is once
	return who, res
}

func TestRightsAndScopes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rights, scope, can string }{
		{RightsNone, "", ""}, {"", "", ""}, {"king", "", ""},
		{RightsViewer, "", "read"}, {RightsResponder, "", "read write"}, {RightsAdmin, "", "read write admin"}, {RightsOwner, "", "read write admin owner"},
		{RightsOwner, ScopeRead, "read"}, {RightsOwner, ScopeWrite, "read write"}, {RightsOwner, ScopeAdmin, "read write admin owner"},
		{RightsViewer, ScopeAdmin, "read"}, {RightsOwner, "everything", ""},
	} {
		a := Account{Rights: c.rights, Scope: c.scope}
		var can []string
		for _, x := range []struct {
			word string
			ok   bool
		}{{"read", a.CanRead()}, {"write", a.CanWrite()}, {"admin", a.CanAdmin()}, {"owner", a.IsOwner()}} {
			if x.ok {
				can = append(can, x.word)
			}
		}
		if got := strings.Join(can, " "); got != c.can {
			t.Errorf("%s with scope %q can %q, want %q", c.rights, c.scope, got, c.can)
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ana, no)
	ctx := t.Context()
	for _, c := range []struct {
		person, scope string
		ttl           time.Duration
	}{{"zoe", "", 0}, {"no", "", 0}, {"ana", "all", 0}, {"ana", "", -1}} {
		if _, err := h.CreateToken(ctx, c.person, c.scope, c.ttl); err == nil {
			t.Errorf("a token for %+v", c)
		}
	}
	secret, err := h.CreateToken(ctx, "ana", ScopeWrite, time.Hour)
	if err != nil || !strings.HasPrefix(secret, "tcs_") || len(secret) != 4+52 {
		t.Fatalf("%v %s", err, secret)
	}
	if who, _ := h.ask("POST", "Authorization", "Bearer "+secret, "Sec-Fetch-Site", "cross-site"); who != "ana responder token" {
		t.Errorf("who: %s", who)
	}
	all, err := h.Tokens(ctx)
	if err != nil || len(all) != 1 || all[0].Scope != ScopeWrite || !all[0].Used.Equal(begin) {
		t.Fatalf("%v %+v", err, all)
	}
	h.wait(time.Hour)
	who, res := h.ask("GET", "Authorization", "Bearer "+secret)
	if who != "" || res.Code != http.StatusUnauthorized || res.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("expired: %s %d", who, res.Code)
	}
	if strings.Contains(res.Body.String(), secret) {
		t.Error("the answer holds the secret")
	}
	forever, err := h.CreateToken(ctx, "ana", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	h.wait(100 * 365 * 24 * time.Hour)
	if who, _ := h.ask("GET", "Authorization", "Bearer "+forever); who != "ana responder token" {
		t.Errorf("who: %s", who)
	}
	if all, err = h.Tokens(ctx); err != nil {
		t.Fatal(err)
	}
	for _, token := range all {
		if err := h.RevokeToken(ctx, token.ID); err != nil {
			t.Error(err)
		}
	}
	if err := h.RevokeToken(ctx, all[0].ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("revoked twice: %v", err)
	}
	if who, _ := h.ask("GET", "Authorization", "Bearer "+forever); who != "" {
		t.Errorf("a revoked token is %s", who)
	}
}

func TestSetup(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	old, err := h.SetupLink(ctx)
	if err != nil {
		t.Fatal(err)
	}
	link, err := h.SetupLink(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Redeem(ctx, old, "Eve"); !errors.Is(err, ErrLink) {
		t.Errorf("an earlier link: %v", err)
	}
	if _, _, err := h.Redeem(ctx, link, "  "); err == nil {
		t.Error("an owner without a name")
	}
	late, err := h.SetupLink(ctx)
	if err != nil {
		t.Fatal(err)
	}
	h.wait(setupTTL)
	if _, _, err := h.Redeem(ctx, late, "Eve"); !errors.Is(err, ErrLink) {
		t.Errorf("after 30 minutes: %v", err)
	}
	if owner, err := h.Owner(ctx); err != nil || owner.ID != "owner" || owner.Name != "" {
		t.Fatalf("%v %+v", err, owner) // a token made before setting up does not end setting up
	}
	if link, err = h.SetupLink(ctx); err != nil {
		t.Fatal(err)
	}
	var won atomic.Int32
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			acc, session, err := h.Redeem(ctx, link, " Olga  Owner ")
			if err == nil {
				won.Add(1)
				if acc.Rights != RightsOwner || acc.Person.Name != "Olga Owner" || session == "" {
					t.Errorf("%+v", acc)
				}
			} else if !errors.Is(err, ErrLink) && !errors.Is(err, ErrSetUp) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if won.Load() != 1 {
		t.Errorf("%d redeemed one link", won.Load())
	}
	if _, err := h.SetupLink(ctx); !errors.Is(err, ErrSetUp) {
		t.Errorf("set up already: %v", err)
	}
	if owner, err := h.Owner(ctx); err != nil || owner.Name != "Olga Owner" || len(h.Directory().List()) != 1 {
		t.Errorf("%v %+v", err, owner)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ana, vi, no)
	ctx := t.Context()
	if _, err := h.LinkFor(ctx, "ana", 0); err == nil {
		t.Error("a link for ever")
	}
	if _, err := h.LinkFor(ctx, "no", time.Hour); !errors.Is(err, ErrNobody) {
		t.Errorf("a link for somebody without rights: %v", err)
	}
	link, err := h.LinkFor(ctx, "ana", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	drill, err := h.DrillLink(ctx, "vi", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	token, err := h.CreateToken(ctx, "ana", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	if acc, session, err := h.RedeemLink(ctx, link); err != nil || acc.Person.ID != "ana" || acc.Via != ViaSession || session == "" {
		t.Errorf("%v %+v", err, acc)
	}
	for range 3 {
		if acc, _, err := h.RedeemLink(ctx, drill); err != nil || acc.Person.ID != "vi" {
			t.Errorf("%v %+v", err, acc)
		}
	}
	late, err := h.LinkFor(ctx, "ana", 2*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	h.wait(2 * time.Hour)
	for what, secret := range map[string]string{"used": link, "token": token, "drill, late": drill, "late": late, "empty": "", "made up": "tcl_x"} {
		if _, session, err := h.RedeemLink(ctx, secret); !errors.Is(err, ErrLink) || session != "" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ana)
	ctx := t.Context()
	begin := func() string {
		link, err := h.DrillLink(ctx, "ana", 365*24*time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		acc, session, err := h.RedeemLink(ctx, link)
		if err != nil || acc.CSRF == "" || !acc.ValidCSRF(acc.CSRF) || acc.ValidCSRF("") || acc.ValidCSRF(acc.CSRF+"x") {
			t.Fatalf("%v %+v", err, acc)
		}
		return session
	}
	is := func(session, want string) {
		t.Helper()
		if who, _ := h.ask("GET", "Cookie", Cookie+"="+session); who != want {
			t.Errorf("%s, want %s", who, want)
		}
	}
	first, second := begin(), begin()
	r := httptest.NewRequestWithContext(ctx, "POST", "/sign-in", nil)
	r.AddCookie(&http.Cookie{Name: Cookie, Value: first})
	w := httptest.NewRecorder()
	if err := h.SignIn(w, r, second); err != nil {
		t.Fatal(err)
	}
	c := w.Result().Cookies()[0]
	if c.Value != second || !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.MaxAge != 30*24*3600 {
		t.Errorf("cookie %+v", c)
	}
	is(first, "nobody")
	is(second, "ana responder session")
	if who, res := h.ask("GET", "Authorization", "Bearer "+second); who != "" || res.Code != http.StatusUnauthorized {
		t.Errorf("a session is no token: %s", who)
	}
	h.wait(30 * 24 * time.Hour)
	is(second, "nobody")

	third, fourth := begin(), begin()
	r = httptest.NewRequestWithContext(ctx, "POST", "/sign-out", nil)
	r.AddCookie(&http.Cookie{Name: Cookie, Value: third})
	w = httptest.NewRecorder()
	if err := h.SignOut(w, r); err != nil || w.Result().Cookies()[0].MaxAge >= 0 {
		t.Errorf("%v %+v", err, w.Result().Cookies())
	}
	is(third, "nobody")
	is(fourth, "ana responder session")
	if err := h.EndSessions(ctx, "ana"); err != nil {
		t.Fatal(err)
	}
	is(fourth, "nobody")
}

// Signing out with a cookie that holds something else than a session ends nothing else.
func TestSignOutEndsSessionsOnly(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ana)
	token, err := h.CreateToken(t.Context(), "ana", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/sign-out", nil)
	r.AddCookie(&http.Cookie{Name: Cookie, Value: token})
	if err := h.SignOut(httptest.NewRecorder(), r); err != nil {
		t.Fatal(err)
	}
	if who, _ := h.ask("GET", "Authorization", "Bearer "+token); who != "ana responder token" {
		t.Errorf("the token was ended: %s", who)
	}
}

func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ana)
	for _, c := range []struct {
		method, header, value string
		ok                    bool
	}{
		{"POST", "Sec-Fetch-Site", "same-origin", true}, {"POST", "Sec-Fetch-Site", "none", true}, {"POST", "X", "", true},
		{"POST", "Sec-Fetch-Site", "cross-site", false}, {"POST", "Sec-Fetch-Site", "same-site", false},
		{"POST", "Origin", "https://tocsin.example", true}, {"POST", "Origin", "https://evil.example", false}, {"POST", "Origin", "null", false},
		{"GET", "Sec-Fetch-Site", "cross-site", true}, {"DELETE", "Sec-Fetch-Site", "cross-site", false},
	} {
		who, res := h.ask(c.method, c.header, c.value)
		if ok := who != ""; ok != c.ok || !ok && res.Code != http.StatusForbidden {
			t.Errorf("%s %s: %s: let through %v, %d", c.method, c.header, c.value, ok, res.Code)
		}
	}
}

func TestRightsTakenAwayAreGone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ana)
	ctx := t.Context()
	secret, err := h.CreateToken(ctx, "ana", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	acc, err := h.prove(ctx, kindAPI, secret)
	if err != nil {
		t.Fatal(err)
	}
	lowered := ana
	lowered.Rights = RightsViewer
	if err := h.Directory().Put(ctx, lowered); err != nil {
		t.Fatal(err)
	}
	if now, err := h.Still(ctx, acc); err != nil || now.CanWrite() || !now.CanRead() {
		t.Errorf("%v %+v", err, now)
	}
	lowered.Rights = RightsNone
	if err := h.store.PutPerson(ctx, lowered); err != nil { // another process
		t.Fatal(err)
	}
	if err := h.Directory().Fresh(ctx, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Still(ctx, acc); !errors.Is(err, ErrCredentials) {
		t.Errorf("without rights: %v", err)
	}
}

// Somebody whom another process has just added may sign in at once.
func TestPersonOfAnotherProcess(t *testing.T) {
	t.Parallel()
	h := newHouse(t, vi)
	other := New(h.store, Options{})
	if err := other.Directory().Put(t.Context(), ana); err != nil {
		t.Fatal(err)
	}
	secret, err := other.CreateToken(t.Context(), "ana", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	if who, _ := h.ask("GET", "Authorization", "Bearer "+secret); who != "ana responder token" {
		t.Errorf("who: %s", who)
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ana)
	secret, err := h.CreateToken(t.Context(), "ana", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[int]int{}
	for range burst + 10 {
		_, res := h.ask("GET", "Authorization", "Bearer tcs_guess")
		codes[res.Code]++
	}
	if codes[401] != burst || codes[429] != 10 {
		t.Errorf("answers: %v", codes)
	}
	if who, _ := h.ask("GET", "Authorization", "Bearer "+secret); who != "ana responder token" {
		t.Errorf("whoever has a token shares the address and is let in: %s", who)
	}
	h.wait(2 * time.Second)
	if _, res := h.ask("GET", "Authorization", "Bearer tcs_guess"); res.Code != 401 {
		t.Errorf("after a while: %d", res.Code)
	}
}

func TestLimiterIsBounded(t *testing.T) {
	t.Parallel()
	now := begin
	l := NewLimiter(func() time.Time { return now }, 1, burst)
	for n := range 3 * maxAddresses {
		l.Allow("[2001:db8:" + hex4(n) + "::1]:443")
	}
	if len(l.tries) > maxAddresses {
		t.Errorf("%d addresses are remembered", len(l.tries))
	}
	one := NewLimiter(func() time.Time { return now }, 1, burst)
	one.Allow("[2001:db8::1]:1")
	one.Allow("[2001:db8::2]:1") // the same network
	one.Allow("[::ffff:192.0.2.1]:1")
	one.Allow("192.0.2.1:2") // the same address
	one.Allow("nonsense")
	if len(one.tries) != 3 {
		t.Errorf("%d addresses", len(one.tries))
	}
}

func hex4(n int) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[n>>12&15], digits[n>>8&15], digits[n>>4&15], digits[n&15]})
}

// No secret lies in the database.
func TestNoSecretIsKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ana)
	ctx := t.Context()
	token, err := h.CreateToken(ctx, "ana", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	link, err := h.DrillLink(ctx, "ana", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	_, session, err := h.RedeemLink(ctx, link)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := h.store.Writer().QueryContext(ctx, "SELECT id || hash || kind || person || scope FROM token")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	n := 0
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			t.Fatal(err)
		}
		n++
		for _, secret := range []string{token, link, session} {
			if strings.Contains(row, secret) || strings.Contains(row, secret[4:]) {
				t.Errorf("a row holds a secret: %s", row)
			}
		}
	}
	if err := rows.Err(); err != nil || n != 3 {
		t.Errorf("%d rows, %v", n, err)
	}
}
