-- name: AddIncident :exec
INSERT INTO incident (id, number, title, kind, status, drill, declared_at, updated_at, seq, summary)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: SetIncident :execrows
UPDATE incident SET title = $2, kind = $3, status = $4, updated_at = $5, seq = $6, summary = $7
WHERE id = $1 AND seq = $8;

-- name: GetIncident :one
SELECT id, number, seq FROM incident WHERE id = $1;

-- name: GetIncidentByNumber :one
SELECT id, number, seq FROM incident WHERE number = $1;

-- name: ListIncidents :many
SELECT summary FROM incident
WHERE ($1 = '' OR status = $1) AND ($2 = '' OR kind = $2) AND number < $3 AND lower(title) LIKE $4
ORDER BY number DESC LIMIT $5;

-- name: ListIDs :many
SELECT id FROM incident ORDER BY number DESC;

-- name: AddEntry :exec
INSERT INTO entry (incident, seq, happened, recorded, author, kind, body) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: ListEntries :many
SELECT seq, happened, recorded, author, kind, body FROM entry WHERE incident = $1 AND seq > $2 ORDER BY seq;

-- name: BlankEntry :exec
UPDATE entry SET body = $3 WHERE incident = $1 AND seq = $2;

-- name: AddCommand :exec
INSERT INTO command (author, key, hash, incident, first_seq, last_seq) VALUES ($1, $2, $3, $4, $5, $6);

-- name: GetCommand :one
SELECT hash, incident, first_seq, last_seq FROM command WHERE author = $1 AND key = $2;

-- name: Count :one
INSERT INTO counter (name, value) VALUES ($1, 1)
ON CONFLICT (name) DO UPDATE SET value = counter.value + 1
RETURNING value;
