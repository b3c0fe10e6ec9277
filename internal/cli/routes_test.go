package cli

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"tocsin/internal/auth"
	"tocsin/internal/incident"
	"tocsin/internal/ledger"
	"tocsin/internal/store"
	"tocsin/internal/web"
)

// Who may use a route of the console.
var (
	everyone = []string{"nobody", "vera", "bo", "adam", "olga", "olga:read", "olga:write", "olga:admin"}
	readers  = everyone[1:]
	writers  = []string{"bo", "adam", "olga", "olga:write", "olga:admin"}
	selves   = []string{"vera", "bo", "adam", "olga"} // who came in by a browser: a token can't make itself more
	admins   = []string{"adam", "olga", "olga:admin"}
)

// consoleRoutes has a row for every page and form of the console: who may use it, and with which fields. A route without a row fails the test.
var consoleRoutes = map[string]struct {
	may  []string
	form string
}{
	"GET /setup":                         {everyone, ""},
	"POST /setup":                        {everyone, "token=x"},
	"GET /link":                          {everyone, ""},
	"POST /link":                         {everyone, "token=x"},
	"GET /signin":                        {everyone, ""},
	"POST /signout":                      {everyone, ""},
	"POST /preferences":                  {everyone, "language=de&theme=dark"},
	"POST /signin":                       {everyone, "name=x&password=x"},
	"POST /signin/passkey/begin":         {everyone, ""},
	"POST /signin/passkey":               {everyone, ""},
	"GET /account":                       {selves, ""},
	"POST /account/password":             {selves, "password=short"},
	"POST /account/sessions":             {selves, ""},
	"POST /account/passkeys/begin":       {selves, ""},
	"POST /account/passkeys":             {selves, ""},
	"POST /account/passkeys/remove":      {selves, "id=x"},
	"POST /account/tokens":               {selves, "scope=read&days=30"},
	"POST /account/tokens/revoke":        {selves, "id=x"},
	"GET /assets/{name}":                 {everyone, ""},
	"GET /worker.js":                     {everyone, ""},
	"GET /welcome":                       {readers, ""},
	"GET /{$}":                           {readers, ""},
	"GET /incidents.csv":                 {readers, ""},
	"GET /incidents.json":                {readers, ""},
	"POST /incidents/views":              {selves, "name=Majors&query=kind%3Dmajor"},
	"GET /incidents":                     {readers, ""},
	"GET /declare":                       {writers, ""},
	"POST /declare":                      {writers, "title=Another"},
	"GET /i/{id}":                        {readers, ""},
	"GET /i/{id}/e/{entry}":              {readers, ""},
	"POST /i/{id}/e/{entry}/picture":     {writers, "picture=x"},
	"GET /i/{id}/pictures/{picture}":     {readers, ""},
	"GET /i/{id}/war-room":               {readers, ""},
	"GET /i/{id}/public":                 {readers, ""},
	"GET /i/{id}/postmortem":             {readers, ""},
	"POST /i/{id}/postmortem":            {writers, "section=lucky&text=A+Sunday"},
	"GET /i/{id}/postmortem/{section}":   {readers, ""},
	"POST /i/{id}/postmortem/follow-ups": {writers, "kind=follow_up&text=Alert+on+age"},
	"GET /i/{id}/hand-over/{role}":       {readers, ""},
	"POST /i/{id}/hand-over/{role}":      {writers, "kind=take_role&role=engineer"},
	"GET /i/{id}/events":                 {readers, ""},
	"POST /i/{id}/do":                    {writers, "kind=say&text=hello"},
	"GET /i/{id}/print":                  {readers, ""},
	"POST /i/{id}/check":                 {writers, "text=hello"},
	"POST /hints":                        {writers, "text=We+should+have+known"},
	"GET /runbooks/{name}":               {readers, ""},
	"GET /runbooks/{name}/versions":      {readers, ""},
	"GET /runbooks/{name}/yaml":          {readers, ""},
	"GET /runbooks/{name}/edit":          {admins, ""},
	"POST /runbooks/{name}/edit":         {admins, "source=x"},
	"GET /runbooks/{name}/print":         {readers, ""},
	"GET /people":                        {readers, ""},
	"GET /insights":                      {readers, ""},
	"GET /connectors":                    {readers, ""},
	"POST /connectors/{name}/check":      {admins, ""},
	"GET /insights.csv":                  {readers, ""},
	"GET /drills":                        {readers, ""},
	"POST /drills":                       {writers, "title=Practice"},
	"GET /i/{id}/score":                  {readers, ""},
	"GET /audit":                         {admins, ""},
	"GET /subscribers":                   {admins, ""},
	"POST /subscribers/remove":           {admins, "address=nobody@example.net"},
	"POST /people":                       {admins, "id=new&name=New+Person"},
	"GET /people/{id}":                   {readers, ""},
	"POST /people/{id}":                  {admins, "name=x"},
	"POST /people/{id}/link":             {admins, ""},
	"GET /oncall":                        {readers, ""},
	"GET /oncall.ics":                    {readers, ""},
	"POST /oncall/feed":                  {selves, ""},
	"GET /calendar/{person}/{secret}":    {everyone, ""},
	"POST /oncall/overrides":             {writers, "role=engineer&person=bo&until=8h"},
	"POST /oncall/overrides/remove":      {writers, "id=x"},
	"POST /oncall/turns":                 {admins, "role=engineer&people=bo&days=7&start=2026-11-23+09:00"},
}

