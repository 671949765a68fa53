-- With which key of the vault the digest of an ABHA number was made: after a key is added, each is made anew by the new one, and found by
-- either until then. Those that lie there were made with the first key.

alter table abha add column key_id integer not null default 1;
alter table abha alter column key_id drop default;
