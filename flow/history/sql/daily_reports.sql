-- name: lead
-- One process makes a report at a time. $1 hospital
select pg_try_advisory_xact_lock(hashtextextended('daily report ' || $1::text, 0))

-- name: made
-- Whether a day has its report. $1 hospital, $2 day
select exists (select 1 from daily_report where hospital = $1 and day = $2)

-- name: keep
-- A report; one that stands is not changed. $1 hospital, $2 day, $3 now, $4 summary, $5 html, $6 pdf, $7 why there is no pdf
insert into daily_report (hospital, day, made_at, summary, html, pdf, no_pdf) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (hospital, day) do nothing

-- name: list
-- The newest reports. $1 hospital, $2 most
select r.day, r.made_at, r.summary, r.no_pdf, m.sent_at, m.given_up, m.id is not null as posted
from daily_report r
left join message m on m.hospital = r.hospital and m.kind = 'report' and m.key = r.day::text
where r.hospital = $1 order by r.day desc limit $2

-- name: one
-- $1 hospital, $2 day
select day, made_at, summary, html, pdf, no_pdf from daily_report where hospital = $1 and day = $2

-- name: of_message
-- The report that a message tells of. $1 hospital, $2 the message's id
select r.day, r.made_at, r.summary, r.html, r.pdf, r.no_pdf
from message m join daily_report r on r.hospital = m.hospital and r.day::text = m.key
where m.hospital = $1 and m.kind = 'report' and m.id = $2
