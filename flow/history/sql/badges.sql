-- name: issue
-- A badge in place of any before; the PIN stays its owner's. $1 hospital, $2 account, $3 digest, $4 issued by, $5 now
insert into badge (hospital, account, digest, issued_by, issued_at) values ($1, $2, $3, $4, $5)
on conflict (hospital, account) do update
set digest = excluded.digest, issued_by = excluded.issued_by, issued_at = excluded.issued_at, pin_wrong = 0

-- name: revoke
-- $1 hospital, $2 account
delete from badge where hospital = $1 and account = $2 returning account

-- name: held
-- How the badges stand. $1 hospital
select account, pin is not null as has_pin, pin_wrong, issued_at from badge where hospital = $1

-- name: of
-- $1 hospital, $2 account
select account, pin is not null as has_pin, pin_wrong, issued_at from badge where hospital = $1 and account = $2

-- name: whose
-- The open account that a badge was issued to, and whether it is one of our own or its provider has said so since. $1 hospital, $2 digest, $3 since
select a.id, a.name, a.role, a.ward, a.oidc_subject is not null as provider, a.oidc_subject is null or coalesce(a.vouched_at >= $3, false) as vouched
from badge b
join account a on a.hospital = b.hospital and a.id = b.account and a.disabled_at is null
where b.hospital = $1 and b.digest = $2

-- name: set_pin
-- $1 hospital, $2 account, $3 hash
update badge set pin = $3, pin_wrong = 0 where hospital = $1 and account = $2 returning account

-- name: wrong_pin
-- Counts a try before the PIN is looked at, so that tries side by side all count. $1 hospital, $2 account
update badge set pin_wrong = least(pin_wrong, 1000) + 1 where hospital = $1 and account = $2 and pin is not null returning pin, pin_wrong

-- name: clear
-- The right PIN, a full sign-in of its owner, or an administrator's word. $1 hospital, $2 account
update badge set pin_wrong = 0 where hospital = $1 and account = $2 returning account
