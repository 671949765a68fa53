-- What stands of an opening stays until its time is over: then whoever owns the table takes it away, and must say that this is what it does
-- (`bedflow.retention`, as with the log). It may still end once and be reviewed once, and nothing else of it is ever changed.
create or replace function opening_stays() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and current_setting('bedflow.retention', true) = 'on'
       and pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member') then
        return old;
    end if;
    if tg_op <> 'UPDATE'
       or (old.hospital, old.id, old.seat, old.actor, old.role, old.ward, old.reason, old.at, old.until)
          is distinct from (new.hospital, new.id, new.seat, new.actor, new.role, new.ward, new.reason, new.at, new.until)
       or (old.ended_at is not null and old.ended_at is distinct from new.ended_at)
       or (old.reviewed_at is not null and (old.reviewed_by, old.reviewed_at) is distinct from (new.reviewed_by, new.reviewed_at)) then
        raise exception 'what stands of an opening stays' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
