-- How long a turn took, written once instead of counted at every question.

alter table bed_turn add column minutes float8 generated always as (extract(epoch from ready_at - began_at)::float8 / 60) stored;
