"""Letter: one payload as it came, with the little its header says. The listener makes it, the journal keeps it.

`Keep` is the seam between them: it returns after COMMIT, and only then is anything answered.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


@dataclass(slots=True)  # not frozen: one is made for every letter, and freezing doubles what that costs
class Letter:
    """`sender` is "MSH-3|MSH-4", the scope of `control_id` (MSH-10); `trigger` is MSH-9.2 or ""; `problem` says why it cannot be read.

    A letter with a problem is kept as an exception; its `raw` may then be the beginning of something too long to keep.
    """

    feed: str
    raw: bytes
    control_id: str
    sender: str
    trigger: str
    received_at: datetime
    problem: str = ""


Keep: TypeAlias = Callable[[list[Letter]], Awaitable[object]]
"""Keep letters durably, in order. Raises `Unavailable` when it cannot: then nothing was kept and nothing is answered."""
