-- name: last
-- Where the chain begins. $1 hospital
select number, at, link, link_mac, log_link, seq_to, log_at, begun_at, trail_link, txid_to, trail_at, snapshot, mac
from audit_cut where hospital = $1 order by number desc limit 1

-- name: all
-- $1 hospital
select number, at, link, link_mac, log_link, seq_to, log_at, begun_at, trail_link, txid_to, trail_at, snapshot, mac
from audit_cut where hospital = $1 order by number

-- name: put
-- $1 hospital, then its columns
insert into audit_cut (hospital, number, at, link, link_mac, log_link, seq_to, log_at, begun_at, trail_link, txid_to, trail_at, snapshot, mac)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)

-- name: log_end
-- The last link at whose end the log may be cut: between two groups, all recorded before a moment, before a Seq; not too far on, or else the
-- next one there is. $1 hospital, $2 after this link, $3 recorded before, $4 before this Seq, $5 not far: up to this link, $6 and this Seq
with fit as not materialized (
    select s.number, s.seq_to, own.recorded_at
    from audit_seal s
    join log own on own.hospital = $1 and own.seq = s.seq_to
    cross join lateral (select recorded_at from log where hospital = $1 and seq > s.seq_to order by seq limit 1) later
    where s.hospital = $1 and s.number > $2 and s.seq_to < $4 and own.recorded_at < $3 and later.recorded_at > own.recorded_at
)
(select number, seq_to, recorded_at from fit where number <= $5 and seq_to <= $6 order by number desc limit 1)
union all
(select number, seq_to, recorded_at from fit order by number limit 1)
limit 1

-- name: trail_end
-- The last link at whose end the trail may be cut: sealed before a moment, its transactions all before another, not too many links on.
-- $1 hospital, $2 after this link, $3 sealed before, $4 transactions below this or at it, $5 up to this link
select number, txid_to, at from audit_seal
where hospital = $1 and number > $2 and at < $3 and txid_to <= $4 and number <= $5 order by number desc limit 1

-- name: first_of_patients
-- The first entry of the log that speaks of some patients. $1 hospital, $2 pseudonyms
select min(l.seq) from record r join log l on l.hospital = $1 and l.entity = r.entity and l.entity_id = r.entity_id
where r.hospital = $1 and (r.patient = any($2::text[]) or r.entity = 'alias' and r.entity_id = any($2::text[])
    or r.entity in ('discharge', 'transport', 'check') and exists (
        select from record v where v.hospital = $1 and v.entity = 'visit' and v.patient = any($2::text[])
            and v.entity_id in (r.entity_id, r.body ->> 'visit')))

-- name: first_trace_of
-- The first trace that names one of some patients, by transaction. $1 hospital, $2 pseudonyms
select min(txid) from audit where hospital = $1 and patients && $2::text[]

-- name: link
-- $1 hospital, $2 number
select number, at, txid_to, seq_to, traces, entries, trail, log, mac from audit_seal where hospital = $1 and number = $2

-- name: left_behind
-- What lies before the beginning and should not. $1 hospital, $2 link, $3 seq, $4 transaction
select (select count(*) from log where hospital = $1 and seq <= $3)::int as entries,
       (select count(*) from audit where hospital = $1 and txid < $4)::int as traces,
       (select count(*) from audit_seal where hospital = $1 and number < $2)::int as links

-- name: mean_it
-- For this transaction: what is taken away is taken away on purpose.
select set_config('bedflow.retention', 'on', true)

-- name: owns
-- Whether our role may take something out of the log.
select pg_has_role(current_user, relowner, 'member') from pg_class where oid = 'log'::regclass

-- name: drop_traces
-- $1 hospital, $2 transactions below this
delete from audit where hospital = $1 and txid < $2

-- name: drop_reveal_reviews
-- $1 hospital, $2 before
delete from reveal_review using reveal r
where reveal_review.hospital = $1 and r.hospital = $1 and r.id = reveal_review.reveal and r.at < $2

-- name: drop_reveals
-- $1 hospital, $2 before
delete from reveal where hospital = $1 and at < $2

-- name: drop_links
-- $1 hospital, $2 below this
delete from audit_seal where hospital = $1 and number < $2

-- name: drop_entries
-- $1 hospital, $2 up to this Seq
delete from log where hospital = $1 and seq <= $2

-- name: drop_commands
-- Those numbered below every one that the log still speaks of. $1 hospital
delete from command where hospital = $1
  and id < (select min(command) from log where hospital = $1 and command is not null)

-- name: bare_letters
-- What a letter led to is gone, and so is what was said of it. $1 hospital, $2 received up to, $3 and after (null: ever)
update letter set visit = null, reason = null, warnings = '{}'
where hospital = $1 and received_at <= $2 and received_at > coalesce($3::timestamptz, '-infinity') and state <> 'received'
  and handled_at <= $2 and gone is not null

-- name: drop_records
-- $1 hospital, $2 entities, $3 ids
delete from record using unnest($2::text[], $3::text[]) as n(entity, entity_id)
where record.hospital = $1 and record.entity = n.entity and record.entity_id = n.entity_id

-- name: drop_stays
-- Those superseded by then, promises over by then, and those of visits that are gone. $1 hospital, $2 seq, $3 recorded at, $4 visits
delete from occupancy
where hospital = $1 and seq_from <= $2
  and (seq_to <= $2 or kind = 'reserved' and to_at <= $3 or kind = 'occupied' and holder = any($4::text[]))

-- name: drop_stretches
-- $1 hospital, $2 seq, $3 those that stay
delete from bed_interval where hospital = $1 and seq <= $2 and seq <> all($3::bigint[])

-- name: drop_conditions
-- $1 hospital, $2 seq, arrays of those that stay: $3 beds, $4 seqs
delete from bed_condition c
where c.hospital = $1 and c.seq_from <= $2
  and not exists (select from unnest($3::text[], $4::bigint[]) as n(bed, seq) where n.bed = c.bed and n.seq = c.seq_from)

-- name: drop_jobs
-- $1 hospital, $2 seq
delete from clean_job where hospital = $1 and seq <= $2

-- name: drop_turns
-- $1 hospital, $2 seq
delete from bed_turn where hospital = $1 and seq <= $2

-- name: drop_cases
-- Cases before a day; what they add up to by the day stays. $1 hospital, $2 the day
delete from kpi_case where hospital = $1 and at < $2

-- name: drop_open_cases
-- $1 hospital, $2 entities, $3 ids
delete from kpi_open using unnest($2::text[], $3::text[]) as n(of, id) where kpi_open.hospital = $1 and kpi_open.of = n.of and kpi_open.id = n.id

-- name: drop_pictures
-- $1 hospital, $2 below this Seq
delete from bed_picture where hospital = $1 and seq < $2

-- name: drop_choices
-- $1 hospital, $2 before
delete from choice where hospital = $1 and at < $2

-- name: kept_to
-- How far the figures are kept that are read from what goes. $1 hospital
select coalesce(min(seq), 0) as seq, count(*)::int as kinds from kept where hospital = $1 and figures in ('turns', 'cases', 'conditions')

-- name: hours_kept
-- $1 hospital
select until from kept where hospital = $1 and figures = 'hours'
