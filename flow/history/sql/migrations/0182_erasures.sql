-- Who was erased, and the proof: how many rows of which table went, what was left and why, by which keys it had been sealed. `digests` are
-- the vault's, of the numbers the person was known by: everything is searched for them again whenever somebody asks. No name stands here.

create table erasure (
    hospital    text        not null,
    id          bigint      generated always as identity,
    patients    text[]      not null,
    digests     text[]      not null,
    reason      text        not null,
    asked_by    text        not null,
    actor       text        not null,
    begun_at    timestamptz not null,
    done_at     timestamptz,
    keys        integer[]   not null default '{}',
    counts      jsonb       not null default '{}',
    notes       integer     not null default 0,
    proof       bytea,
    verified_at timestamptz,
    found       jsonb,
    primary key (hospital, id),
    check ((done_at is null) = (proof is null)),
    check ((verified_at is null) = (found is null))
);

create table erased_person (
    hospital text   not null,
    patient  text   not null,
    erasure  bigint not null,
    primary key (hospital, patient)
);
