-- name: begin
-- $1 hospital, $2 pseudonyms, $3 digests of numbers, $4 reason, $5 who asked, $6 who does it, $7 now
insert into erasure (hospital, patients, digests, reason, asked_by, actor, begun_at) values ($1, $2, $3, $4, $5, $6, $7) returning id

-- name: give_up
-- It was refused, and nothing was done. $1 hospital, $2 id
delete from erasure where hospital = $1 and id = $2 and done_at is null

-- name: all
-- The newest first. $1 hospital
select id, patients, digests, reason, asked_by, actor, begun_at, done_at, keys, counts, notes, proof, verified_at, found
from erasure where hospital = $1 order by id desc

-- name: one
-- $1 hospital, $2 id
select id, patients, digests, reason, asked_by, actor, begun_at, done_at, keys, counts, notes, proof, verified_at, found
from erasure where hospital = $1 and id = $2

-- name: told
-- When the log was told that nobody goes by these pseudonyms any more; null where it was not. $1 hospital, $2 pseudonyms
select max(recorded_at) from log
where hospital = $1 and entity = 'alias' and entity_id = any($2::text[]) and kind = 'person-erased'

-- name: hold
-- One at a time finishes it. $1 hospital, $2 id
select done_at from erasure where hospital = $1 and id = $2 for update

-- name: holders
-- What else somebody is known by here: their visits, requests and tokens. $1 hospital, $2 pseudonyms
select entity, entity_id from record where hospital = $1 and patient = any($2::text[])

-- name: letters_of_visits
-- Letters that still have their text, of until the log was told. $1 hospital, $2 visits, $3 when that was
select id from letter where hospital = $1 and visit = any($2::text[]) and body is not null and coalesce(handled_at, received_at) <= $3

-- name: waiting
-- Letters that have a row and wait to be handled. $1 hospital
select id, fingerprint, body from letter where hospital = $1 and state = 'received' and body is not null

-- name: notes
-- In how many entries of what may not be changed, or is no patient's record, a name or number was typed. $1 hospital, $2 patterns
select (select count(*) from log where hospital = $1 and body::text ilike any($2::text[]))
    + (select count(*) from command where hospital = $1 and body::text ilike any($2::text[]))
    + (select count(*) from audit where hospital = $1 and detail::text ilike any($2::text[]))
    + (select count(*) from message where hospital = $1 and text ilike any($2::text[]))

-- name: no_more
-- Nothing is written down of them again. $1 hospital, $2 pseudonyms, $3 erasure
insert into erased_person (hospital, patient, erasure) select $1, n.*, $3 from unnest($2::text[]) as n
on conflict (hospital, patient) do nothing

-- name: letters
-- Their text; digest, control id and times stay. $1 hospital, $2 ids, $3 now
update letter set body = null, gone = 'erased', gone_at = $3, reason = null, warnings = '{}'
where hospital = $1 and id = any($2::bigint[]) and body is not null

-- name: outbox
-- What was written to other systems; what was not taken there is not sent again. $1 hospital, $2 ids
update outbox set body = ''::bytea, subject = '', reason = null, state = case when state = 'dead' then 'dropped' else state end
where hospital = $1 and id = any($2::bigint[])

-- name: replies
-- $1 hospital, then arrays: actor, key
delete from reply where hospital = $1 and (actor, key) in (select * from unnest($2::text[], $3::text[]))

-- name: persons
-- $1 hospital, $2 pseudonyms
delete from person where hospital = $1 and patient = any($2::text[])

-- name: contacts
-- $1 hospital, $2 pseudonyms, requests and tokens
delete from contact where hospital = $1 and patient = any($2::text[])

-- name: consents
-- What was agreed to ends with them; that it was agreed to stays, by pseudonym. $1 hospital, $2 pseudonyms, requests and tokens, $3 now
update consent set ended_at = $3, ended_by = 'erasure', ended_how = 'the person was erased'
where hospital = $1 and patient = any($2::text[]) and ended_at is null

-- name: unsay_opening_words
-- Why names were opened, in somebody's words. $1 hospital, $2 id, $3 sealed
update opening set words = $3 where hospital = $1 and id = $2

-- name: unsay_opening_remark
-- What was said when that was looked at. $1 hospital, $2 id, $3 sealed
update opening set remark = $3 where hospital = $1 and id = $2

-- name: unsay_reveal_review_words
-- Why a letter was opened, in somebody's words. $1 hospital, $2 reveal, $3 sealed
update reveal_review set words = $3 where hospital = $1 and reveal = $2

-- name: unsay_reveal_review_remark
-- What was said when that was looked at. $1 hospital, $2 reveal, $3 sealed
update reveal_review set remark = $3 where hospital = $1 and reveal = $2

-- name: tongues
-- $1 hospital, $2 pseudonyms, requests and tokens
delete from tongue where hospital = $1 and holder = any($2::text[])

-- name: digests
-- $1 hospital, $2 pseudonyms
delete from abha where hospital = $1 and patient = any($2::text[])

-- name: done
-- $1 hospital, $2 id, $3 now, $4 keys, $5 counts, $6 notes, $7 proof
update erasure set done_at = $3, keys = $4, counts = $5::jsonb, notes = $6, proof = $7 where hospital = $1 and id = $2

-- name: left
-- Rows that still bear a pseudonym where a name or a way to reach somebody would hang on it. $1 hospital, $2 pseudonyms
select 'person' as name, count(*) as rows from person where hospital = $1 and patient = any($2::text[])
union all select 'contact', count(*) from contact where hospital = $1 and patient = any($2::text[])
union all select 'tongue', count(*) from tongue where hospital = $1 and holder = any($2::text[])
union all select 'abha', count(*) from abha where hospital = $1 and patient = any($2::text[])

-- name: verified
-- $1 hospital, $2 id, $3 now, $4 what was found
update erasure set verified_at = $3, found = $4::jsonb where hospital = $1 and id = $2

-- name: sealed_by
-- The keys that sealed somebody's rows, and letters. $1 hospital, $2 pseudonyms, $3 letters
select get_byte(sealed, 1) * 256 + get_byte(sealed, 2) as key from person where hospital = $1 and patient = any($2::text[])
union select get_byte(sealed, 1) * 256 + get_byte(sealed, 2) from contact where hospital = $1 and patient = any($2::text[])
union select get_byte(body, 1) * 256 + get_byte(body, 2) from letter
where hospital = $1 and id = any($3::bigint[]) and octet_length(body) > 2
