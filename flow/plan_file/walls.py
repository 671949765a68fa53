"""`[walls]` of a hospital file: its table, what it may not say, and the looks that it makes."""

from typing import Literal

from flow.domain.wall_looks import WallLooks
from flow.locale import languages
from flow.plan_file.problems import Problems
from flow.plan_file.words import Table


class WallsTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[walls]`: what is offered first when a screen is let in."""

    language: str = ""
    theme: Literal["dark", "light"] = "dark"


def check_walls(table: WallsTable, problems: Problems) -> None:
    """A language that there is a catalogue of."""
    if table.language and table.language not in languages():
        problems.add(("walls", "language"), f"there are no words in {table.language!r}; there are {', '.join(languages())}")


def wall_looks(table: WallsTable) -> WallLooks:
    """What new screens are offered."""
    return WallLooks(table.language, table.theme == "light")
