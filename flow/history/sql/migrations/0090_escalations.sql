-- What was told because it waited too long, who was told by message, and which rules nobody wants to hear of.
-- An open row stands for its case until that is over, whichever process looks: nothing is told twice, nothing is forgotten over a restart.

create table escalation (
    hospital  text        not null,
    id        bigint      generated always as identity,
    rule      text        not null,
    subject   text        not null,
    ward      text        not null,
    words     text        not null,
    due_at    timestamptz not null,
    raised_at timestamptz not null,
    level     integer     not null,
    noted     integer     not null,
    told_at   timestamptz not null,
    ended_at  timestamptz,
    acted     boolean,
    primary key (hospital, id)
);
create unique index escalation_open on escalation (hospital, rule, subject) where ended_at is null;
create index escalation_raised on escalation (hospital, raised_at);

-- Laid down in the transaction that raises its cases' levels. `sending_at` is set before it is handed over and `sent_at` after: one that was
-- cut off in between is not sent again by itself.
create table message (
    hospital   text        not null,
    id         bigint      generated always as identity,
    kind       text        not null check (kind in ('escalation', 'patient')),
    ward       text        not null,
    addressee  text        not null,
    key        text,
    text       text        not null,
    made_at    timestamptz not null,
    due_at     timestamptz not null,
    tries      integer     not null default 0,
    sending_at timestamptz,
    sent_at    timestamptz,
    given_up   text,
    primary key (hospital, id),
    unique (hospital, kind, key)
);
create index message_waiting on message (hospital, due_at, id) where sent_at is null and given_up is null;
create index message_made on message (hospital, made_at);

create table escalation_mute (
    hospital   text        not null,
    rule       text        not null,
    muted_at   timestamptz not null,
    muted_by   text        not null,
    ended_at   timestamptz,
    ended_by   text,
    primary key (hospital, rule, muted_at)
);
create unique index escalation_muted on escalation_mute (hospital, rule) where ended_at is null;
