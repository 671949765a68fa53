-- Whose patient somebody is: the doctors that the feed names with a visit (PV1-7 attending, 8 referring, 9 consulting, 17 admitting), by the
-- code they go by there, never by name; and which codes an account goes by, as an administrator says. A doctor reads the names of own
-- patients. The codes are staff's, stand beside the log and not in it, and can be taken away.

create table practitioner (
    hospital text        not null,
    visit    text        not null,
    field    smallint    not null check (field in (7, 8, 9, 17)),
    code     text        not null,
    told_at  timestamptz not null,
    primary key (hospital, visit, field, code)
);
create index practitioner_code on practitioner (hospital, code, visit);

alter table account add column practitioners text[] not null default '{}';
