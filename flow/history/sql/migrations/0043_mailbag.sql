-- Letters that were acknowledged together and not yet laid into `letter`: one sealed row a commit, without a secondary index, so that
-- an acknowledgment waits for as little as can be. The desk empties it within moments; `received_at` is that of the oldest letter.

create table mailbag (
    hospital    text        not null,
    id          bigint      generated always as identity,
    feed        text        not null,
    letters     integer     not null,
    received_at timestamptz not null,
    body        bytea       not null,
    primary key (hospital, id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Sealed bytes do not get smaller: trying to compress them is lost time.
alter table mailbag alter column body set storage external;
alter table letter alter column body set storage external;

-- A record is written again with each event: room on its page, so that no index has to be told (a fifth less time in a burst).
alter table record set (fillfactor = 60);
