-- +goose Up
-- Who did what to people and to ways in. What is done in incidents stands in their logs.
CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    person TEXT NOT NULL,
    what TEXT NOT NULL,
    about TEXT NOT NULL
);
