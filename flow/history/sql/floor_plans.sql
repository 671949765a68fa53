-- name: lock
-- One editor of a ward's plans at a time, until the transaction ends. $1 hospital, $2 ward
select pg_advisory_xact_lock(hashtextextended('floor plan ' || $1 || ' ' || $2, 0))

-- name: forget_drafts
-- Versions that were never shown. $1 hospital, $2 ward
delete from floor_plan p where p.hospital = $1 and p.ward = $2
and not exists (select from floor_plan_shown s where s.hospital = $1 and s.ward = $2 and s.version = p.version)

-- name: add
-- $1 hospital, $2 ward, $3 drawing, $4 beds, $5 by, $6 now
insert into floor_plan (hospital, ward, version, drawing, beds, uploaded_by, uploaded_at)
select $1, $2, 1 + coalesce(max(version), 0), $3, $4, $5, $6 from floor_plan where hospital = $1 and ward = $2
returning version

-- name: add_from
-- The same drawing with other beds. $1 hospital, $2 ward, $3 version, $4 beds, $5 by, $6 now
insert into floor_plan (hospital, ward, version, drawing, beds, uploaded_by, uploaded_at)
select $1, $2, (select 1 + max(version) from floor_plan where hospital = $1 and ward = $2), drawing, $4, $5, $6
from floor_plan where hospital = $1 and ward = $2 and version = $3
returning version

-- name: bind
-- $1 hospital, $2 ward, $3 version, $4 beds
update floor_plan set beds = $4 where hospital = $1 and ward = $2 and version = $3

-- name: get
-- $1 hospital, $2 ward, $3 version
select version, drawing, beds, exists (select from floor_plan_shown s where s.hospital = $1 and s.ward = $2 and s.version = $3) as was_shown
from floor_plan where hospital = $1 and ward = $2 and version = $3

-- name: list
-- Every version with when it was shown last, the newest first. $1 hospital, $2 ward
select p.version, p.uploaded_by, p.uploaded_at, s.from_at, s.until_at, s.shown_by from floor_plan p
left join lateral (
    select from_at, until_at, shown_by from floor_plan_shown where hospital = $1 and ward = $2 and version = p.version
    order by from_at desc limit 1
) s on true
where p.hospital = $1 and p.ward = $2 order by p.version desc

-- name: shown_now
-- $1 hospital
select ward, version from floor_plan_shown where hospital = $1 and until_at is null

-- name: shown_at
-- $1 hospital, $2 ward, $3 moment
select version from floor_plan_shown where hospital = $1 and ward = $2 and from_at <= $3 and (until_at is null or until_at > $3)
order by from_at desc limit 1

-- name: end
-- $1 hospital, $2 ward, $3 now
update floor_plan_shown set until_at = greatest($3, from_at) where hospital = $1 and ward = $2 and until_at is null returning version

-- name: show
-- $1 hospital, $2 ward, $3 version, $4 now, $5 by
insert into floor_plan_shown (hospital, ward, version, from_at, shown_by) values ($1, $2, $3, $4, $5)

-- name: drafts
-- The newest version of each ward, where it was never shown. $1 hospital
select ward, max(version) as version from floor_plan p where p.hospital = $1
and not exists (select from floor_plan_shown s where s.hospital = $1 and s.ward = p.ward and s.version = p.version)
group by ward
