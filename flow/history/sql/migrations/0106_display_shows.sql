-- What a screen is there to show where its ward or house does not say it: empty for the plan or the command centre.

alter table device add column shows text not null default '' check (shows in ('', 'housekeeping'));
