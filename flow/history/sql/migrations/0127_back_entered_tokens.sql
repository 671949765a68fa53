-- What an outpatient clinic entered from paper is listed by itself, as a ward's lines are.

create index command_back_token on command (hospital, id) where name = 'EnterTokenBack';
