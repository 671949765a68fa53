-- name: put
-- Nothing is written down again of whoever was erased. $1 hospital, $2 now, then arrays: patient, sealed, guards (null: as they are)
insert into person (hospital, patient, sealed, guards, updated_at)
select $1, n.patient, n.sealed, n.guards, $2 from unnest($3::text[], $4::bytea[], $5::bytea[]) as n(patient, sealed, guards)
where not exists (select from erased_person e where e.hospital = $1 and e.patient = n.patient)
on conflict (hospital, patient)
do update set sealed = excluded.sealed, guards = coalesce(excluded.guards, person.guards), updated_at = excluded.updated_at

-- name: get
-- $1 hospital, $2 pseudonyms
select patient, sealed, guards from person where hospital = $1 and patient = any($2::text[])

-- name: next_unknown
-- The next number of an unknown person. $1 hospital, $2 sex (M, F, U)
insert into unknown_person as known (hospital, sex, number) values ($1, $2, 1)
on conflict (hospital, sex) do update set number = known.number + 1
returning number

-- name: known_by_abha
-- The patient by the digests of their ABHA number, whichever key made them; the newest key's counts. $1 hospital, $2 digests
select patient from abha where hospital = $1 and digest = any($2::text[]) order by key_id desc limit 1

-- name: note_abha
-- Who has an ABHA number; the newest word counts. $1 hospital, then arrays: digest, patient, key
insert into abha (hospital, digest, patient, key_id) select $1, n.* from unnest($2::text[], $3::text[], $4::integer[]) as n(digest, patient, key)
on conflict (hospital, digest) do update set patient = excluded.patient where abha.patient <> excluded.patient

-- name: index_anew
-- The digest of the newest key in place of older ones that name the same patient. $1 hospital, $2 digest, $3 patient, $4 key,
-- $5 the older digests
with gone as (delete from abha where hospital = $1 and digest = any($5::text[]) and patient = $3)
insert into abha (hospital, digest, patient, key_id)
select $1, $2, $3, $4 where not exists (select from abha where hospital = $1 and digest = any($5::text[]) and patient <> $3)
on conflict (hospital, digest) do nothing
