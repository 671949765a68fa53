-- Cleaning jobs that are over, with the times of their work (made again from the log), and the problems that cleaners reported.

create table clean_job (
    hospital        text        not null,
    id              text        not null,
    bed             text        not null,
    ward            text        not null,
    why             text        not null,
    kind            text        not null,
    stat            boolean     not null,
    cleaner         text,
    asked_at        timestamptz not null,
    acknowledged_at timestamptz,
    started_at      timestamptz,
    cleaned_at      timestamptz,
    inspected_at    timestamptz,
    failed          integer     not null,
    passed          integer     not null,
    ended_at        timestamptz not null,
    outcome         text        not null,
    freed           text,
    seq             bigint      not null,
    primary key (hospital, id)
);
create index clean_job_ended on clean_job (hospital, ended_at);

create table clean_problem (
    hospital    text        not null,
    id          text        not null,
    bed         text        not null,
    ward        text        not null,
    job         text,
    reason      text        not null,
    reported_by text        not null,
    at          timestamptz not null,
    photo       bytea,
    photo_type  text,
    settled_at  timestamptz,
    settled_by  text,
    outcome     text check (outcome in ('blocked', 'dismissed')),
    primary key (hospital, id)
);
create index clean_problem_open on clean_problem (hospital, at) where settled_at is null;
