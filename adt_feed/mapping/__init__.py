"""Mapping: what a message means, as commands of the domain. Before it `adt_feed.message` cut the text; after it the desk decides.

`triggers` is the one table, a row for each trigger; `times`, `places`, `persons` and `visits` read the parts of a message; `reading`
puts them together. Pure: no clock, no store; the pseudonym and the beds of the plan are handed in.
"""

from adt_feed.mapping.context import Context
from adt_feed.mapping.reading import Reading, read

__all__ = ["Context", "Reading", "read"]
