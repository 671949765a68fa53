-- Every version of the hospital file with which a server has opened, from when on: whoever asks what a screen showed at 14:05 is answered
-- with the rooms and beds of 14:05. Sealed, for a file may hold a gateway's key; `digest` (the vault's) tells one text from another.
-- One row a change; rows are neither changed nor deleted.

create table hospital_file (
    hospital text        not null,
    version  integer     not null,
    from_at  timestamptz not null,
    from_seq bigint      not null,
    digest   text        not null,
    sealed   bytea       not null,
    primary key (hospital, version)
);
