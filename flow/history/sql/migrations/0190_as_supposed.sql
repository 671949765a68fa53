-- Letters that come alone are kept and handled by one statement, which was told nothing before: it supposes what is nearly always so, and
-- fails where it is not. Then nothing was done, and the letters are kept first. `numbers` are those that they are given.

create function as_supposed(of_hospital text, numbers bigint[], fingerprints bytea[], controls text[], entities text[], ids text[])
returns boolean language plpgsql volatile as $$
begin
    if (select array_agg(nextval('letter_id_seq')) from generate_series(1, cardinality(numbers))) is distinct from numbers
        or exists (select from mailbag where hospital = of_hospital)
        or exists (select from letter where hospital = of_hospital and state = 'received')
        or exists (select from letter where hospital = of_hospital and fingerprint = any(fingerprints) and state <> 'duplicate')
        or exists (select from letter where hospital = of_hospital and control_id = any(controls) and state <> 'duplicate')
        or exists (
            select from record r join unnest(entities, ids) as n(entity, entity_id) on r.entity = n.entity and r.entity_id = n.entity_id
            where r.hospital = of_hospital and r.entity = any(entities) and r.entity_id = any(ids))
    then
        raise exception 'not as supposed' using errcode = 'serialization_failure';
    end if;
    return true;
end
$$;
