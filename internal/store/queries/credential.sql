-- name: PutCredential :exec
INSERT INTO credential (id, person, kind, name, data, created_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET data = excluded.data, used_at = excluded.used_at WHERE credential.person = excluded.person AND credential.kind = excluded.kind;

-- name: ListCredentials :many
SELECT id, person, kind, name, data, created_at, used_at FROM credential WHERE kind = $1 ORDER BY created_at, id;

-- name: GetCredential :one
SELECT id, person, kind, name, data, created_at, used_at FROM credential WHERE id = $1 AND kind = $2;

-- name: DropCredential :execrows
DELETE FROM credential WHERE id = $1 AND kind = $2 AND person = $3;

-- name: DropOldCredentials :exec
DELETE FROM credential WHERE kind = $1 AND created_at < $2;
