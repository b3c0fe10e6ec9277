-- name: PutPerson :exec
INSERT INTO person (id, rights, data, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (id) DO UPDATE SET rights = excluded.rights, data = excluded.data;

-- name: ListPeople :many
SELECT id, rights, data, created_at FROM person ORDER BY created_at, id;

-- name: AddToken :exec
INSERT INTO token (id, hash, kind, person, scope, created_at, expires_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0);

-- name: GetToken :one
SELECT id, kind, person, scope, created_at, expires_at, used_at FROM token WHERE hash = $1;

-- name: ListTokens :many
SELECT id, kind, person, scope, created_at, expires_at, used_at FROM token WHERE kind = $1 ORDER BY created_at, id;

-- name: UseToken :exec
UPDATE token SET used_at = $2 WHERE hash = $1;

-- name: TakeToken :execrows
DELETE FROM token WHERE hash = $1 AND kind = $2 AND expires_at > $3;

-- name: DropToken :execrows
DELETE FROM token WHERE id = $1;

-- name: DropExpired :exec
DELETE FROM token WHERE expires_at > 0 AND expires_at < $1;

-- name: PutSetting :exec
INSERT INTO setting (name, value) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: AddSetting :exec
INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING;

-- name: GetSetting :one
SELECT value FROM setting WHERE name = $1;
