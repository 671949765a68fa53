-- What ghosts are read from, a few rows among very many: leavings that were told late, and beds that somebody found empty.

create index bed_interval_late on bed_interval (hospital, from_at)
    where was = 'occupied' and status <> 'occupied' and recorded_at > from_at;
create index log_checks_answered on log (hospital, recorded_at) where kind = 'check-answered';
