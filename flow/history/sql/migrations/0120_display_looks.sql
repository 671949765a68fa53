-- A display may stand before several clinics of a floor, and speaks a language and wears a theme; what it says of itself tells which, so that
-- its past is drawn again as it was.

alter table device add column clinics text[] not null default '{}';
update device set clinics = array[clinic] where clinic is not null;
alter table device drop column clinic;
alter table device add column lang text not null default '';
alter table device add column light boolean not null default false;

alter table display_stretch add column lang text not null default '';
alter table display_stretch add column light boolean not null default false;
