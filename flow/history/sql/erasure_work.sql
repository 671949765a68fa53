-- name: alone
-- Whether nobody else is at it; until the transaction ends, by which a process that is killed lets go. $1 hospital
select pg_try_advisory_xact_lock(hashtextextended('erasure work ' || $1, 0))

-- name: ask
-- Ask for it, or again; what is asked for or under way stays as it is. $1 hospital, $2 erasure, $3 what, $4 who, $5 now
insert into erasure_work (hospital, erasure, what, state, asked_by, asked_at) values ($1, $2, $3, 'asked', $4, $5)
on conflict (hospital, erasure, what) do update
set state = 'asked', asked_by = excluded.asked_by, asked_at = excluded.asked_at, begun_at = null, ended_at = null, why = null
where erasure_work.state in ('done', 'failed')

-- name: left
-- Erasures that were begun and that nobody has asked to be carried out: whoever began was cut off. $1 hospital, $2 begun before
insert into erasure_work (hospital, erasure, what, state, asked_by, asked_at)
select hospital, id, 'erase', 'asked', actor, begun_at from erasure where hospital = $1 and done_at is null and begun_at < $2
on conflict (hospital, erasure, what) do nothing

-- name: next
-- What was asked for first, or was under way when somebody was cut off. $1 hospital
select erasure, what, state, asked_by, asked_at, begun_at, ended_at, why from erasure_work
where hospital = $1 and state in ('asked', 'running') order by asked_at, erasure limit 1

-- name: take
-- $1 hospital, $2 erasure, $3 what, $4 now
update erasure_work set state = 'running', begun_at = $4 where hospital = $1 and erasure = $2 and what = $3

-- name: end
-- $1 hospital, $2 erasure, $3 what, $4 now, $5 why it failed or null
update erasure_work set state = case when $5::text is null then 'done' else 'failed' end, ended_at = $4, why = $5
where hospital = $1 and erasure = $2 and what = $3

-- name: all
-- $1 hospital
select erasure, what, state, asked_by, asked_at, begun_at, ended_at, why from erasure_work where hospital = $1
