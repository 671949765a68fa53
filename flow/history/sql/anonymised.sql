-- name: close
-- Keep the counts of a month; those that stand are not changed. $1 hospital, $2 month, $3 now, $4 counts
insert into anonymised_month (hospital, month, closed_at, body) values ($1, $2, $3, $4) on conflict do nothing

-- name: closed
-- The counts of a month, and when they were closed. $1 hospital, $2 month
select closed_at, body from anonymised_month where hospital = $1 and month = $2
