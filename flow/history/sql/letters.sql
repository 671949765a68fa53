-- name: settled
-- Letters that are no longer waiting, newest first, without bodies; a filter that is null does not count. Planned anew for its
-- values, so that the rarest of them leads.
-- $1 hospital, $2 control id, $3 visit, $4 state, $5 trigger, $6 feed, $7 since, $8 until, $9 below this id, $10 from this id, $11 code,
-- $12 how many
select id, feed, sender, control_id, trigger, received_at, state, handled_at, reason, code, warnings, visit, events, gone, gone_at
from letter
where hospital = $1 and state <> 'received'
  and ($2::text is null or control_id = $2)
  and ($3::text is null or visit = $3)
  and ($4::text is null or state = $4)
  and ($5::text is null or trigger = $5)
  and ($6::text is null or feed = $6)
  and ($7::timestamptz is null or received_at >= $7)
  and ($8::timestamptz is null or received_at < $8)
  and ($9::bigint is null or id < $9)
  and ($10::bigint is null or id >= $10)
  and ($11::text is null or coalesce(code, '') = $11)
order by id desc limit $12

-- name: waiting
-- The same of letters that wait to be handled (`letter_waiting` has them); the parameters are those of `settled`.
select id, feed, sender, control_id, trigger, received_at, state, null::timestamptz as handled_at, reason, code, warnings, visit, events,
       gone, gone_at
from letter
where hospital = $1 and state = 'received'
  and ($2::text is null or control_id = $2)
  and ($3::text is null or visit = $3)
  and ($4::text is null or state = $4)
  and ($5::text is null or trigger = $5)
  and ($6::text is null or feed = $6)
  and ($7::timestamptz is null or received_at >= $7)
  and ($8::timestamptz is null or received_at < $8)
  and ($9::bigint is null or id < $9)
  and ($10::bigint is null or id >= $10)
  and ($11::text is null or coalesce(code, '') = $11)
order by id desc limit $12

-- name: bagged
-- How many letters lie in the mailbag, acknowledged and not yet in the journal. $1 hospital
select coalesce(sum(letters), 0) from mailbag where hospital = $1

-- name: ids_before
-- The highest number among the last letters received before a moment; numbers and times run together, save within a group.
-- $1 hospital, $2 moment
select max(id) from (
    select id from letter where hospital = $1 and state <> 'received' and received_at < $2 order by received_at desc limit 500) as last

-- name: ids_from
-- The lowest number among the first letters received from a moment on. $1 hospital, $2 moment
select min(id) from (
    select id from letter where hospital = $1 and state <> 'received' and received_at >= $2 order by received_at limit 500) as first

-- name: heard
-- The newest letter of each of these feeds. $1 hospital, $2 feeds
select f.feed, greatest(
    (select received_at from letter where hospital = $1 and state <> 'received' and feed = f.feed order by id desc limit 1),
    (select max(received_at) from letter where hospital = $1 and state = 'received' and feed = f.feed),
    (select max(received_at) from mailbag where hospital = $1 and feed = f.feed)) as last_at
from unnest($2::text[]) as f(feed)

-- name: rates
-- Letters of the last minute and hour by feed, and how long it took from receipt to handling, in seconds. $1 hospital, $2 now
with recent as (
    select feed, received_at, handled_at from letter
    where hospital = $1 and state <> 'received' and received_at > $2::timestamptz - interval '1 hour'
    union all
    select feed, received_at, null from letter
    where hospital = $1 and state = 'received' and received_at > $2::timestamptz - interval '1 hour'
    union all
    select feed, received_at, null from mailbag, generate_series(1, letters)
    where hospital = $1 and received_at > $2::timestamptz - interval '1 hour')
select feed,
    count(*) filter (where received_at > $2::timestamptz - interval '1 minute') as minute,
    count(*) as hour,
    percentile_cont(0.5) within group (order by extract(epoch from handled_at - received_at)) as p50,
    percentile_cont(0.95) within group (order by extract(epoch from handled_at - received_at)) as p95
from recent group by feed

-- name: unhandled
-- Letters that wait, by feed; one that was sent in again waits since then. $1 hospital
select feed, sum(letters)::bigint as letters, min(oldest) as oldest from (
    select feed, count(*) as letters, min(coalesce(handled_at, received_at)) as oldest
    from letter where hospital = $1 and state = 'received' group by feed
    union all
    select feed, sum(letters), min(received_at) from mailbag where hospital = $1 group by feed
) as all_of group by feed

