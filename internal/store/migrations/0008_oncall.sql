-- +goose Up
-- Who is on call for a role in turn (data is JSON), and who stands in between two moments.
CREATE TABLE rotation (
    role TEXT PRIMARY KEY,
    data TEXT NOT NULL
);
CREATE TABLE oncall_override (
    id TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    person TEXT NOT NULL,
    begins_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL
);
