-- A password that somebody else has chosen is changed by its owner before anything opens; tokens of programmes run out. Those that are there
-- get the year that new ones have, and three months from today at least.

alter table account add column password_given boolean not null default false;

alter table token add column expires_at timestamptz;
update token set expires_at = greatest(created_at + interval '1 year', now() + interval '90 days');
alter table token alter column expires_at set not null;
