"""Postgres: the truth. The log, the stays, the journal of letters and commands, the people. Only this room speaks SQL."""
