-- name: lock
-- One server at a time lays down what it opened with, until the transaction ends. $1 hospital
select pg_advisory_xact_lock(hashtextextended('hospital file ' || $1, 0))

-- name: newest
-- $1 hospital
select version, digest from hospital_file where hospital = $1 order by version desc limit 1

-- name: add
-- $1 hospital, $2 version, $3 now, $4 the log's Seq, $5 digest, $6 sealed
insert into hospital_file (hospital, version, from_at, from_seq, digest, sealed) values ($1, $2, $3, $4, $5, $6)

-- name: at
-- The version in force at a moment, the oldest where none was kept by then; with when the next one came. $1 hospital, $2 moment
select f.version, f.from_at, n.from_at as until_at, f.from_seq, f.sealed
from hospital_file f left join hospital_file n on n.hospital = $1 and n.version = f.version + 1
where f.hospital = $1
order by f.from_at <= $2 desc, case when f.from_at <= $2 then -f.version else f.version end limit 1

-- name: get
-- $1 hospital, $2 version
select f.version, f.from_at, n.from_at as until_at, f.from_seq, f.sealed
from hospital_file f left join hospital_file n on n.hospital = $1 and n.version = f.version + 1
where f.hospital = $1 and f.version = $2
