package auth

import (
	"errors"
	"strings"
	"testing"

	"github.com/alexedwards/argon2id"

	"tocsin/internal/incident"
	"tocsin/internal/store"
)

func TestPassword(t *testing.T) {
	t.Parallel()
	mail := ana
	mail.Emails = []string{"Ana@Example.com"}
	h := newHouse(t, mail, vi, no)
	ctx := t.Context()
	const good = "correct horse battery staple"
	var refused *incident.Error
	for _, bad := range []string{"", "short", strings.Repeat("é", 14), strings.Repeat("x", 201)} {
		if err := h.SetPassword(ctx, "ana", bad); !errors.As(err, &refused) || refused.Field != "password" {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, id := range []string{"ana", "no"} {
		if err := h.SetPassword(ctx, id, good); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := h.store.Credential(ctx, kindPassword, passwordOf("ana")); err != nil || !strings.HasPrefix(kept.Data, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("%+v, %v", kept, err)
	}
	for _, name := range []string{"ana", " ANA ", "ana@example.com"} {
		acc, session, err := h.PasswordSignIn(ctx, name, good)
		if err != nil || acc.Person.ID != "ana" || session == "" {
			t.Errorf("%q: %v", name, err)
		}
	}
	for name, password := range map[string]string{"ana": good + "r", "vi": good, "nobody": good, "no": good, "": good} {
		if _, session, err := h.PasswordSignIn(ctx, name, password); !errors.Is(err, ErrPassword) || session != "" {
			t.Errorf("%q: %v", name, err)
		}
	}
	// Guessing ends by the name, from wherever it comes, and the answer stays the same.
	for range 10 {
		if _, _, err := h.PasswordSignIn(ctx, "ana@example.com", "wrong"); !errors.Is(err, ErrPassword) {
			t.Fatal(err)
		}
	}
	if _, _, err := h.PasswordSignIn(ctx, "ana@example.com", good); !errors.Is(err, ErrPassword) {
		t.Errorf("after ten tries: %v", err)
	}
	h.wait(31e9)
	if _, _, err := h.PasswordSignIn(ctx, "ana@example.com", good); err != nil {
		t.Errorf("half a minute later: %v", err)
	}
}

// TestWeakHash holds that a hash of weaker settings is made anew when its password is given.
func TestWeakHash(t *testing.T) {
	t.Parallel()
	h := newHouse(t, ana)
	weak, err := argon2id.CreateHash("correct horse battery staple", &argon2id.Params{Memory: 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.store.PutCredential(t.Context(), store.Credential{ID: passwordOf("ana"), Person: "ana", Kind: kindPassword, Data: weak}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.PasswordSignIn(t.Context(), "ana", "correct horse battery staple"); err != nil {
		t.Fatal(err)
	}
	if kept, err := h.store.Credential(t.Context(), kindPassword, passwordOf("ana")); err != nil || !strings.Contains(kept.Data, "m=19456") {
		t.Errorf("%s, %v", kept.Data, err)
	}
}
