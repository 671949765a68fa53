-- name: openings
-- Openings of names that are over and were looked at, oldest first: how many went, and of when the last of them was. What nobody has looked
-- at stays until somebody has. $1 hospital, $2 opened before, $3 how many
with gone as (
    delete from opening where hospital = $1 and id in (
        select id from opening where hospital = $1 and at < $2 and until < $2 and reviewed_at is not null order by at, id limit $3)
    returning at
)
select count(*)::int as gone, max(at) as last from gone

-- name: doctors
-- Doctors whom visits named that are over: how many went, and of when the last was told. What is told of an open visit stays, and of
-- patients who are held; of whom a visit was is not known any more once its record is gone: then it stays while anybody is held.
-- $1 hospital, $2 told before, $3 how many, $4 pseudonyms held
with gone as (
    delete from practitioner where ctid in (
        select p.ctid from practitioner p left join record r on r.hospital = p.hospital and r.entity = 'visit' and r.entity_id = p.visit
        where p.hospital = $1 and p.told_at < $2 and r.live is not true and (cardinality($4::text[]) = 0 or r.patient <> all($4::text[]))
        limit $3)
    returning told_at
)
select count(*)::int as gone, max(told_at) as last from gone

-- name: runs
-- Runs of the retention. $1 hospital, $2 ended before
delete from retention_run where hospital = $1 and ended_at < $2
