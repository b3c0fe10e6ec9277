-- +goose Up
-- Who may do a thing that only one server at a time may do, and until when.
CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL
);

-- The title in small letters, as the program makes them: databases differ in what they know of letters.
ALTER TABLE incident ADD COLUMN search TEXT NOT NULL DEFAULT '';
UPDATE incident SET search = lower(title);
