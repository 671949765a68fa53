-- Who lay anywhere at a moment of the past: the stays that cover it, and not every stay there ever was in each bed.

create index occupancy_covering on occupancy using gist (tstzrange(from_at, to_at)) where kind = 'occupied';
