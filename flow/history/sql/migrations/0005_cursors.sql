-- How far each follower of the log has come (outbound feeds): the last Seq it has dealt with.
create table log_cursor (
    hospital text   not null,
    name     text   not null,
    seq      bigint not null,
    primary key (hospital, name)
);
