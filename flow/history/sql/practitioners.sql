-- name: untell
-- Doctors whom a field of a visit names no more. $1 hospital, then arrays: $2 visit, $3 field of every field that was told; $4 visit, $5 field,
-- $6 code of every doctor in one
delete from practitioner p using unnest($2::text[], $3::smallint[]) as t(visit, field)
where p.hospital = $1 and p.visit = t.visit and p.field = t.field
      and not exists (select from unnest($4::text[], $5::smallint[], $6::text[]) as n(visit, field, code)
                      where n.visit = p.visit and n.field = p.field and n.code = p.code)

-- name: tell
-- Doctors whom a field of a visit names. $1 hospital, $2 now, then arrays: visit, field, code
insert into practitioner (hospital, visit, field, code, told_at)
select $1, n.visit, n.field, n.code, $2 from unnest($3::text[], $4::smallint[], $5::text[]) as n(visit, field, code)
on conflict (hospital, visit, field, code) do nothing

-- name: patients
-- Whom an account looks after: patients with an open visit that names one of its codes. $1 hospital, $2 account
select distinct r.patient from account a
join practitioner p on p.hospital = a.hospital and p.code = any(a.practitioners)
join record r on r.hospital = p.hospital and r.entity = 'visit' and r.entity_id = p.visit and r.live
where a.hospital = $1 and a.id = $2 and r.patient is not null

-- name: codes
-- By which codes accounts go. $1 hospital
select id, practitioners from account where hospital = $1 and practitioners <> '{}'

-- name: bind
-- $1 hospital, $2 account, $3 codes
update account set practitioners = $3 where hospital = $1 and id = $2 and disabled_at is null returning id

-- name: known
-- The codes that the feeds name with open visits, with how many. $1 hospital
select p.code, count(distinct p.visit)::integer as visits from practitioner p
join record r on r.hospital = p.hospital and r.entity = 'visit' and r.entity_id = p.visit and r.live
where p.hospital = $1 group by p.code order by p.code limit 500
