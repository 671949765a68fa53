-- The one table that holds names and MRNs, sealed. `patient` is the vault's pseudonym of the MRN.

create table person (
    hospital   text        not null,
    patient    text        not null,
    sealed     bytea       not null,
    updated_at timestamptz not null,
    primary key (hospital, patient)
);
