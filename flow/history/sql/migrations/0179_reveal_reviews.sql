-- Letters that were opened (`reveal`, which is only added to) are reviewed as openings of names are: once, with a remark, by somebody else.
-- What the opener wrote besides the reason lies here as well, sealed, as it may name somebody; of letters opened before, none does.
create table reveal_review (
    hospital    text   not null,
    reveal      bigint not null,
    words       bytea,
    reviewed_by text,
    reviewed_at timestamptz,
    remark      bytea,
    primary key (hospital, reveal),
    foreign key (hospital, reveal) references reveal (hospital, id),
    check ((reviewed_by is null) = (reviewed_at is null) and (reviewed_by is null) = (remark is null))
);

-- Reviewed once; sealed words may be sealed anew. It goes with its reveal, by the owner's hand.
create function reveal_review_stays() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and current_setting('bedflow.retention', true) = 'on'
       and pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member') then
        return old;
    end if;
    if tg_op <> 'UPDATE' or (old.hospital, old.reveal) is distinct from (new.hospital, new.reveal)
       or (old.words is null) is distinct from (new.words is null)
       or (old.reviewed_at is not null and (old.reviewed_by, old.reviewed_at) is distinct from (new.reviewed_by, new.reviewed_at)) then
        raise exception 'what stands of an opened letter stays' using errcode = 'insufficient_privilege';
    end if;
    return new;
end
$$;
create trigger reveal_review_stays before update or delete on reveal_review for each row execute function reveal_review_stays();
create trigger reveal_review_stays_whole before truncate on reveal_review for each statement execute function append_only();
create index reveal_at on reveal (hospital, at desc, id desc);
