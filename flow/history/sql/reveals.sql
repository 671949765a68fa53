-- name: note
-- Somebody opens a letter's masked parts. $1 hospital, $2 letter, $3 actor, $4 reason, $5 now
insert into reveal (hospital, letter, actor, reason, at) values ($1, $2, $3, $4, $5) returning id

-- name: words
-- $1 hospital, $2 reveal, $3 sealed words
insert into reveal_review (hospital, reveal, words) values ($1, $2, $3)

-- name: of_letter
-- Who opened a letter, newest first. $1 hospital, $2 letter, $3 how many
select r.id, r.letter, r.actor, r.reason, r.at, v.words, v.reviewed_by, v.reviewed_at, v.remark
from reveal r left join reveal_review v on v.hospital = r.hospital and v.reveal = r.id
where r.hospital = $1 and r.letter = $2 order by r.id desc limit $3

-- name: list
-- Those of a time, or those nobody has looked at, newest first. $1 hospital, $2 from, $3 to, $4 unreviewed alone, of any time, $5 how many
select r.id, r.letter, r.actor, r.reason, r.at, v.words, v.reviewed_by, v.reviewed_at, v.remark
from reveal r left join reveal_review v on v.hospital = r.hospital and v.reveal = r.id
where r.hospital = $1 and case when $4 then v.reviewed_at is null else r.at >= $2 and r.at < $3 end
order by r.at desc, r.id desc limit $5

-- name: unreviewed
-- How many nobody has looked at. $1 hospital
select count(*)::integer from reveal r left join reveal_review v on v.hospital = r.hospital and v.reveal = r.id
where r.hospital = $1 and v.reviewed_at is null

-- name: review
-- Somebody has looked at one; nobody at their own. $1 hospital, $2 number, $3 who, $4 now, $5 sealed remark
insert into reveal_review (hospital, reveal, reviewed_by, reviewed_at, remark)
select hospital, id, $3, $4, $5 from reveal where hospital = $1 and id = $2 and actor <> $3
on conflict (hospital, reveal) do update
set reviewed_by = excluded.reviewed_by, reviewed_at = excluded.reviewed_at, remark = excluded.remark
where reveal_review.reviewed_at is null returning reveal
