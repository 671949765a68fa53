-- Phones whose browsers may be written to while nobody looks at them, and what they were told: nothing twice. Addresses are sealed.

create table push_subscription (
    hospital text        not null,
    device   text        not null,
    sealed   bytea       not null,
    at       timestamptz not null,
    primary key (hospital, device)
);

create table push_told (
    hospital text        not null,
    device   text        not null,
    what     text        not null,
    at       timestamptz not null,
    primary key (hospital, device, what)
);
