-- Who was where (bitemporal: `from_at`/`to_at` in the hospital, `seq_from`/`seq_to` in our knowledge),
-- and what condition each bed was in, as decided. The unique indexes refuse what the code forgot.

create table occupancy (
    hospital text        not null,
    id       bigint      generated always as identity,
    kind     text        not null check (kind in ('occupied', 'reserved')),
    holder   text        not null,
    bed      text        not null,
    from_at  timestamptz not null,
    to_at    timestamptz,
    seq_from bigint      not null,
    seq_to   bigint,
    primary key (hospital, id),
    check (to_at is null or to_at >= from_at)
);
create unique index occupancy_one_per_bed on occupancy (hospital, kind, bed) where to_at is null and seq_to is null;
create unique index occupancy_one_per_holder on occupancy (hospital, kind, holder) where to_at is null and seq_to is null;
create index occupancy_known on occupancy (hospital, holder) where seq_to is null;
create index occupancy_bed on occupancy (hospital, bed, from_at);

create table bed_interval (
    hospital    text        not null,
    seq         bigint      not null,
    bed         text        not null,
    ward        text        not null,
    type        text        not null,
    status      text        not null check (status in ('available', 'occupied', 'cleaning', 'maintenance')),
    was         text        check (was in ('available', 'occupied', 'cleaning', 'maintenance')),
    stage       text,
    visit       text,
    reserved    boolean     not null,
    from_at     timestamptz not null,
    to_at       timestamptz,
    recorded_at timestamptz not null,
    primary key (hospital, seq),
    constraint bed_interval_transitions check (
        was is null or was = status
        or (was, status) in (
            ('available', 'occupied'), ('cleaning', 'occupied'), ('maintenance', 'occupied'),
            ('occupied', 'cleaning'), ('occupied', 'available'), ('occupied', 'maintenance'),
            ('available', 'cleaning'), ('cleaning', 'available'),
            ('available', 'maintenance'), ('cleaning', 'maintenance'),
            ('maintenance', 'available'), ('maintenance', 'cleaning')
        )
    )
);
create unique index bed_interval_open on bed_interval (hospital, bed) where to_at is null;
create index bed_interval_bed on bed_interval (hospital, bed, from_at);
create index bed_interval_time on bed_interval (hospital, from_at, to_at);
