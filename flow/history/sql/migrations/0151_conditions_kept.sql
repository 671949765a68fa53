-- The beds' conditions are kept behind the log, and no longer in a letter's own transaction; those that stand there go by all of it.

insert into kept (hospital, figures, seq, until, rules) select hospital, 'conditions', seq, null, '1' from head on conflict do nothing;
