-- Plans of wards that somebody drew: each version with which of its shapes is which bed, and when it was shown.

create table floor_plan (
    hospital    text        not null,
    ward        text        not null,
    version     integer     not null,
    drawing     jsonb       not null,
    beds        jsonb       not null,
    uploaded_by text        not null,
    uploaded_at timestamptz not null,
    primary key (hospital, ward, version)
);

create table floor_plan_shown (
    hospital text        not null,
    ward     text        not null,
    version  integer     not null,
    from_at  timestamptz not null,
    until_at timestamptz,
    shown_by text        not null,
    foreign key (hospital, ward, version) references floor_plan
);

create index floor_plan_shown_when on floor_plan_shown (hospital, ward, from_at);
create unique index floor_plan_shown_now on floor_plan_shown (hospital, ward) where until_at is null;
