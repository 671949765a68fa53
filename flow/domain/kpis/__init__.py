"""The managers' KPIs: `table` says what each one is, `cases` adds them up and cuts them, `readings` makes cases of the records."""
