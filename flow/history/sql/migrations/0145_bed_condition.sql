-- What each bed was by the time from which it counts (`from_at`), and in our knowledge from `seq_from` to `seq_to`: a later word about a
-- moment replaces what was believed of that moment and of all after it. `before` is what the bed would be had the patient in it never come.
-- It can be made again from the log; who lay where is in `occupancy`.

create table bed_condition (
    hospital text        not null,
    bed      text        not null,
    seq_from bigint      not null,
    seq_to   bigint,
    from_at  timestamptz not null,
    status   text        not null check (status in ('available', 'occupied', 'cleaning', 'maintenance')),
    before   text        check (before in ('available', 'cleaning', 'maintenance')),
    primary key (hospital, bed, seq_from)
);
create index bed_condition_time on bed_condition (hospital, bed, from_at, seq_from);

with told as (
    select hospital, entity_id as bed, seq, (body -> 'now' ->> 'since')::timestamptz as from_at, body -> 'now' ->> 'status' as status,
           case when body -> 'now' ->> 'status' = 'occupied' then body -> 'before' ->> 'status' end as before
    from log where entity = 'bed'
), news as (
    select told.*, lag((from_at, status)) over (partition by hospital, bed order by seq) is distinct from (from_at, status) as new from told
)
insert into bed_condition (hospital, bed, seq_from, seq_to, from_at, status, before)
select hospital, bed, seq, null, from_at, status, nullif(before, 'occupied') from news where new;

update bed_condition old set seq_to = (
    select min(seq_from) from bed_condition new
    where new.hospital = old.hospital and new.bed = old.bed and new.seq_from > old.seq_from and new.from_at <= old.from_at)
from (
    select hospital, bed, seq_from,
           min(from_at) over (partition by hospital, bed order by seq_from rows between 1 following and unbounded following) as later
    from bed_condition
) l
where l.hospital = old.hospital and l.bed = old.bed and l.seq_from = old.seq_from and l.later <= old.from_at;
