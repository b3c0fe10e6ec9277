-- name: AddAudit :exec
INSERT INTO audit (id, at, person, what, about) VALUES ($1, $2, $3, $4, $5);

-- name: ListAudit :many
SELECT id, at, person, what, about FROM audit WHERE (CAST(@before AS TEXT) = '' OR id < CAST(@before AS TEXT)) ORDER BY id DESC LIMIT @most;
