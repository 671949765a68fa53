-- name: say
-- $1 hospital, $2 purpose, $3 now
insert into made_for (hospital, purpose, at) values ($1, $2, $3) on conflict (hospital) do nothing

-- name: said
-- $1 hospital
select purpose, at from made_for where hospital = $1

-- name: there
-- Whether our tables and the marks are there, and how many tables of anybody's but the extensions'.
select to_regclass('made_for') is not null as marked,
       to_regclass('migration') is not null and to_regclass('log') is not null and to_regclass('account') is not null as ours,
       (select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
          and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'))::int as tables

-- name: marks
-- Whom it was made for.
select hospital, purpose, at from made_for order by hospital

-- name: begun
-- What stands there of other hospitals than these: entries of the log, letters that were received, accounts. $1 hospitals
select (select coalesce(max(seq), 0) from log where hospital <> all($1::text[])) as entries,
       exists (select from letter where hospital <> all($1::text[])) as letters,
       (select count(*) from account where hospital <> all($1::text[]))::int as accounts
