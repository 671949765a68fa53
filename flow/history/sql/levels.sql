-- name: lead
-- Whether this transaction looks: one process at a time, and nobody for life. $1 hospital
select pg_try_advisory_xact_lock(hashtextextended('bedflow level ' || $1, 0))

-- name: watch
-- Where the looks stand. $1 hospital
select looked_at, lower, lower_since, expected from level_watch where hospital = $1

-- name: look
-- A look was taken. $1 hospital, $2 when, $3 the lower level that would do, $4 since when, $5 what the forecast says
insert into level_watch (hospital, looked_at, lower, lower_since, expected) values ($1, $2, $3, $4, $5)
on conflict (hospital) do update set
    looked_at = excluded.looked_at, lower = excluded.lower, lower_since = excluded.lower_since, expected = excluded.expected

-- name: change
-- The level changed. $1 hospital, then the columns in the table's order
insert into level_change values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing

-- name: rules
-- The rules of a version, kept once. $1 hospital, $2 version, $3 now, $4 hold minutes, $5 levels as JSON
insert into level_rules (hospital, version, first_at, hold_minutes, levels) values ($1, $2, $3, $4, $5) on conflict do nothing

-- name: standing_at
-- The change that a moment's level goes back to. $1 hospital, $2 the moment
select * from level_change where hospital = $1 and at <= $2 order by at desc limit 1

-- name: changes
-- The changes of a period, its ends among them, the oldest first. $1 hospital, $2 from, $3 to
select * from level_change where hospital = $1 and at >= $2 and at <= $3 order by at

-- name: known_rules
-- The rules of some versions, the newest first. $1 hospital, $2 versions
select version, first_at, hold_minutes, levels from level_rules where hospital = $1 and version = any($2::text[]) order by first_at desc
