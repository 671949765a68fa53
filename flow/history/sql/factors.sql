-- name: of
-- Which factors an account has. $1 hospital, $2 account
select exists (select from authenticator where hospital = $1 and account = $2) as app,
       (select count(*)::integer from passkey where hospital = $1 and account = $2) as passkeys,
       (select count(*)::integer from recovery_code where hospital = $1 and account = $2 and used_at is null) as codes

-- name: held
-- The accounts that have a second factor. $1 hospital
select account from authenticator where hospital = $1
union select account from passkey where hospital = $1

-- name: secret
-- $1 hospital, $2 account
select sealed from authenticator where hospital = $1 and account = $2

-- name: put
-- In place of any before. $1 hospital, $2 account, $3 sealed, $4 step of the code that showed it, $5 now
insert into authenticator (hospital, account, sealed, last_step, made_at) values ($1, $2, $3, $4, $5)
on conflict (hospital, account) do update set sealed = excluded.sealed, last_step = excluded.last_step, made_at = excluded.made_at

-- name: use
-- A code, once: none of its step or one before can be used again. $1 hospital, $2 account, $3 step
update authenticator set last_step = $3
where hospital = $1 and account = $2 and last_step < $3 returning account

-- name: drop_app
-- $1 hospital, $2 account
delete from authenticator where hospital = $1 and account = $2

-- name: drop_codes
-- $1 hospital, $2 account
delete from recovery_code where hospital = $1 and account = $2

-- name: put_codes
-- $1 hospital, $2 account, $3 digests
insert into recovery_code (hospital, account, digest) select $1, $2, unnest($3::text[])

-- name: use_code
-- $1 hospital, $2 account, $3 digest, $4 now
update recovery_code set used_at = $4 where hospital = $1 and account = $2 and digest = $3 and used_at is null returning account
