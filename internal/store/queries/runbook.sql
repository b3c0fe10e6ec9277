-- name: AddRunbook :execrows
INSERT INTO runbook (version, source, person, note, saved_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (version) DO NOTHING;

-- name: ListRunbooks :many
SELECT version, person, note, saved_at FROM runbook ORDER BY version DESC;

-- name: GetRunbook :one
SELECT version, source, person, note, saved_at FROM runbook WHERE version = $1;

-- name: NewestRunbook :one
SELECT CAST(COALESCE(MAX(version), 0) AS BIGINT) FROM runbook;
