-- name: subscribe
-- $1 hospital, $2 device, $3 sealed subscription, $4 now
insert into push_subscription (hospital, device, sealed, at) values ($1, $2, $3, $4)
on conflict (hospital, device) do update set sealed = excluded.sealed, at = excluded.at

-- name: list
-- Phones to write to: those not shut out. $1 hospital
select p.device, p.sealed, d.ward from push_subscription p join device d on d.hospital = $1 and d.id = p.device
where p.hospital = $1 and d.revoked_at is null order by p.device

-- name: forget
-- The push service knows it no longer. $1 hospital, $2 device
delete from push_subscription where hospital = $1 and device = $2

-- name: tell
-- Whether a phone is told of this for the first time. $1 hospital, $2 device, $3 what, $4 now
insert into push_told (hospital, device, what, at) values ($1, $2, $3, $4) on conflict do nothing returning what

-- name: tidy
-- $1 hospital, $2 before
delete from push_told where hospital = $1 and at < $2
