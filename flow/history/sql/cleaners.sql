-- name: add
-- $1 hospital, $2 id, $3 nick, $4 trained, $5 zone, $6 shift, $7 badge digest, $8 PIN hash, $9 added by, $10 now, $11 trade
insert into cleaner (hospital, id, nick, trained, zone, shift, badge, pin, added_by, added_at, trade)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: change
-- $1 hospital, $2 id, $3 nick, $4 trained, $5 zone, $6 shift
update cleaner set nick = $3, trained = $4, zone = $5, shift = $6 where hospital = $1 and id = $2 and left_at is null returning id

-- name: list
-- Everybody of a trade who has not left, with the shift they are on. $1 hospital, $2 trade
select c.id, c.nick, c.trained, c.zone, c.shift, c.pin is not null as has_pin, c.pin_wrong, s.from_at as on_since, s.device, c.trade
from cleaner c left join cleaner_shift s on s.hospital = $1 and s.cleaner = c.id and s.to_at is null
where c.hospital = $1 and c.trade = $2 and c.left_at is null order by c.nick, c.id

-- name: one
-- $1 hospital, $2 id
select c.id, c.nick, c.trained, c.zone, c.shift, c.pin is not null as has_pin, c.pin_wrong, s.from_at as on_since, s.device, c.trade
from cleaner c left join cleaner_shift s on s.hospital = $1 and s.cleaner = c.id and s.to_at is null
where c.hospital = $1 and c.id = $2 and c.left_at is null

-- name: by_badge
-- $1 hospital, $2 badge digest
select c.id, c.nick, c.trained, c.zone, c.shift, c.pin is not null as has_pin, c.pin_wrong, s.from_at as on_since, s.device, c.trade
from cleaner c left join cleaner_shift s on s.hospital = $1 and s.cleaner = c.id and s.to_at is null
where c.hospital = $1 and c.badge = $2 and c.left_at is null

-- name: of_device
-- Who works with a phone now. $1 hospital, $2 device
select c.id, c.nick, c.trained, c.zone, c.shift, c.pin is not null as has_pin, c.pin_wrong, s.from_at as on_since, s.device, c.trade
from cleaner_shift s join cleaner c on c.hospital = $1 and c.id = s.cleaner
where s.hospital = $1 and s.device = $2 and s.to_at is null and c.left_at is null

-- name: was_on
-- Who had a phone some hours ago. $1 hospital, $2 cleaner, $3 device, $4 since
select c.id, c.nick, c.trained, c.zone, c.shift, c.pin is not null as has_pin, c.pin_wrong, s.from_at as on_since, s.device, c.trade
from cleaner_shift s join cleaner c on c.hospital = $1 and c.id = s.cleaner
where s.hospital = $1 and s.cleaner = $2 and s.device = $3 and (s.to_at is null or s.to_at > $4)
order by s.from_at desc limit 1

-- name: new_badge
-- $1 hospital, $2 id, $3 badge digest
update cleaner set badge = $3 where hospital = $1 and id = $2 and left_at is null returning id

-- name: leave
-- $1 hospital, $2 id, $3 now
update cleaner set left_at = $3 where hospital = $1 and id = $2 and left_at is null returning id

-- name: first_pin
-- $1 hospital, $2 id, $3 hash
update cleaner set pin = $3, pin_wrong = 0 where hospital = $1 and id = $2 and pin is null and left_at is null returning id

-- name: forget_pin
-- A supervisor lets somebody choose again. $1 hospital, $2 id
update cleaner set pin = null, pin_wrong = 0 where hospital = $1 and id = $2 and left_at is null returning id

-- name: wrong_pin
-- Counts a try before the PIN is looked at, so that tries side by side all count. $1 hospital, $2 id
update cleaner set pin_wrong = pin_wrong + 1 where hospital = $1 and id = $2 and left_at is null returning pin, pin_wrong

-- name: right_pin
-- $1 hospital, $2 id
update cleaner set pin_wrong = 0 where hospital = $1 and id = $2

-- name: hold
-- Two phones that are given one badge at once wait for each other. $1 hospital, $2 cleaner
select id from cleaner where hospital = $1 and id = $2 and left_at is null for update

-- name: shift_over
-- Ends the shift of this cleaner and of whoever had this phone. $1 hospital, $2 cleaner, $3 device, $4 now
update cleaner_shift set to_at = greatest(from_at, $4)
where hospital = $1 and to_at is null and (cleaner = $2 or device = $3) returning cleaner

-- name: shift_begins
-- $1 hospital, $2 cleaner, $3 device, $4 now
insert into cleaner_shift (hospital, cleaner, device, from_at) values ($1, $2, $3, $4)
