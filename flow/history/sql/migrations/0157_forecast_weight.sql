-- How much of the next forecast are the patients' own chances; the rest is what was usual at that hour.

alter table forecast_verdict add column weight float8 not null default 1 check (weight between 0 and 1);
