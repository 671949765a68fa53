-- Statistics need their tables' owner; the role that serves is not.
create function weigh() returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    analyze log, record, bed_interval, bed_condition;
end
$$;
