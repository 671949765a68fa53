-- The audit trail: who signed in, read, wrote or was refused, when and from where (TRUST.md, Audit; HIPAA 164.312(b)). Patients by pseudonym.
-- `txid` is the transaction that wrote the row: all below the oldest one under way are settled, and so can be sealed.
create table audit (
    hospital text        not null,
    id       bigint      generated always as identity,
    txid     bigint      not null default pg_current_xact_id()::text::bigint,
    at       timestamptz not null,
    kind     text        not null,
    actor    text        not null,
    role     text        not null,
    seat     text        not null,
    address  text        not null,
    view     text        not null,
    place    text        not null,
    patients text[]      not null,
    detail   jsonb       not null,
    primary key (hospital, id)
);
create index audit_txid on audit (hospital, txid, id);
create index audit_at on audit (hospital, at desc, id desc);
create index audit_actor on audit (hospital, actor, at desc);
create index audit_patients on audit using gin (patients);

-- The chain: each link covers the traces of transactions from the link before up to `txid_to`, the log's entries after the link before up to
-- `seq_to`, and the link before itself (`mac`, keyed by the vault).
create table audit_seal (
    hospital text        not null,
    number   bigint      not null,
    at       timestamptz not null,
    txid_to  bigint      not null,
    seq_to   bigint      not null,
    traces   integer     not null,
    entries  integer     not null,
    trail    bytea       not null,
    log      bytea       not null,
    mac      bytea       not null,
    primary key (hospital, number)
);

create function digest_of(found audit) returns bytea language sql stable as $$
    select sha256(convert_to(jsonb_build_array(
        found.hospital, found.id, found.txid, to_char(found.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), found.kind, found.actor,
        found.role, found.seat, found.address, found.view, found.place, to_jsonb(found.patients), found.detail)::text, 'UTF8'))
$$;

create function digest_of(found log) returns bytea language sql stable as $$
    select sha256(convert_to(jsonb_build_array(
        found.hospital, found.seq, found.kind, found.entity, found.entity_id,
        to_char(found.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        to_char(found.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        found.origin, found.actor, found.letter, found.command, found.body::text)::text, 'UTF8'))
$$;

create function append_only() returns trigger language plpgsql as $$
begin
    raise exception '% may only be added to', tg_table_name using errcode = 'insufficient_privilege';
end
$$;
create trigger append_only before update or delete or truncate on audit for each statement execute function append_only();
create trigger append_only before update or delete or truncate on audit_seal for each statement execute function append_only();
create trigger append_only before update or delete or truncate on log for each statement execute function append_only();

