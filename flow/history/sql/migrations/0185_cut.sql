-- Where the log, the trail and the chain begin once what was before is no longer kept. A row says from which link on the chain goes (`link`,
-- `link_mac`: the last one before it, which stays), up to which entry of the log (`seq_to`, recorded at `log_at`) and which transaction of
-- the trail (`txid_to`) everything is gone, in which links those end, and the digest of the sealed snapshot that the log goes on from.
-- `begun_at` is when the record began at first: figures kept by the day go back to there. `mac` is keyed by the vault and covers the row
-- before: whoever takes something away without the key leaves no such row.
create table audit_cut (
    hospital   text        not null,
    number     bigint      not null,
    at         timestamptz not null,
    link       bigint      not null,
    link_mac   bytea       not null,
    log_link   bigint      not null,
    seq_to     bigint      not null,
    log_at     timestamptz,
    begun_at   timestamptz,
    trail_link bigint      not null,
    txid_to    bigint      not null,
    trail_at   timestamptz,
    snapshot   bytea       not null,
    mac        bytea       not null,
    primary key (hospital, number)
);

-- What stood when the log was cut, as its parts in order, sealed: the entries that are the last word on a record that is still needed, the
-- stays, the stretches and the conditions of the beds. No names: patients by pseudonym.
create table snapshot_part (
    hospital text    not null,
    seq      bigint  not null,
    part     integer not null,
    sealed   bytea   not null,
    primary key (hospital, seq, part)
);
alter table snapshot_part alter column sealed set storage external;

-- The same last words beside the log, for whoever asks what a record was at a moment after the cut and finds no entry since: a read model,
-- made again from the snapshot.
create table log_base (like log including defaults, primary key (hospital, entity, entity_id));
create index log_base_seq on log_base (hospital, seq);
create view told as select * from log union all select * from log_base;

-- What each run of the retention has thrown away; how far letters have been looked through (those held are looked at again once lifted).
create table retention_run (
    hospital text        not null,
    id       bigint      generated always as identity,
    began_at timestamptz not null,
    ended_at timestamptz not null,
    by       text        not null,
    gone     jsonb       not null,
    kept     text[]      not null,
    primary key (hospital, id)
);
create table retention_mark (
    hospital text   primary key,
    letters  bigint not null
);

-- Whoever owns a table may take away what is over, and must say that this is what it does; nobody else may, and nothing is ever changed.
create or replace function append_only() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and current_setting('bedflow.retention', true) = 'on'
       and pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member') then
        return null;
    end if;
    raise exception '% may only be added to', tg_table_name using errcode = 'insufficient_privilege';
end
$$;
create trigger append_only before update or delete or truncate on audit_cut for each statement execute function append_only();
