-- What patients agreed to: for which purpose, when, how, and who wrote it down; and when and how it ended. By pseudonym, or by the token of a
-- day: nothing in it names anybody, so that it stays as proof when the person's details are erased. At most one of a purpose holds.
create table consent (
    hospital  text        not null,
    id        bigint      generated always as identity,
    patient   text        not null,
    purpose   text        not null check (purpose in ('messages', 'scan-and-share')),
    given_at  timestamptz not null,
    given_by  text        not null,
    how       text        not null,
    ended_at  timestamptz,
    ended_by  text        check ((ended_by is null) = (ended_at is null)),
    ended_how text        check ((ended_how is null) = (ended_at is null)),
    primary key (hospital, id)
);
create unique index consent_holds on consent (hospital, patient, purpose) where ended_at is null;
create index consent_patient on consent (hospital, patient, id);

insert into consent (hospital, patient, purpose, given_at, given_by, how)
select hospital, patient, 'messages', consented_at, consented_by, 'said so to staff' from contact;

-- A consent that was given is not rewritten, and ends once.
create function ends_once() returns trigger language plpgsql as $$
begin
    if old.ended_at is not null or (to_jsonb(new) - array['ended_at', 'ended_by', 'ended_how']) <> (to_jsonb(old) - array['ended_at', 'ended_by', 'ended_how']) then
        raise exception 'a consent is not rewritten' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger ends_once before update on consent for each row execute function ends_once();
