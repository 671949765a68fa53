-- name: put
-- $1 hospital, $2 now, then arrays: patient, sealed
insert into person (hospital, patient, sealed, updated_at)
select $1, n.patient, n.sealed, $2 from unnest($3::text[], $4::bytea[]) as n(patient, sealed)
on conflict (hospital, patient) do update set sealed = excluded.sealed, updated_at = excluded.updated_at

-- name: get
-- $1 hospital, $2 pseudonyms
select patient, sealed from person where hospital = $1 and patient = any($2::text[])
