-- name: put
-- A new account, or a new password, name, role and ward for it, unless a provider answers for it; one that was closed is somebody else's now,
-- who looks after nobody yet. Where role or ward are others, or it was closed, sessions of before end.
-- $1 hospital, $2 id, $3 name, $4 role, $5 ward or null, $6 hash, $7 now, $8 whether its owner is to choose another
with ended as (
    delete from session s using account a
    where s.hospital = $1 and s.account = $2 and a.hospital = $1 and a.id = $2 and a.oidc_subject is null
        and (a.role is distinct from $4 or a.ward is distinct from $5 or a.disabled_at is not null)
)
insert into account (hospital, id, name, role, ward, password, created_at, password_given) values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (hospital, id) do update set name = excluded.name, role = excluded.role, ward = excluded.ward,
    password = excluded.password, password_given = excluded.password_given, disabled_at = null,
    practitioners = case when account.disabled_at is null then account.practitioners else '{}' end
    where account.oidc_subject is null
returning id

-- name: one
-- $1 hospital, $2 id
select id, name, role, ward, password, disabled_at, oidc_subject is not null as provider, password_given as given
from account where hospital = $1 and id = $2

-- name: list
-- $1 hospital
select id, name, role, ward, password, disabled_at, oidc_subject is not null as provider, password_given as given
from account where hospital = $1 order by id

-- name: disable
-- Close an account; its badge goes with it. $1 hospital, $2 id, $3 now
with gone as (delete from badge where hospital = $1 and account = $2)
update account set disabled_at = $3 where hospital = $1 and id = $2 and disabled_at is null returning id

-- name: open_again
-- $1 hospital, $2 id
update account set disabled_at = null where hospital = $1 and id = $2 and disabled_at is not null returning id

-- name: rehash
-- The same password under newer parameters. $1 hospital, $2 id, $3 hash
update account set password = $3 where hospital = $1 and id = $2 and oidc_subject is null

-- name: choose
-- Another password, chosen by its owner. $1 hospital, $2 id, $3 hash
update account set password = $3, password_given = false where hospital = $1 and id = $2 and oidc_subject is null

-- name: put_token
-- $1 hospital, $2 id, $3 digest, $4 role, $5 ward or null, $6 now, $7 until
insert into token (hospital, id, digest, role, ward, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)

-- name: token
-- $1 hospital, $2 digest
select id, role, ward, expires_at from token where hospital = $1 and digest = $2 and revoked_at is null

-- name: tokens
-- $1 hospital
select id, role, ward, created_at, revoked_at, expires_at from token where hospital = $1 order by created_at desc

-- name: revoke_token
-- $1 hospital, $2 id, $3 now
update token set revoked_at = $3 where hospital = $1 and id = $2 and revoked_at is null returning id

-- name: live_tokens
-- Which of these digests still open a door. $1 hospital, $2 digests, $3 now
select digest from token where hospital = $1 and digest = any($2::bytea[]) and revoked_at is null and expires_at > $3
