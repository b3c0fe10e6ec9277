-- +goose Up
-- Versions of the runbook that people saved. An incident keeps the one it was declared with in its own log.
CREATE TABLE runbook (
    version BIGINT PRIMARY KEY,
    source TEXT NOT NULL,
    person TEXT NOT NULL,
    note TEXT NOT NULL,
    saved_at BIGINT NOT NULL
);
