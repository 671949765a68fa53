-- name: keep
-- Letters that came together. $1 hospital, $2 feed, $3 how many, $4 when the oldest was received, $5 sealed
insert into mailbag (hospital, feed, letters, received_at, body) values ($1, $2, $3, $4, $5)

-- name: take
-- The oldest bags, taken out. $1 hospital, $2 letters after which no further one is taken, $3 bytes after which none is
delete from mailbag where hospital = $1 and id in (
    select id from (
        select id, sum(letters) over bags - letters as letters, sum(octet_length(body)) over bags - octet_length(body) as bytes
        from (select id, letters, body from mailbag where hospital = $1 order by id limit $2) as next
        window bags as (order by id)
    ) as before
    where letters < $2 and bytes < $3)
returning id, feed, letters, received_at, body
