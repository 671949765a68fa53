-- By which version of the hospital file a display's page was drawn, as its script says; 0 where it did not say.

alter table display_stretch add column file integer not null default 0;
