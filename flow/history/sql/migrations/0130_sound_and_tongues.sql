-- How a display that calls numbers out stands now: whether it may sound, and for which languages nobody has a voice there. And in which
-- language somebody is written to: as they or the desk chose, else as a feed says of them (PID-15); a holder is a patient, or a token that
-- nobody has a name for.

create table display_sound (
    hospital text        not null,
    device   text        not null,
    sound    text        not null check (sound in ('on', 'off', 'blocked')),
    mute     text[]      not null default '{}',
    said_at  timestamptz not null,
    primary key (hospital, device)
);

create table tongue (
    hospital text        not null,
    holder   text        not null,
    lang     text        not null,
    chosen   boolean     not null,
    said_at  timestamptz not null,
    primary key (hospital, holder)
);
create index tongue_said on tongue (hospital, said_at);
