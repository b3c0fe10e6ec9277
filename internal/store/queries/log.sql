-- name: AddIncident :exec
INSERT INTO incident (id, number, title, kind, status, drill, declared_at, updated_at, seq, summary, search)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: SetIncident :execrows
UPDATE incident SET title = $2, kind = $3, status = $4, updated_at = $5, seq = $6, summary = $7, search = $8
WHERE id = $1 AND seq = @was;

-- name: GetIncident :one
SELECT id, number, seq FROM incident WHERE id = $1;

-- name: GetIncidentByNumber :one
SELECT id, number, seq FROM incident WHERE number = $1;

-- name: ListIncidents :many
SELECT summary FROM incident
WHERE (CAST(@status AS TEXT) = '' OR status = CAST(@status AS TEXT)) AND (CAST(@kind AS TEXT) = '' OR kind = CAST(@kind AS TEXT))
  AND number < @before AND search LIKE CAST(@title AS TEXT) ESCAPE '\'
ORDER BY number DESC LIMIT @most;

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
