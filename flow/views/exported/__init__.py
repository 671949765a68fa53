"""The tables of the managers' pages as `flow.views.tables.Report`s: the words of the screen, with the kind of each column."""
