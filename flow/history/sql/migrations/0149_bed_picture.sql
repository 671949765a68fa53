-- Every bed's record as of a Seq, every few hours of the past: any past minute is the picture before it and the little that was told since.
-- Made of the log, which never changes, so it is never wrong and may be deleted at any time.

create table bed_picture (
    hospital text        not null,
    seq      bigint      not null,
    at       timestamptz not null,
    body     text        not null,
    primary key (hospital, seq)
);
