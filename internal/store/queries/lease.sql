-- name: TakeLease :execrows
INSERT INTO lease (name, holder, until) VALUES (@name, @holder, @until)
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE lease.holder = excluded.holder OR lease.until < @now;

-- name: DropLease :exec
DELETE FROM lease WHERE name = $1 AND holder = $2;

-- name: GetLease :one
SELECT until FROM lease WHERE name = $1;

-- name: DropLeases :exec
DELETE FROM lease WHERE until < $1;
