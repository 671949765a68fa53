-- When the hospital's own provider last said that somebody is theirs: a badge of theirs opens for a while after it, and no longer. Of who has
-- not come by it since, nothing is known.

alter table account add column vouched_at timestamptz, add constraint account_vouched check (vouched_at is null or oidc_subject is not null);
