-- name: report
-- A report, once. $1 hospital, $2 id, $3 bed, $4 ward, $5 job, $6 reason, $7 reported by, $8 now
insert into clean_problem (hospital, id, bed, ward, job, reason, reported_by, at) values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (hospital, id) do nothing

-- name: photo
-- Its photo, once, from the phone that reported it. $1 hospital, $2 id, $3 reported by, $4 sealed bytes, $5 media type
update clean_problem set photo = $4, photo_type = $5
where hospital = $1 and id = $2 and reported_by = $3 and photo is null and settled_at is null returning id

-- name: open
-- $1 hospital
select id, bed, ward, job, reason, reported_by, at, photo_type from clean_problem where hospital = $1 and settled_at is null order by at, id

-- name: one
-- $1 hospital, $2 id
select id, bed, ward, job, reason, reported_by, at, photo_type from clean_problem where hospital = $1 and id = $2 and settled_at is null

-- name: photo_of
-- $1 hospital, $2 id
select ward, photo, photo_type from clean_problem where hospital = $1 and id = $2 and photo is not null

-- name: settle
-- $1 hospital, $2 id, $3 by, $4 now, $5 outcome
update clean_problem set settled_by = $3, settled_at = $4, outcome = $5 where hospital = $1 and id = $2 and settled_at is null returning id

-- name: reopen
-- A report that a command settled which was taken back is open again. $1 hospital, $2 the command
update clean_problem set settled_by = null, settled_at = null, outcome = null
where hospital = $1 and settled_at is not null
      and id = (select c.body ->> 'problem' from command c where c.hospital = $1 and c.id = $2 and c.name = 'SettleProblem')
returning id

-- name: forget_photos
-- Photos of reports settled before then. $1 hospital, $2 before
update clean_problem set photo = null, photo_type = null where hospital = $1 and settled_at < $2 and photo is not null