-- name: errors
-- Letters of the last day that lie in the tray, by feed and code. $1 hospital, $2 now
select feed, coalesce(code, '') as code, count(*) as letters from letter
where hospital = $1 and state = 'parked' and received_at > $2::timestamptz - interval '24 hours'
group by 1, 2 order by 3 desc, 2

-- name: count_habits
-- Count the usual silence of each feed, by day (07 to 20 o'clock) and night: how many gaps between two letters there were, and the 99th
-- percentile of them. $1 hospital, $2 from when, $3 time zone, $4 now
with letters as (
    select feed, received_at, received_at - lag(received_at) over (partition by feed order by received_at) as gap
    from letter where hospital = $1 and state <> 'received' and received_at > $2)
insert into feed_habit (hospital, feed, day, gaps, usual, counted_at)
select $1, feed, extract(hour from (received_at - gap) at time zone $3::text) between 7 and 19, count(*),
    percentile_cont(0.99) within group (order by gap), $4
from letters where gap is not null group by 2, 3
on conflict (hospital, feed, day) do update set gaps = excluded.gaps, usual = excluded.usual, counted_at = excluded.counted_at

-- name: habits
-- The usual silences as last counted; of feeds that were heard in the week before. $1 hospital
select feed, day, gaps, usual from feed_habit
where hospital = $1 and counted_at = (select max(counted_at) from feed_habit where hospital = $1)

-- name: feeds_of
-- Which feeds sent letters of these triggers lately: by the newest few of each. $1 hospital, $2 triggers
select distinct said.feed from unnest($2::text[]) as asked(trigger)
cross join lateral (
    select feed from letter
    where hospital = $1 and state <> 'received' and letter.trigger = asked.trigger order by id desc limit 50) said

-- name: tray
-- What lies in the tray, by feed and code, the largest group first; a letter whose text is gone lies there no more. $1 hospital
select feed, coalesce(code, '') as code, count(*) as letters, min(received_at) as oldest, max(received_at) as newest,
    (array_agg(id order by id desc))[1:3] as some, (array_agg(reason order by id desc))[1] as reason
from letter where hospital = $1 and state = 'parked' and gone is null
group by 1, 2 order by 3 desc, 1, 2

-- name: parked_count
-- How much lies in the tray. $1 hospital
select count(*) from letter where hospital = $1 and state = 'parked' and gone is null

-- name: parked
-- Parked letters of some codes with their bodies, oldest first. $1 hospital, $2 codes, $3 feed or null, $4 above this id, $5 how many
select id, feed, control_id, trigger, received_at, fingerprint, body from letter
where hospital = $1 and state = 'parked' and gone is null and code = any($2::text[]) and ($3::text is null or feed = $3) and id > $4
order by id limit $5

-- name: put_back
-- Parked letters back into the queue; they wait since now. $1 hospital, $2 ids, $3 now
update letter set state = 'received', reason = null, code = null, handled_at = $3
where hospital = $1 and id = any($2::bigint[]) and state = 'parked' and gone is null returning id

-- name: put_back_code
-- All of a code back into the queue; they wait since now. $1 hospital, $2 code, $3 feed or null, $4 now
update letter set state = 'received', reason = null, code = null, handled_at = $4
where hospital = $1 and coalesce(code, '') = $2 and ($3::text is null or feed = $3) and state = 'parked' and gone is null
returning id

-- name: left
-- How many of the letters that were put back at a moment still wait. $1 hospital, $2 moment
select count(*) from letter where hospital = $1 and state = 'received' and handled_at = $2

-- name: handled_at_once
-- Letters of a made-up history were handled when they came. $1 hospital, $2 ids
update letter set handled_at = received_at where hospital = $1 and id = any($2::bigint[])

-- name: caused
-- The log's entries that a letter led to, in order. $1 hospital, $2 letter
select seq, kind, entity, at, recorded_at, origin, actor, letter, command, body::text as body
from log where hospital = $1 and letter = $2 order by seq

-- name: told_by
-- The letters that spoke of these visits, the newest first. $1 hospital, $2 visit numbers
select entity_id as visit, letter, max(seq) as seq from log
where hospital = $1 and entity = 'visit' and entity_id = any($2::text[]) and letter is not null
group by 1, 2 order by 3 desc
