-- What the nightly back-test found of the forecasts of the last 28 days, by the day on whose morning it was made: figures as in
-- `flow.domain.forecast.Judged`.

create table forecast_verdict (
    hospital     text     not null,
    day          date     not null,
    level        text     not null check (level in ('house', 'specialty', 'ward')),
    name         text     not null,
    hours        smallint not null,
    count        integer  not null check (count > 0),
    issued       integer  not null,
    covered_80   float8   not null,
    covered_90   float8   not null,
    mae          float8   not null,
    mae_now      float8   not null,
    mae_week     float8   not null,
    pinball      float8   not null,
    pinball_now  float8   not null,
    pinball_week float8   not null,
    brier        float8   not null,
    brier_usual  float8   not null,
    widen_80     integer  not null,
    widen_90     integer  not null,
    primary key (hospital, day, level, name, hours),
    check (issued between 0 and count)
);
