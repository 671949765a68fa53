-- The daily report as it was made, so that it can be opened again as it was sent: one a day, whoever made it. No names stand in it.

create table daily_report (
    hospital text        not null,
    day      date        not null,
    made_at  timestamptz not null,
    summary  text        not null,
    html     text        not null,
    pdf      bytea,
    no_pdf   text        not null,
    primary key (hospital, day),
    check ((pdf is null) = (no_pdf <> ''))
);

alter table message drop constraint message_kind_check;
alter table message add constraint message_kind_check check (kind in ('escalation', 'patient', 'report'));
