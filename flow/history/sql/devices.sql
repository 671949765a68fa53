-- name: offer
-- A code on a screen. $1 hospital, $2 code digest, $3 secret digest, $4 kind, $5 until
insert into pairing (hospital, code, digest, kind, expires_at) values ($1, $2, $3, $4, $5)
on conflict (hospital, code) where device is null do nothing returning kind

-- name: clear_offers
-- Codes that have run out, so that their numbers may be shown again. $1 hospital, $2 now
delete from pairing where hospital = $1 and expires_at < $2

-- name: offered
-- What a typed code stands for. $1 hospital, $2 code digest, $3 now
select digest, kind from pairing where hospital = $1 and code = $2 and device is null and expires_at > $3

-- name: waiting
-- How a screen's own code is doing. $1 hospital, $2 secret digest, $3 now
select kind, device from pairing where hospital = $1 and digest = $2 and expires_at > $3

-- name: take
-- Use a code up for a device; nothing when somebody was faster. $1 hospital, $2 code digest, $3 device, $4 now
update pairing set device = $3 where hospital = $1 and code = $2 and device is null and expires_at > $4 returning digest

-- name: put
-- $1 hospital, $2 id, $3 kind, $4 name, $5 digest, $6 audience, $7 ward, $8 clinics, $9 paired by, $10 now, $11 PIN hash, $12 shows,
-- $13 lang, $14 light
insert into device (hospital, id, kind, name, digest, audience, ward, clinics, paired_by, paired_at, pin, unlocked_at, shows, lang, light)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, $12, $13, $14)

-- name: by_digest
-- With the trade of whoever is on shift with it. $1 hospital, $2 digest
select d.id, d.kind, d.name, d.audience, d.ward, d.clinics, d.pin, d.pin_wrong, d.unlocked_at, d.shows, d.lang, d.light, c.trade
from device d
left join cleaner_shift s on s.hospital = $1 and s.device = d.id and s.to_at is null
left join cleaner c on c.hospital = $1 and c.id = s.cleaner
where d.hospital = $1 and d.digest = $2 and d.revoked_at is null

-- name: list
-- $1 hospital
select id, kind, name, audience, ward, clinics, paired_by, paired_at, seen_at, revoked_at, pin_wrong, shows, lang, light from device
where hospital = $1 order by revoked_at nulls first, name, id

-- name: revoke
-- $1 hospital, $2 id, $3 now
update device set revoked_at = $3 where hospital = $1 and id = $2 and revoked_at is null returning digest

-- name: seen
-- $1 hospital, $2 digest, $3 now
update device set seen_at = greatest(coalesce(seen_at, $3), $3) where hospital = $1 and digest = $2

-- name: listen
-- Those that hold a stream open. $1 hospital, $2 digests, $3 now
update device set seen_at = greatest(coalesce(seen_at, $3), $3) where hospital = $1 and digest = any($2::bytea[])

-- name: used
-- A tap on an unlocked phone. $1 hospital, $2 digest, $3 now
update device set unlocked_at = greatest(coalesce(unlocked_at, $3), $3), seen_at = $3 where hospital = $1 and digest = $2

-- name: lock
-- A shift is over. $1 hospital, $2 id
update device set unlocked_at = paired_at - interval '1 day' where hospital = $1 and id = $2

-- name: right_pin
-- $1 hospital, $2 id, $3 now
update device set unlocked_at = $3, pin_wrong = 0 where hospital = $1 and id = $2

-- name: wrong_pin
-- Counts a try before the PIN is looked at, so that tries side by side all count. $1 hospital, $2 id
update device set pin_wrong = pin_wrong + 1 where hospital = $1 and id = $2 and revoked_at is null returning pin, pin_wrong

-- name: set_pin
-- $1 hospital, $2 id, $3 hash
update device set pin = $3, pin_wrong = 0 where hospital = $1 and id = $2 and pin is null returning id

-- name: live
-- Which of these digests still open a door. $1 hospital, $2 digests
select digest from device where hospital = $1 and digest = any($2::bytea[]) and revoked_at is null
