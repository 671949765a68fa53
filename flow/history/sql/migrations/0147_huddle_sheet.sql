-- Huddle sheets as they were issued, a row for each huddle: nothing of `sheet` is ever changed. `came` is what came true, seen at the hour
-- that the sheet counts to; it stays empty where nobody looked at that hour.

create table huddle_sheet (
    hospital text        not null,
    huddle   timestamptz not null,
    made_at  timestamptz not null,
    until    timestamptz not null,
    sheet    text        not null,
    came     text,
    primary key (hospital, huddle),
    check (made_at <= huddle and made_at < until)
);
