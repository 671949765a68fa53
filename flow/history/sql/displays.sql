-- name: links
-- Streams of displays as they stand, those known already brought up to date. $1 hospital, then arrays of equal length
insert into display_link (hospital, id, device, topics, audience, opened_at, heard_at, closed_at, why)
select $1, n.id, n.device, n.topics, n.audience, n.opened_at, n.heard_at, n.closed_at, n.why
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::text[])
     as n(id, device, topics, audience, opened_at, heard_at, closed_at, why)
on conflict (hospital, id) do update set heard_at = excluded.heard_at, closed_at = excluded.closed_at, why = excluded.why

-- name: lightly
-- The commit does not wait for the disk: of what a screen says a crash may cost the last word.
select set_config('synchronous_commit', 'off', true)

-- name: last
-- The newest stretch of one picture of a display, held against a second word. $1 hospital, $2 device, $3 topics, $4 audience
select topics, audience, from_at, until_at, from_seq, seq, from_as_of, as_of, live, lang, light, file from display_stretch
where hospital = $1 and device = $2 and topics = $3 and audience = $4
order by from_at desc limit 1 for update

-- name: put
-- A stretch as it stands. $1 hospital, $2 device, $3 topics, $4 audience, $5 from, $6 until, $7 first seq, $8 seq, $9 first as of, $10 as of,
-- $11 live, $12 lang, $13 light, $14 version of the hospital file
insert into display_stretch (hospital, device, topics, audience, from_at, until_at, from_seq, seq, from_as_of, as_of, live, lang,
    light, file)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
on conflict (hospital, device, from_at, topics, audience)
do update set until_at = excluded.until_at, seq = excluded.seq, as_of = excluded.as_of, live = excluded.live

-- name: newest
-- The newest stretch of every display. $1 hospital
select d.id as device, s.topics, s.audience, s.from_at, s.until_at, s.from_seq, s.seq, s.from_as_of, s.as_of, s.live,
    s.lang, s.light, s.file
from device d
cross join lateral (
    select * from display_stretch where hospital = $1 and device = d.id order by from_at desc limit 1) s
where d.hospital = $1 and d.kind = 'display'

-- name: stretches
-- Those of a display that began by a moment, newest first. $1 hospital, $2 device, $3 moment, $4 how many
select topics, audience, from_at, until_at, from_seq, seq, from_as_of, as_of, live, lang, light, file from display_stretch
where hospital = $1 and device = $2 and from_at <= $3 order by from_at desc limit $4

-- name: links_of
-- The streams that a display had opened by a moment, newest first. $1 hospital, $2 device, $3 moment, $4 how many
select id, topics, audience, opened_at, heard_at, closed_at, why from display_link
where hospital = $1 and device = $2 and opened_at <= $3 order by opened_at desc limit $4

-- name: forget_stretches
-- $1 hospital, $2 before when
delete from display_stretch where hospital = $1 and until_at < $2

-- name: forget_links
-- $1 hospital, $2 before when
delete from display_link where hospital = $1 and heard_at < $2
