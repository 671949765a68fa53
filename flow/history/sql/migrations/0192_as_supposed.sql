-- Whether a control id came before is asked by its own index: with the condition that it was no repeat, an index of letters that are none
-- would do as well, and a table that has no statistics yet was then gone through from end to end at every letter. A repeat's
-- control id counts as come before; its letter is kept first, as any that is not as supposed.

create or replace function as_supposed(of_hospital text, numbers bigint[], fingerprints bytea[], controls text[], entities text[], ids text[])
returns boolean language plpgsql volatile as $$
begin
    if (select array_agg(nextval('letter_id_seq')) from generate_series(1, cardinality(numbers))) is distinct from numbers
        or exists (select from mailbag where hospital = of_hospital)
        or exists (select from letter where hospital = of_hospital and state = 'received')
        or exists (select from letter where hospital = of_hospital and fingerprint = any(fingerprints) and state <> 'duplicate')
        or exists (select from letter where hospital = of_hospital and control_id = any(controls))
        or exists (
            select from unnest(entities, ids) as n(entity, entity_id) cross join lateral (
                select from record r where r.hospital = of_hospital and r.entity = n.entity and r.entity_id = n.entity_id limit 1) as stands)
    then
        raise exception 'not as supposed' using errcode = 'serialization_failure';
    end if;
    return true;
end
$$;
