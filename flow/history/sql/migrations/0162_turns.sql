-- A group of letters is decided on what was read before the append lock was taken. The statement that writes it takes the lock and looks
-- whether another group came in between: each takes a turn. It waits for nobody, so that no two can wait for each other.

alter table head add column turn bigint not null default 0;

create function in_turn(of_hospital text, expected bigint) returns boolean language plpgsql volatile as $$
begin
    -- a look of its own, after the lock: the statement's may be older
    if not pg_try_advisory_xact_lock(hashtextextended('bedflow desk ' || of_hospital, 0))
        or (select turn from head where hospital = of_hospital) is distinct from expected
    then
        raise exception 'another group was written meanwhile' using errcode = 'serialization_failure';
    end if;
    return true;
end
$$;
