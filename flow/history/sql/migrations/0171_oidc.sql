-- Sign-in by the hospital's own provider (OpenID Connect): an account is bound to what the provider calls somebody, for good, and has no
-- password of its own; a session knows the provider's number for it, so that the provider can end it.

alter table account alter column password drop not null;
alter table account
    add column oidc_issuer  text,
    add column oidc_subject text,
    add constraint account_oidc_whole check ((oidc_issuer is null) = (oidc_subject is null)),
    add constraint account_one_way check ((password is null) = (oidc_subject is not null));
create unique index account_oidc on account (hospital, oidc_issuer, oidc_subject);

alter table session drop constraint session_proof_check;
alter table session
    add constraint session_proof_check check (proof in ('password', 'code', 'recovery', 'passkey', 'provider', 'provider-mfa', 'badge')),
    add column oidc_sid text not null default '';
create index session_oidc_sid on session (hospital, oidc_sid) where oidc_sid <> '';
