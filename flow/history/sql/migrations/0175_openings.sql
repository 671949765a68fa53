-- Names opened for a reason (break-glass): who, when, of which ward (none: those in no ward yet), why, and who has looked at it since. A row
-- is there before a name is shown. The opener's own words and the reviewer's remark are sealed: they may name somebody. How many names were
-- shown is in the audit trail.

create table opening (
    hospital    text        not null,
    id          bigint      generated always as identity,
    seat        text        not null,
    actor       text        not null,
    role        text        not null,
    ward        text,
    reason      text        not null,
    words       bytea       not null,
    at          timestamptz not null,
    until       timestamptz not null check (until > at),
    ended_at    timestamptz,
    reviewed_by text,
    reviewed_at timestamptz,
    remark      bytea,
    primary key (hospital, id),
    check ((reviewed_by is null) = (reviewed_at is null) and (reviewed_by is null) = (remark is null)),
    check (reviewed_by <> actor)
);
create index opening_seat on opening (hospital, seat, id) where ended_at is null;
create index opening_at on opening (hospital, at desc, id desc);
create index opening_unreviewed on opening (hospital, id) where reviewed_at is null;

-- What was written of an opening stays: it may end once and be reviewed once. Sealed words may be sealed anew under another key.
create function opening_stays() returns trigger language plpgsql as $$
begin
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
create trigger opening_stays before update or delete on opening for each row execute function opening_stays();
create trigger opening_stays_whole before truncate on opening for each statement execute function append_only();
