-- name: state
-- How far some figures are kept. $1 hospital, $2 which
select seq, until, rules from kept where hospital = $1 and figures = $2

-- name: claim
-- The same for whoever keeps them: one at a time, to the end of the transaction. $1 hospital, $2 which
select seq, until, rules from kept where hospital = $1 and figures = $2 for update

-- name: begin
-- $1 hospital, $2 which
insert into kept (hospital, figures, seq, until, rules) values ($1, $2, 0, null, '') on conflict do nothing

-- name: move
-- $1 hospital, $2 which, $3 seq, $4 until, $5 rules
update kept set seq = $3, until = $4, rules = $5 where hospital = $1 and figures = $2

-- name: forget
-- Everything is to be counted anew. $1 hospital
delete from kept where hospital = $1

-- name: head
-- The last Seq. $1 hospital
select coalesce(max(seq), 0) from log where hospital = $1
