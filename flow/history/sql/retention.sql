-- name: mark
-- Up to which letter all have been looked through. $1 hospital
select coalesce((select letters from retention_mark where hospital = $1), 0)

-- name: move_mark
-- $1 hospital, $2 letter
insert into retention_mark (hospital, letters) values ($1, $2) on conflict (hospital) do update set letters = excluded.letters

-- name: letters
-- The next letters to be looked through. $1 hospital, $2 above this one, $3 up to this one, $4 how many at most
select id, feed, control_id, trigger, received_at, fingerprint, body, state, visit, gone is null and state in ('handled', 'parked') as stands
from letter where hospital = $1 and id > $2 and id <= $3 order by id limit $4

-- name: drop_texts
-- $1 hospital, $2 letters, $3 now
update letter set body = null, gone = 'retained-out', gone_at = $3
where hospital = $1 and id = any($2::bigint[]) and gone is null and state in ('handled', 'parked')

-- name: visits_of
-- The visits of some patients. $1 hospital, $2 pseudonyms
select entity_id from record where hospital = $1 and entity = 'visit' and patient = any($2::text[])

-- name: due_letters
-- Texts that are over, held or not, and the oldest that is kept. $1 hospital, $2 received before
select (select count(*) from letter
        where hospital = $1 and received_at < $2 and state in ('handled', 'parked') and gone is null)::int as due,
       (select min(received_at) from letter where hospital = $1 and gone is null and state <> 'duplicate') as oldest

-- name: drop_outgoing
-- Letters to other systems, settled and over; one that nobody took is given up. $1 hospital, $2 posted before, $3 how many
update outbox set body = ''::bytea, state = case state when 'dead' then 'dropped' else state end
where hospital = $1 and id in (
    select id from outbox
    where hospital = $1 and posted_at < $2 and state in ('sent', 'dead', 'dropped') and body <> ''::bytea order by id limit $3)

-- name: due_outgoing
-- $1 hospital, $2 posted before
select (select count(*) from outbox where hospital = $1 and posted_at < $2 and state <> 'waiting' and body <> ''::bytea)::int as due,
       (select min(posted_at) from outbox where hospital = $1 and body <> ''::bytea) as oldest

-- name: persons
-- Persons whom nobody told anything of for long, and of whom no movement is kept. $1 hospital, $2 told before, $3 after this pseudonym,
-- $4 how many
select patient from person p
where hospital = $1 and updated_at < $2 and patient > $3
  and not exists (select from record r where r.hospital = $1 and r.patient = p.patient)
  and not exists (select from record a where a.hospital = $1 and a.entity = 'alias' and a.body ->> 'survivor' = p.patient)
order by patient limit $4

-- name: drop_persons
-- $1 hospital, $2 pseudonyms
delete from person where hospital = $1 and patient = any($2::text[])

-- name: drop_numbers
-- $1 hospital, $2 pseudonyms
delete from abha where hospital = $1 and patient = any($2::text[])

-- name: drop_contacts
-- $1 hospital, $2 pseudonyms
delete from contact where hospital = $1 and patient = any($2::text[])

-- name: drop_tongues
-- $1 hospital, $2 pseudonyms
delete from tongue where hospital = $1 and holder = any($2::text[])

-- name: due_entries
-- Of the log. $1 hospital, $2 recorded before
select (select count(*) from log where hospital = $1 and recorded_at < $2)::int as due,
       (select recorded_at from log where hospital = $1 order by seq limit 1) as oldest

-- name: due_traces
-- Of the trail. $1 hospital, $2 written before
select (select count(*) from audit where hospital = $1 and at < $2)::int as due,
       (select at from audit where hospital = $1 order by at, id limit 1) as oldest

-- name: due_openings
-- Of names, looked at and over; those that nobody has looked at stay. $1 hospital, $2 opened before
select (select count(*) from opening where hospital = $1 and at < $2 and until < $2 and reviewed_at is not null)::int as due,
       (select at from opening where hospital = $1 order by at, id limit 1) as oldest

-- name: due_doctors
-- Of visits that are over. $1 hospital, $2 told before
select (select count(*) from practitioner p left join record r on r.hospital = p.hospital and r.entity = 'visit' and r.entity_id = p.visit
        where p.hospital = $1 and p.told_at < $2 and r.live is not true)::int as due,
       (select min(told_at) from practitioner where hospital = $1) as oldest

-- name: put_run
-- $1 hospital, $2 began, $3 ended, $4 by, $5 what went as JSON, $6 what stays and why
insert into retention_run (hospital, began_at, ended_at, by, gone, kept) values ($1, $2, $3, $4, $5::jsonb, $6)

-- name: runs
-- $1 hospital, $2 how many
select began_at, ended_at, by, gone::text as gone, kept from retention_run where hospital = $1 order by id desc limit $2
