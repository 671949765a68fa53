-- The managers' figures ask for the stretches that were not over at a moment: with years of history that is the small end.

create index bed_interval_end on bed_interval (hospital, coalesce(to_at, 'infinity'::timestamptz));
