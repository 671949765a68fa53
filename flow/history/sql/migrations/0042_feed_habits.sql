-- The usual silence of each feed by day and by night, counted anew each hour by the worker and read by every page: a week of letters
-- is too many to count while somebody waits.

create table feed_habit (
    hospital   text        not null,
    feed       text        not null,
    day        boolean     not null,
    gaps       bigint      not null,
    usual      interval    not null,
    counted_at timestamptz not null,
    primary key (hospital, feed, day)
);
