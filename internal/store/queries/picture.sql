-- name: AddPicture :exec
INSERT INTO picture (incident, id, entry, type, data) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (incident, id) DO NOTHING;

-- name: GetPicture :one
SELECT entry, type, data FROM picture WHERE incident = $1 AND id = $2;

-- name: DropPicture :exec
DELETE FROM picture WHERE incident = $1 AND id = $2;

-- name: DropPicturesOf :exec
DELETE FROM picture WHERE incident = $1 AND entry = $2;
