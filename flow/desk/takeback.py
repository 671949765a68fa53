"""What an undo needs to know: the records as they stood before a command, and the versions it left."""

from collections.abc import Iterable

from flow.domain.commands import Undo
from flow.domain.decide.undo import unmade
from flow.domain.events import Entry, Kind
from flow.errors import Refused
from flow.history.log import Log


async def undo_of(log: Log, entries: Iterable[Entry]) -> Undo:
    """The command that takes these entries back. Refused where they cannot be."""
    firsts: dict[str, Entry] = {}
    changed: dict[str, int] = {}
    for entry in entries:
        if entry.event.kind is Kind.UNDONE:
            raise Refused("An undo is not undone; do it again instead.", code="undone")
        key = f"{entry.event.entity}/{entry.event.entity_id}"
        firsts.setdefault(key, entry)
        changed[key] = entry.seq
    before = []
    for entry in firsts.values():
        event = entry.event
        record = await log.before(event.entity, event.entity_id, entry.seq) or unmade(event.record)
        if record is None:
            raise Refused("This cannot be undone.", code="not-undoable")
        before.append(record)
    return Undo(tuple(before), changed)
