-- Figures kept of the beds' intervals, which stay the truth: what each hour of the hospital's day was, by ward and type of bed, and every
-- cleaning turn. `kept` says how far: all rows below `until` go by the log up to `seq`, read by `rules`.

create table kept (
    hospital text        not null,
    figures  text        not null,
    seq      bigint      not null,
    until    timestamptz,
    rules    text        not null,
    primary key (hospital, figures)
);

-- Beds at the hour's beginning, and their microseconds within it (whole numbers, so that sums are equal and not nearly so), by what they
-- were; and how often a bed was taken and left.
create table bed_hour (
    hospital         text        not null,
    hour             timestamptz not null,
    ward             text        not null,
    type             text        not null,
    occupied_beds    integer     not null,
    free_beds        integer     not null,
    coming_beds      integer     not null,
    cleaning_beds    integer     not null,
    out_beds         integer     not null,
    occupied_us      bigint      not null,
    free_us          bigint      not null,
    coming_us        bigint      not null,
    cleaning_us      bigint      not null,
    out_us           bigint      not null,
    taken            integer     not null,
    vacated          integer     not null,
    primary key (hospital, hour, ward, type)
);

-- `seq` is that of the stretch in which the bed was ready.
create table bed_turn (
    hospital text        not null,
    seq      bigint      not null,
    bed      text        not null,
    ward     text        not null,
    type     text        not null,
    began_at timestamptz not null,
    ready_at timestamptz not null,
    primary key (hospital, seq)
);
create index bed_turn_ready on bed_turn (hospital, ready_at);
