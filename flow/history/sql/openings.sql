-- name: end
-- What a seat has opened is over. $1 hospital, $2 seat, $3 now
update opening set ended_at = $3 where hospital = $1 and seat = $2 and ended_at is null and until > $3

-- name: begin
-- $1 hospital, $2 seat, $3 actor, $4 role, $5 ward or null, $6 reason, $7 now, $8 until, $9 its number, $10 sealed words
insert into opening (hospital, id, seat, actor, role, ward, reason, at, until, words) overriding system value
values ($1, $9, $2, $3, $4, $5, $6, $7, $8, $10)

-- name: number
-- The next opening's number: its words are sealed for it
select nextval(pg_get_serial_sequence('opening', 'id'))

-- name: of_seat
-- What a seat has open. $1 hospital, $2 seat, $3 now
select id, ward, until from opening where hospital = $1 and seat = $2 and ended_at is null and until > $3 order by id desc limit 1

-- name: live
-- Those of the openings that still stand. $1 hospital, $2 numbers, $3 now
select id from opening where hospital = $1 and id = any($2::bigint[]) and ended_at is null and until > $3

-- name: unreviewed
-- How many nobody has looked at. $1 hospital
select count(*)::integer from opening where hospital = $1 and reviewed_at is null

-- name: list
-- Openings of a time, or those nobody has looked at, newest first, each with how many people were shown by it. $1 hospital, $2 from, $3 to,
-- $4 unreviewed alone, of any time, $5 how many
select o.*, coalesce(t.names, 0)::integer as names from opening o
left join lateral (
    select count(distinct whom) as names from audit a cross join unnest(a.patients) whom
    where a.hospital = o.hospital and a.actor = o.actor and a.at >= o.at and a.at <= o.until + interval '1 minute'
          and a.kind = 'read' and a.detail ->> 'opening' = o.id::text
) t on true
where o.hospital = $1 and case when $4 then o.reviewed_at is null else o.at >= $2 and o.at < $3 end
order by o.id desc limit $5

-- name: review
-- Somebody has looked at one that is over; nobody at their own. $1 hospital, $2 number, $3 who, $4 now, $5 sealed remark
update opening set reviewed_by = $3, reviewed_at = $4, remark = $5
where hospital = $1 and id = $2 and reviewed_at is null and actor <> $3 and (ended_at is not null or until <= $4) returning id
