-- What is to be done for an erasure in the background: to carry it out, or to look for the person again. Asked for, then running, then done
-- or failed with why; what has failed can be asked for again. Running with nobody at it (a process was killed): it is taken up again.
create table erasure_work (
    hospital text        not null,
    erasure  bigint      not null,
    what     text        not null check (what in ('erase', 'verify')),
    state    text        not null check (state in ('asked', 'running', 'done', 'failed')),
    asked_by text        not null,
    asked_at timestamptz not null,
    begun_at timestamptz,
    ended_at timestamptz,
    why      text,
    primary key (hospital, erasure, what),
    check ((state = 'failed') = (why is not null)),
    check ((state in ('done', 'failed')) = (ended_at is not null))
);
create index erasure_work_open on erasure_work (hospital, asked_at) where state in ('asked', 'running');
