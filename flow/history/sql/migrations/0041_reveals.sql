-- Who opened the masked parts of a letter, when, and the reason given (break-glass). Rows are only ever added.

create table reveal (
    hospital text        not null,
    id       bigint      generated always as identity,
    letter   bigint      not null,
    actor    text        not null,
    reason   text        not null,
    at       timestamptz not null,
    primary key (hospital, id)
);
create index reveal_letter on reveal (hospital, letter, id);
