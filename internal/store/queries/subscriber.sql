-- name: PutSubscriber :one
INSERT INTO subscriber (id, address, incident, lang, asked_at, confirmed_at) VALUES ($1, $2, $3, $4, $5, 0)
ON CONFLICT (address, incident) DO UPDATE SET asked_at = excluded.asked_at, lang = CASE WHEN subscriber.confirmed_at = 0 THEN excluded.lang ELSE subscriber.lang END
RETURNING id, address, incident, lang, asked_at, confirmed_at;

-- name: GetSubscriber :one
SELECT id, address, incident, lang, asked_at, confirmed_at FROM subscriber WHERE id = $1;

-- name: ListSubscribers :many
SELECT id, address, incident, lang, asked_at, confirmed_at FROM subscriber ORDER BY address, incident;

-- name: ListSubscriptionsOf :many
SELECT id, address, incident, lang, asked_at, confirmed_at FROM subscriber WHERE address = $1 AND confirmed_at > 0 ORDER BY incident;

-- name: ConfirmSubscriber :execrows
UPDATE subscriber SET confirmed_at = CASE WHEN confirmed_at = 0 THEN CAST(@now AS BIGINT) ELSE confirmed_at END
WHERE id = @id AND (confirmed_at > 0 OR asked_at >= @since);

-- name: DropSubscriber :execrows
DELETE FROM subscriber WHERE id = $1;

-- name: DropAddress :execrows
DELETE FROM subscriber WHERE address = $1;

-- name: DropUnconfirmed :exec
DELETE FROM subscriber WHERE confirmed_at = 0 AND asked_at < $1;

-- name: DropBygone :exec
DELETE FROM subscriber WHERE subscriber.incident <> '' AND subscriber.confirmed_at > 0 AND subscriber.confirmed_at < @before
AND NOT EXISTS (SELECT 1 FROM mailing WHERE mailing.incident = subscriber.incident AND mailing.at >= @before);

-- name: AddMailing :execrows
INSERT INTO mailing (incident, entry, at) VALUES ($1, $2, $3) ON CONFLICT (incident, entry) DO NOTHING;

-- name: AddNews :execrows
INSERT INTO letter (id, subscriber, kind, incident, entry, state, tries, made_at, due_at, moved_at, note)
SELECT CAST(@name AS TEXT) || MIN(id), MIN(id), 'news', CAST(@incident AS TEXT), CAST(@entry AS BIGINT), 'due', 0, CAST(@now AS BIGINT), CAST(@now AS BIGINT), CAST(@now AS BIGINT), ''
FROM subscriber WHERE confirmed_at > 0 AND (incident = '' OR incident = CAST(@incident AS TEXT)) GROUP BY address;

-- name: AddLetter :exec
INSERT INTO letter (id, subscriber, kind, incident, entry, state, tries, made_at, due_at, moved_at, note)
VALUES (@id, @subscriber, @kind, @incident, 0, 'due', 0, @now, @now, @now, '');

-- name: CountAsking :one
SELECT COUNT(*) FROM letter JOIN subscriber ON subscriber.id = letter.subscriber
WHERE subscriber.address = $1 AND letter.kind <> 'news' AND letter.made_at >= $2;

-- name: DueLetters :many
SELECT letter.id, letter.subscriber, letter.kind, letter.incident, letter.entry, letter.state, letter.tries, letter.made_at, letter.due_at, letter.moved_at, letter.note,
subscriber.address, subscriber.lang
FROM letter JOIN subscriber ON subscriber.id = letter.subscriber
WHERE letter.state = 'due' AND letter.due_at <= @now ORDER BY letter.kind, letter.due_at, letter.id LIMIT @most;

-- name: NextLetter :one
SELECT CAST(COALESCE(MIN(due_at), 0) AS BIGINT) FROM letter WHERE state = 'due';

-- name: TakeLetter :execrows
UPDATE letter SET state = 'sending', tries = tries + 1, moved_at = @now WHERE id = @id AND state = 'due';

-- name: MoveLetter :exec
UPDATE letter SET state = @state, due_at = @due, moved_at = @now, note = @note WHERE id = @id AND state IN ('sending', 'unsure');

-- name: LoseLetters :execrows
UPDATE letter SET state = 'unsure', moved_at = @now, note = @note WHERE state = 'sending' AND moved_at < @before;

-- name: DropLettersOf :exec
DELETE FROM letter WHERE state = 'due' AND subscriber NOT IN (SELECT id FROM subscriber);

-- name: DropOldLetters :exec
DELETE FROM letter WHERE state <> 'due' AND state <> 'sending' AND moved_at < $1;

-- name: CountLetters :many
SELECT incident, entry, state, COUNT(*) AS letters, CAST(MAX(moved_at) AS BIGINT) AS moved_at FROM letter WHERE kind = 'news' GROUP BY incident, entry, state ORDER BY MAX(made_at) DESC LIMIT 200;

-- name: CutLetters :exec
UPDATE letter SET state = 'unsure', moved_at = @now, note = @note WHERE state IN ('due', 'sending');
