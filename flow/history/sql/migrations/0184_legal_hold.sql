-- What must not be thrown away whatever the settings say: everything of a patient, or of the whole house in a period (`to_at` null: it goes
-- on). Held until it is lifted; a lifted hold stays on record. Patients by pseudonym; the words are for administrators and auditors.
create table legal_hold (
    hospital      text        not null,
    id            bigint      generated always as identity,
    patient       text,
    from_at       timestamptz,
    to_at         timestamptz,
    reason        text        not null,
    asked_by      text        not null,
    set_by        text        not null,
    set_at        timestamptz not null,
    lifted_by     text,
    lifted_at     timestamptz,
    lifted_reason text,
    primary key (hospital, id),
    check ((patient is null) <> (from_at is null)),
    check (to_at is null or to_at > from_at),
    check ((lifted_at is null) = (lifted_by is null))
);
create index legal_hold_in_force on legal_hold (hospital, id) where lifted_at is null;
