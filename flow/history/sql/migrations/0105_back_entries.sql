-- What was entered from paper after an outage is listed by itself; it is a handful among all commands.

create index command_back on command (hospital, id) where name = 'EnterBack';
