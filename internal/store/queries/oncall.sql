-- name: PutRotation :exec
INSERT INTO rotation (role, data) VALUES ($1, $2) ON CONFLICT (role) DO UPDATE SET data = excluded.data;

-- name: DropRotation :execrows
DELETE FROM rotation WHERE role = $1;

-- name: ListRotations :many
SELECT role, data FROM rotation ORDER BY role;

-- name: AddOverride :execrows
INSERT INTO oncall_override (id, role, person, begins_at, ends_at, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING;

-- name: DropOverride :execrows
DELETE FROM oncall_override WHERE id = $1;

-- name: ListOverrides :many
SELECT id, role, person, begins_at, ends_at, made_by, made_at FROM oncall_override WHERE ends_at > $1 ORDER BY made_at, id;
