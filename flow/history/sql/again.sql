-- name: steps
-- Every decision in the order in which it was taken: letters and commands by the first Seq they caused; those that changed nothing
-- where they came between; and entries of the log that no journal holds (the opening of beds; what is past the journal's window).
-- A letter that is missing inside the window is missed, but for one whose text is gone (`letter.gone`). 
-- $1 hospital, $2 when the log was cut, or null; returns source (letter, command, log), id, seq, at, events
with journal as (
    select coalesce((select min(id) from letter where hospital = $1 and body <> ''::bytea), 9223372036854775807) as first_letter,
           coalesce((select min(id) from command where hospital = $1), 9223372036854775807) as first_command)
select 'letter' as source, l.letter as id, min(l.seq) as seq, min(l.recorded_at) as at, count(*) as events
from log l join letter j on j.hospital = l.hospital and j.id = l.letter and j.body <> ''::bytea
where l.hospital = $1 group by l.letter
union all
select 'command', l.command, min(l.seq), min(l.recorded_at), count(*)
from log l join command c on c.hospital = l.hospital and c.id = l.command
where l.hospital = $1 group by l.command
union all
select 'log', l.seq, l.seq, l.recorded_at, 1
from journal, log l left join letter j on j.hospital = l.hospital and j.id = l.letter
where l.hospital = $1
  and (l.letter is null and l.command is null or l.letter < journal.first_letter or j.gone is not null
       or l.command < journal.first_command)
union all
select 'letter', j.id, coalesce((
        select l.seq from log l
        where l.hospital = $1 and (l.recorded_at, coalesce(l.letter, 0)) > (j.handled_at, j.id) and l.recorded_at >= j.handled_at
        order by l.recorded_at, l.seq limit 1), (select seq + 1 from head where hospital = $1)), j.handled_at, 0
from letter j where j.hospital = $1 and j.state = 'handled' and j.events = 0 and j.body <> ''::bytea
  and j.handled_at > coalesce($2::timestamptz, '-infinity')
union all
select 'command', c.id, c.seq_from, c.recorded_at, 0
from command c where c.hospital = $1 and c.seq_to < c.seq_from and c.recorded_at > coalesce($2::timestamptz, '-infinity')
order by seq, events, at, id

-- name: commands
-- $1 hospital, $2 ids
select id, actor, origin, name, body::text as body from command where hospital = $1 and id = any($2::bigint[])

-- name: entries
-- The log's own entries. $1 hospital, $2 Seqs
select seq, kind, entity, at, recorded_at, origin, actor, letter, command, body::text as body
from log where hospital = $1 and seq = any($2::bigint[])

-- name: records
-- What stands. $1 hospital
select entity, entity_id, body::text as body from record where hospital = $1

-- name: parked
-- Letters that changed nothing because nobody could handle them. $1 hospital
select count(*) from letter where hospital = $1 and state = 'parked'