// TestConsoleRoutes asks for every route of the console as everybody: whoever may not is turned away with 401 or 403, or led to the sign-in,
// and whoever may is not. No write is taken that comes from another site.
func TestConsoleRoutes(t *testing.T) {
	t.Parallel()
	services, halt, err := startStandins(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(halt)
	a, stop := start(t, t.TempDir(), services)
	t.Cleanup(stop)
	cookies, tokens := map[string][]*http.Cookie{}, map[string]string{}
	for id, rights := range map[string]string{"vera": "viewer", "bo": "responder", "adam": "admin", "olga": "owner"} {
		if err := a.people.Put(t.Context(), store.Person{ID: id, Name: id, Rights: rights}); err != nil {
			t.Fatal(err)
		}
	}
	for _, scope := range []string{auth.ScopeRead, auth.ScopeWrite, auth.ScopeAdmin} {
		if tokens["olga:"+scope], err = a.auth.CreateToken(t.Context(), "olga", scope, time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	enter := func(id string) []*http.Cookie {
		t.Helper()
		link, err := a.auth.LinkFor(t.Context(), id, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		_, session, err := a.auth.RedeemLink(t.Context(), link)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		if err := a.auth.SignIn(w, httptest.NewRequest(http.MethodPost, "/link", nil), session); err != nil {
			t.Fatal(err)
		}
		return w.Result().Cookies()
	}
	for _, id := range selves {
		cookies[id] = enter(id)
	}
	if _, err := a.ledger.Do(t.Context(), ledger.Request{Actor: "bo", Command: &incident.Declare{Title: "Pushes fail", Point: true}}); err != nil {
		t.Fatal(err)
	}
	base := "http://" + a.o.console.Addr().String()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(as, method, path, form string, headers ...string) (int, string) {
		t.Helper()
		var body io.Reader
		if method == http.MethodPost {
			body = strings.NewReader(form)
		}
		r, err := http.NewRequestWithContext(t.Context(), method, base+path, body)
		if err != nil {
			t.Fatal(err)
		}
		if body != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		for n := 0; n < len(headers); n += 2 {
			r.Header.Set(headers[n], headers[n+1])
		}
		for _, c := range cookies[as] {
			r.AddCookie(c)
		}
		if token := tokens[as]; token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := res.Body.Close(); err != nil { // of a stream of events nothing is read
			t.Fatal(err)
		}
		return res.StatusCode, res.Header.Get("Location")
	}
	fill := strings.NewReplacer("{id}", "1", "{entry}", "e1", "{name}", "production-incidents", "{picture}", url.PathEscape("none"), "{role}", "engineer", "{section}", "summary", "{person}", "bo", "{secret}", "x.ics", "{$}", "")
	last := func(p string) int { return map[bool]int{true: 1}[p == "POST /signout"] } // it ends what the others need, and leads everybody to the sign-in
	for _, pattern := range slices.SortedStableFunc(slices.Values(web.Patterns()), func(a, b string) int { return last(a) - last(b) }) {
		row, ok := consoleRoutes[pattern]
		if !ok {
			t.Errorf("%s has no row in the table", pattern)
			continue
		}
		method, path, _ := strings.Cut(pattern, " ")
		for _, as := range everyone {
			status, to := ask(as, method, fill.Replace(path), row.form)
			away := status == http.StatusUnauthorized || status == http.StatusForbidden || to == "/signin" && last(pattern) == 0
			switch may := slices.Contains(row.may, as); {
			case status >= http.StatusInternalServerError:
				t.Errorf("%s as %s: %d", pattern, as, status)
			case may && away:
				t.Errorf("%s as %s: %d %s", pattern, as, status, to)
			case !may && !away:
				t.Errorf("%s is open to %s: %d", pattern, as, status)
			}
		}
		if method == http.MethodPost {
			if status, _ := ask("olga", method, fill.Replace(path), row.form, "Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site"); status != http.StatusForbidden {
				t.Errorf("%s is taken from another site: %d", pattern, status)
			}
		}
	}
	if have, want := len(web.Patterns()), len(consoleRoutes); have != want {
		t.Errorf("%d routes, %d rows", have, want)
	}
}
