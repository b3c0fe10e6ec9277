-- +goose Up
-- What is seen of the pictures of entries, in base64. A row goes when its entry is struck.
CREATE TABLE picture (
    incident TEXT NOT NULL REFERENCES incident (id),
    id TEXT NOT NULL,
    entry BIGINT NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (incident, id)
);
