-- Letters get their numbers with the bag that they lie in: whoever takes them up, and however, numbers them alike. Bags of before have none.
alter table mailbag add column numbers bigint[];
