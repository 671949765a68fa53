-- name: entered
-- What was entered from paper about some beds, newest first. $1 hospital, $2 beds, $3 how many, $4 below this id or null
select id, actor, recorded_at, body::text as body from command
where hospital = $1 and name = 'EnterBack' and body ->> 'bed' = any($2::text[])
  and ($4::bigint is null or id < $4)
order by id desc limit $3

-- name: one
-- A line by the command that entered it. $1 hospital, $2 id
select id, actor, recorded_at, body::text as body from command where hospital = $1 and id = $2 and name = 'EnterBack'

-- name: entered_tokens
-- What was entered from paper about a clinic, newest first. $1 hospital, $2 clinic, $3 how many, $4 below this id or null
select id, actor, recorded_at, body::text as body from command
where hospital = $1 and name = 'EnterTokenBack' and body ->> 'clinic' = $2 and ($4::bigint is null or id < $4)
order by id desc limit $3

-- name: one_token
-- A clinic's line by the command that entered it. $1 hospital, $2 id
select id, actor, recorded_at, body::text as body from command where hospital = $1 and id = $2 and name = 'EnterTokenBack'

-- name: told
-- What the feeds told of some beds after a Seq, the newest few of each. $1 hospital, $2 beds, $3 seq, $4 how many of each
select l.seq, l.kind, l.entity, l.at, l.recorded_at, l.origin, l.actor, l.letter, l.command, l.body::text as body
from unnest($2::text[]) as b(id)
cross join lateral (
    select * from log
    where hospital = $1 and entity = 'bed' and entity_id = b.id and seq > $3 and origin = 'feed'
    order by seq desc limit $4) l
order by l.seq desc
