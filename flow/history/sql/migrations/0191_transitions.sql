-- The same rule as one list of texts: PostgreSQL reads a table's checks anew for each statement, and as pairs this one was 12 KB long.

alter table bed_interval drop constraint bed_interval_transitions, add constraint bed_interval_transitions check (
    was is null or was = status or was || '>' || status = any (
        '{available>occupied, cleaning>occupied, maintenance>occupied, occupied>cleaning, occupied>available, occupied>maintenance,
          available>cleaning, cleaning>available, available>maintenance, cleaning>maintenance, maintenance>available,
          maintenance>cleaning}'));
