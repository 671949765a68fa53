-- Telephone numbers of those who want to be told by message, sealed; a row stands for the consent, and goes with it.

create table contact (
    hospital     text        not null,
    patient      text        not null,
    sealed       bytea       not null,
    consented_at timestamptz not null,
    consented_by text        not null,
    primary key (hospital, patient)
);
