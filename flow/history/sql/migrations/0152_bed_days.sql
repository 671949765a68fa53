-- The hours of whole days of the hospital, a row a day, ward and type: their bed-time together, and in `beds` those at each hour's beginning
-- (occupied, free, coming, cleaning, out: five numbers of two bytes an hour), so that a year is thousands of rows and not hundreds of thousands.

create table bed_day (
    hospital    text        not null,
    day         timestamptz not null,
    ward        text        not null,
    type        text        not null,
    occupied_us bigint      not null,
    free_us     bigint      not null,
    coming_us   bigint      not null,
    cleaning_us bigint      not null,
    out_us      bigint      not null,
    taken       integer     not null,
    vacated     integer     not null,
    beds        bytea       not null,
    primary key (hospital, day, ward, type)
);
alter table bed_day alter beds set storage plain;

-- Days of the hours that are kept already; where this database does not know the hospital's clock, all are counted anew.
delete from kept where figures = 'hours' and rules not in (select name from pg_timezone_names);

insert into bed_day
select p.hospital, p.day, p.ward, p.type,
       sum(coalesce(occupied_us, 0)), sum(coalesce(free_us, 0)), sum(coalesce(coming_us, 0)), sum(coalesce(cleaning_us, 0)),
       sum(coalesce(out_us, 0)), sum(coalesce(taken, 0)), sum(coalesce(vacated, 0)),
       string_agg(int2send(coalesce(occupied_beds, 0)::int2) || int2send(coalesce(free_beds, 0)::int2)
                  || int2send(coalesce(coming_beds, 0)::int2) || int2send(coalesce(cleaning_beds, 0)::int2)
                  || int2send(coalesce(out_beds, 0)::int2), '' order by at.hour)
from (
    select distinct bed_hour.hospital, date_trunc('day', hour, rules) as day, ward, type, rules, until
    from bed_hour join kept on kept.hospital = bed_hour.hospital and figures = 'hours'
) p
cross join lateral (select (p.day at time zone p.rules + interval '1 day') at time zone p.rules as ends) next
cross join lateral generate_series(p.day, next.ends - interval '1 hour', interval '1 hour') as at(hour)
left join bed_hour h on h.hospital = p.hospital and h.hour = at.hour and h.ward = p.ward and h.type = p.type
where next.ends <= p.until
group by p.hospital, p.day, p.ward, p.type;
