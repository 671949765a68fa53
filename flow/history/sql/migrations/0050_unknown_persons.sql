-- How many unknown men, women and others the hospital has named so far ("Unknown male 3"). Numbers are never given twice.

create table unknown_person (
    hospital text   not null,
    sex      text   not null check (sex in ('M', 'F', 'U')),
    number   bigint not null,
    primary key (hospital, sex)
);
