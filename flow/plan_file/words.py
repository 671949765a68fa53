"""The words of a hospital file's values: how long a text may be, how large a number; and what every table of it is."""

from typing import Annotated

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=12)]
"""What stands on a tile or a ticket."""
Count = Annotated[int, msgspec.Meta(ge=0, le=400)]
Age = Annotated[int, msgspec.Meta(ge=0, le=150)]
Metres = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Points = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Some = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
"""What is divided by, or of which none makes no sense."""
Amount = Annotated[int, msgspec.Meta(ge=0, le=100_000_000)]
Minutes = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Place = Annotated[float, msgspec.Meta(ge=-100_000, le=100_000)]
Length = Annotated[float, msgspec.Meta(gt=0, le=100_000)]


class Table(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Any table of the file."""
