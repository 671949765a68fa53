-- Ward workstations: paired as displays are, each for one ward, used by several people one after the other, who come in by badge and PIN.
-- A session that began at a station holds with that station's own cookie alone. Of a badge its digest is kept, of a PIN its argon2id hash.

alter table device drop constraint device_kind_check;
alter table device add constraint device_kind_check check (kind in ('display', 'phone', 'station') and (kind <> 'station' or ward is not null));
alter table pairing drop constraint pairing_kind_check;
alter table pairing add constraint pairing_kind_check check (kind in ('display', 'phone', 'station'));

create table badge (
    hospital  text        not null,
    account   text        not null,
    digest    bytea       not null,
    issued_by text        not null,
    issued_at timestamptz not null,
    pin       text,
    pin_wrong integer     not null default 0,
    primary key (hospital, account),
    foreign key (hospital, account) references account (hospital, id) on delete cascade
);
create unique index badge_digest on badge (hospital, digest);

alter table session add column station text;
alter table session add constraint session_station foreign key (hospital, station) references device (hospital, id);
create index session_station on session (hospital, station) where station is not null;
alter table session drop constraint session_proof_check;
alter table session add constraint session_proof_check check (proof in ('password', 'code', 'recovery', 'passkey', 'provider', 'provider-mfa', 'badge'));
