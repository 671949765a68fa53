-- The integration engineer's search in a million letters. What still waits to be handled is in `letter_waiting` already, so that
-- these indexes leave out 'received' and cost the acknowledgment nothing: a letter enters them when it is settled.

create index letter_of_feed on letter (hospital, feed, id) where state <> 'received';
create index letter_of_trigger on letter (hospital, trigger, id) where state <> 'received';
create index letter_of_visit on letter (hospital, visit, id) where visit is not null;
create index letter_in_time on letter (hospital, received_at) include (feed) where state <> 'received';
