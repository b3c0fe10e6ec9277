-- +goose Up
-- Who asked for mail about what the public is told: an address, and every outage (incident is empty) or one (INC-7). confirmed_at is 0 until
-- the owner of the address has said yes.
CREATE TABLE subscriber (
    id TEXT PRIMARY KEY,
    address TEXT NOT NULL,
    incident TEXT NOT NULL,
    lang TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL,
    UNIQUE (address, incident)
);
-- The public entries that subscribers were written about: each once, for ever.
CREATE TABLE mailing (
    incident TEXT NOT NULL,
    entry BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (incident, entry)
);
-- Letters, each to be taken by a mail server at most once: due → sending → sent, or unsure, refused, dropped. kind is news, ask or known. moved_at is when its
-- state changed; due_at when the next attempt may begin.
CREATE TABLE letter (
    id TEXT PRIMARY KEY,
    subscriber TEXT NOT NULL,
    kind TEXT NOT NULL,
    incident TEXT NOT NULL,
    entry BIGINT NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    moved_at BIGINT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX letter_state ON letter (state, due_at);
