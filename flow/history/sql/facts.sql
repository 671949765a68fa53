-- name: facts
-- The server, the time there, our role, and the way to it. Returns one row.
select current_setting('server_version_num')::int as version,
    clock_timestamp() as now,
    (select rolsuper or rolcreaterole or rolbypassrls from pg_roles where rolname = current_user) as superuser,
    coalesce(inet_server_addr() <<= inet '127.0.0.0/8' or inet_server_addr() = inet '::1', true) as local,
    coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as encrypted;

-- name: alters
-- Tables of the record that this role may change beyond adding to them, by a grant or because it owns them. Returns their names.
select relname
from pg_class
where relname in ('audit', 'audit_cut', 'audit_seal', 'command', 'erased_person', 'hospital_file', 'log', 'made_for', 'retention_run',
        'reveal', 'snapshot_part') and relkind in ('r', 'p')
    and pg_table_is_visible(oid)
    and (pg_has_role(current_user, relowner, 'usage') or has_table_privilege(oid, 'update, delete, truncate'))
order by relname;

-- name: durability
-- What a commit is worth. Returns name, setting.
select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit');
