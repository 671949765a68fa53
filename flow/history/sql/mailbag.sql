-- name: keep
-- Letters that came together; the bag, and numbers for its letters. $1 hospital, $2 feed, $3 how many, $4 when the oldest was received, $5 sealed
insert into mailbag (hospital, feed, letters, received_at, body, numbers)
values ($1, $2, $3, $4, $5, (select array_agg(nextval('letter_id_seq')) from generate_series(1, $3)))
returning id, numbers

-- name: first
-- Whether these bags are the next, and no letter is to be handled before them. $1 hospital, $2 ids
select count(*) = cardinality($2::bigint[]) and bool_and(id = any($2::bigint[])) and not exists (
    select from letter where hospital = $1 and state = 'received') as first
from mailbag where hospital = $1 and id <= (select max(id) from unnest($2::bigint[]) as these(id))

-- name: take
-- The oldest bags, with their letters' numbers. $1 hospital, $2 letters, those that lie ready included, after which no
-- further bag is taken, $3 bytes after which none is
select id, feed, letters, received_at, body,
    coalesce(numbers::text[], (select array_agg(nextval('letter_id_seq')::text) from generate_series(1, letters)))
from mailbag where hospital = $1 and id in (
    select id from (
        select id, sum(letters) over bags - letters as letters, sum(octet_length(body)) over bags - octet_length(body) as bytes
        from (select id, letters, body from mailbag where hospital = $1 order by id limit $2) as next
        window bags as (order by id)
    ) as before
    where bytes < $3 and letters < $2 - (select count(*) from (
        select from letter where hospital = $1 and state = 'received' limit $2) as ready))

-- name: empty
-- Bags whose letters lie in the journal now. $1 hospital, $2 ids
delete from mailbag where hospital = $1 and id = any($2::bigint[])
