-- name: lay
-- Letters as received; an equal letter is left out and so not returned. $1 hospital, then arrays:
-- feed, sender, control id, trigger, received, fingerprint, body, state, reason, code
insert into letter (hospital, feed, sender, control_id, trigger, received_at, fingerprint, body, state, reason, code)
select $1, n.*
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::bytea[], $8::bytea[], $9::text[], $10::text[], $11::text[])
     as n(feed, sender, control_id, trigger, received_at, fingerprint, body, state, reason, code)
on conflict (hospital, fingerprint) where state <> 'duplicate' do nothing
returning id, fingerprint

-- name: keep_duplicates
-- That an equal letter came again. $1 hospital, then arrays: feed, sender, control id, trigger, received, fingerprint
insert into letter (hospital, feed, sender, control_id, trigger, received_at, handled_at, fingerprint, body, state)
select $1, n.feed, n.sender, n.control_id, n.trigger, n.received_at, n.received_at, n.fingerprint, ''::bytea, 'duplicate'
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::bytea[])
     as n(feed, sender, control_id, trigger, received_at, fingerprint)

-- name: waiting
-- Letters to be handled, in the order of arrival. $1 hospital, $2 how many at most, $3 bytes after which no further one is taken
select id, feed, control_id, trigger, received_at, fingerprint, body from (
    select *, sum(octet_length(body)) over (order by id) - octet_length(body) as before
    from (select * from letter where hospital = $1 and state = 'received' order by id limit $2) as next
) as sized
where before < $3 order by id

-- name: these
-- $1 hospital, $2 ids
select id, feed, control_id, trigger, received_at, fingerprint, body from letter where hospital = $1 and id = any($2::bigint[])

-- name: same_control_id
-- Control ids of these letters that came before with another body. $1 hospital, $2 control ids, $3 ids
select n.id from unnest($2::text[], $3::bigint[]) as n(control_id, id)
where n.control_id <> '' and exists (
    select 1 from letter l where l.hospital = $1 and l.control_id = n.control_id and l.id < n.id and l.state <> 'duplicate')

-- name: settle
-- What became of letters. $1 hospital, $2 when, then arrays: id, state, reason, code, warnings (joined by newline), visit, events
update letter set state = n.state, handled_at = $2, reason = n.reason, code = n.code,
    warnings = string_to_array(n.warnings, e'\n'), visit = n.visit, events = n.events
from unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::integer[])
     as n(id, state, reason, code, warnings, visit, events)
where letter.hospital = $1 and letter.id = n.id

-- name: counts
-- Letters by state; those in the mailbag are received. $1 hospital
select state, sum(letters)::bigint as letters from (
    select state, count(*) as letters from letter where hospital = $1 group by state
    union all
    select 'received', sum(letters) from mailbag where hospital = $1 having count(*) > 0
) as all_of group by state

-- name: one
-- $1 hospital, $2 id
select id, feed, sender, control_id, trigger, received_at, state, handled_at, reason, code, warnings, visit, events, fingerprint, body
from letter where hospital = $1 and id = $2

-- name: replay
-- Back into the queue. $1 hospital, $2 id
update letter set state = 'received', reason = null, code = null, handled_at = null
where hospital = $1 and id = $2 and state = 'parked' returning id

-- name: feeds
-- The newest letter of each feed. $1 hospital
select feed, max(received_at) as last_at from (
    select feed, received_at from letter where hospital = $1
    union all
    select feed, received_at from mailbag where hospital = $1
) as all_of group by feed
