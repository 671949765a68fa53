-- name: numbers
-- Numbers for letters, in order. $1 how many
select coalesce(array_agg(nextval('letter_id_seq')), '{}') from generate_series(1, $1::integer)

-- name: enter
-- Letters with what became of them; numbered already, equal ones known. $1 hospital, then arrays: id, feed, sender, control id, trigger,
-- received, fingerprint, body, state, handled, reason, code, warnings (joined by newline), visit, events
insert into letter (hospital, id, feed, sender, control_id, trigger, received_at, fingerprint, body, state, handled_at, reason, code,
                    warnings, visit, events) overriding system value
select $1, n.id, n.feed, n.sender, n.control_id, n.trigger, n.received_at, n.fingerprint, n.body, n.state, n.handled_at, n.reason, n.code,
       string_to_array(n.warnings, e'\n'), n.visit, n.events
from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::bytea[], $9::bytea[], $10::text[],
            $11::timestamptz[], $12::text[], $13::text[], $14::text[], $15::text[], $16::integer[])
     as n(id, feed, sender, control_id, trigger, received_at, fingerprint, body, state, handled_at, reason, code, warnings, visit, events)

-- name: known
-- Which of these letters lie there already, by fingerprint. $1 hospital, $2 fingerprints
select fingerprint from letter where hospital = $1 and fingerprint = any($2::bytea[]) and state <> 'duplicate'

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
    select 1 from letter l where l.hospital = $1 and l.control_id = any($2::text[]) and l.control_id = n.control_id and l.id < n.id
      and l.state <> 'duplicate')

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
select id, feed, sender, control_id, trigger, received_at, state, handled_at, reason, code, warnings, visit, events, gone, gone_at, fingerprint, body
from letter where hospital = $1 and id = $2

-- name: replay
-- Back into the queue. $1 hospital, $2 id
update letter set state = 'received', reason = null, code = null, handled_at = null
where hospital = $1 and id = $2 and state = 'parked' and gone is null returning id

-- name: feeds
-- The newest letter of each feed. $1 hospital
select feed, max(received_at) as last_at from (
    select feed, received_at from letter where hospital = $1
    union all
    select feed, received_at from mailbag where hospital = $1
) as all_of group by feed
