-- name: lead
-- Whether this transaction looks: one process at a time, and nobody for life. $1 hospital
select pg_try_advisory_xact_lock(hashtextextended('bedflow escalations ' || $1, 0))

-- name: open
-- What is told of now. $1 hospital
select id, rule, subject, ward, due_at, level, noted, told_at from escalation where hospital = $1 and ended_at is null

-- name: raise
-- $1 hospital, $2 now, then arrays of equal length; one that is open already stays as it is
insert into escalation (hospital, rule, subject, ward, words, due_at, raised_at, level, noted, told_at)
select $1, n.rule, n.subject, n.ward, n.words, n.due_at, $2, n.level, n.noted, $2
from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::int[], $9::int[])
     as n(rule, subject, ward, words, due_at, level, noted)
on conflict (hospital, rule, subject) where ended_at is null do nothing

-- name: rise
-- Levels that rose; they never fall. $1 hospital, $2 now, then ids, levels, noted
update escalation e set level = greatest(e.level, n.level), noted = greatest(e.noted, n.noted), told_at = $2
from unnest($3::bigint[], $4::int[], $5::int[]) as n(id, level, noted)
where e.hospital = $1 and e.id = n.id and e.ended_at is null

-- name: end
-- What is over. $1 hospital, $2 now, then ids and whether it was acted on
update escalation e set ended_at = $2, acted = n.acted
from unnest($3::bigint[], $4::boolean[]) as n(id, acted)
where e.hospital = $1 and e.id = n.id and e.ended_at is null

-- name: noted_at
-- When each ward's last message was made. $1 hospital, $2 since
select ward, max(made_at) as at from message where hospital = $1 and made_at >= $2 and kind = 'escalation' group by ward

-- name: shown
-- What screens tell of, the longest first. $1 hospital
select id, rule, subject, ward, words, due_at, raised_at, level, told_at from escalation
where hospital = $1 and ended_at is null order by due_at, id

-- name: rates
-- How often each rule was acted on, of those that are over. $1 hospital, $2 since
select rule, count(*)::int as raised, (count(*) filter (where acted))::int as acted from escalation
where hospital = $1 and raised_at >= $2 and acted is not null group by rule

-- name: muted
-- Rules that nobody hears of. $1 hospital
select rule, muted_at, muted_by from escalation_mute where hospital = $1 and ended_at is null

-- name: mute
-- $1 hospital, $2 rule, $3 now, $4 by whom; nothing where it is muted already
insert into escalation_mute (hospital, rule, muted_at, muted_by) values ($1, $2, $3, $4)
on conflict (hospital, rule) where ended_at is null do nothing returning rule

-- name: unmute
-- $1 hospital, $2 rule, $3 now, $4 by whom
update escalation_mute set ended_at = $3, ended_by = $4 where hospital = $1 and rule = $2 and ended_at is null returning rule
