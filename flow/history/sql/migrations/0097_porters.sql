-- Porters have badges, PINs and shifts as cleaners have: the trade says which of the two somebody is.

alter table cleaner add column trade text not null default 'housekeeping' check (trade in ('housekeeping', 'porter'));
