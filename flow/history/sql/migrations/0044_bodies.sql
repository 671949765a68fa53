-- Bodies are always read whole, so they are kept as they were written: nothing is parsed and built anew for each event (an eighth of the
-- time of a burst). Operators that look into them work all the same.

alter table log alter column body type json using body::json;
alter table record alter column body type json using body::json;
