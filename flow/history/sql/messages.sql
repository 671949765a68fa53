-- name: post
-- Messages to be sent. $1 hospital, $2 kind, $3 now, then arrays: wards, addressees, keys (null: no matter), texts; a key is written once
insert into message (hospital, kind, ward, addressee, key, text, made_at, due_at)
select $1, $2, n.ward, n.addressee, n.key, n.text, $3, $3
from unnest($4::text[], $5::text[], $6::text[], $7::text[]) as n(ward, addressee, key, text)
on conflict (hospital, kind, key) do nothing

-- name: take
-- The oldest that is due is taken in hand, and marked as such before anything leaves. $1 hospital, $2 now
update message set sending_at = $2, tries = tries + 1
where hospital = $1 and id = (
    select id from message
    where hospital = $1 and sent_at is null and given_up is null and sending_at is null and due_at <= $2
    order by due_at, id limit 1 for update skip locked)
returning id, kind, ward, addressee, text, tries

-- name: sent
-- $1 hospital, $2 id, $3 now
update message set sent_at = $3 where hospital = $1 and id = $2

-- name: again
-- It was refused; it is tried again later. $1 hospital, $2 id, $3 when
update message set sending_at = null, due_at = $3 where hospital = $1 and id = $2

-- name: give_up
-- $1 hospital, $2 id, $3 why
update message set given_up = $3 where hospital = $1 and id = $2

-- name: cut_off
-- Handed over long ago and never answered: nobody knows whether it arrived, and it is not sent twice. $1 hospital, $2 handed over before
update message set given_up = 'cut off while it was sent' where hospital = $1 and sent_at is null and given_up is null and sending_at < $2
returning id

-- name: latest
-- The newest messages. $1 hospital, $2 since, $3 most
select id, kind, ward, addressee, text, made_at, tries, sending_at, sent_at, given_up from message
where hospital = $1 and made_at >= $2 order by made_at desc, id desc limit $3
