-- What was suggested when a bed was assigned: it cannot be worked out again later, when weights and rules have changed.

create table choice (
    hospital      text        not null,
    command       bigint      not null,
    at            timestamptz not null,
    request       text        not null,
    ward          text        not null,
    bed           text        not null,
    score         integer     not null,
    ready_at      timestamptz,
    best_bed      text,
    best_score    integer     not null,
    best_ready_at timestamptz,
    version       text        not null,
    blocked       text[]      not null,
    reason        text        not null,
    type          text        not null,
    priority      integer     not null,
    specialty     text        not null,
    isolation     boolean     not null,
    primary key (hospital, command)
);
create index choice_at on choice (hospital, at);
