-- Why a person's name is withheld from those who do not care for them (flow.domain.person.Guard), sealed: that somebody is to be kept quiet
-- is itself a secret. Null: nobody ever asked for it.
alter table person add column guards bytea;

-- Who opened which letter and why stays as it was written.
create trigger append_only before update or delete or truncate on reveal for each statement execute function append_only();
