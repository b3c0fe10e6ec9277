-- +goose Up
-- What people sign in with beside links: one password each (the hash), passkeys (public keys), and challenges that are under way.
CREATE TABLE credential (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    data TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL
);
