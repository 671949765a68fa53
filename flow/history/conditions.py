"""What each bed was by event time, and when we believed it (`bed_condition`): kept behind the log, read for any past moment. Who lay where
is in `occupancy`; `flow.domain.past` says what both mean together. It can be made again from the log, and what was told before that
begins from its snapshot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState, BedStatus
from flow.domain.events import Entry
from flow.domain.ids import BedId, VisitId
from flow.domain.past import Claim, Lay
from flow.history.bundle import Part, carry_out
from flow.history.cuts import last_cut
from flow.history.kept import CONDITIONS, Kept, keeping, log_head, move, state
from flow.history.log import entry_of
from flow.history.pool import Connection, Database
from flow.history.queries import load

_SQL = load("conditions")
AT_ONCE = 5_000
"""Entries of the log in one transaction."""
RULES = "1"


async def keep_conditions(database: Database) -> int | None:
    """One step towards the end of the log; returns up to which Seq conditions are kept, or None once all are."""
    hospital = database.hospital
    async with keeping(database, CONDITIONS) as (connection, kept):
        if kept.rules != RULES:
            begin = (await last_cut(connection, hospital)).seq_to
            for name in ("clear", "unreplaced"):
                await connection.execute(_SQL[name], hospital, begin)
            kept = Kept(begin)
        head = await log_head(connection, hospital)
        seq = min(head, kept.seq + AT_ONCE)
        told = await connection.fetch(_SQL["told"], hospital, kept.seq, seq)
        await carry_out(connection, _projected(hospital, [entry_of(row) for row in told]))
        await move(connection, hospital, CONDITIONS, Kept(seq, None, RULES))
    return seq if seq < head else None


async def caught_up(database: Database) -> None:
    """For whoever reads: the worker looks only now and then. Nothing is written where nothing was told since."""
    async with database.read() as connection:
        kept = await state(connection, database.hospital, CONDITIONS, RULES)
        if kept.rules and kept.seq >= await log_head(connection, database.hospital):
            return
    while await keep_conditions(database) is not None:
        pass


def _projected(hospital: str, entries: Sequence[Entry]) -> list[Part]:
    """What brings the beds' conditions up to these entries."""
    by_bed: dict[BedId, list[Claim]] = {}
    for entry in entries:
        if isinstance(bed := entry.event.record, BedState):
            chain = by_bed.setdefault(bed.id, [])
            if not chain or (chain[-1].start, chain[-1].status) != (bed.now.since, bed.status):
                chain.append(_claim(bed, entry.seq))
    told = [
        (claim.bed, claim.seq, _until(chain[place + 1 :], claim), claim.start, claim.status, claim.before, place == 0)
        for chain in by_bed.values()
        for place, claim in enumerate(chain)
    ]
    if not told:
        return []
    beds, seqs, until, starts, statuses, before, first = (list(column) for column in zip(*told, strict=True))
    cut = (_SQL["cut"], (hospital, beds, seqs, starts, statuses, first))
    return [cut, (_SQL["put"], (hospital, beds, seqs, until, starts, statuses, before, first))]


def _claim(bed: BedState, seq: int) -> Claim:
    before = bed.before.status if bed.status is BedStatus.OCCUPIED and bed.before is not None else None
    return Claim(bed.id, bed.now.since, bed.status, seq, before=None if before is BedStatus.OCCUPIED else before)


def _until(later: Sequence[Claim], claim: Claim) -> int | None:
    return next((one.seq for one in later if one.start <= claim.start), None)


@dataclass(frozen=True, slots=True)
class Words:
    """What was ever told of one bed that bears on a stretch of time."""

    claims: list[Claim]
    lays: list[Lay]


async def words_about(
    connection: Connection, hospital: str, start: datetime, end: datetime, seq: int, beds: Sequence[BedId] | None = None
) -> dict[BedId, Words]:
    """By bed (all of them where none are named), for whoever asked at `start`, when `seq` was the last entry, or later."""
    asked = (hospital, start, end, beds, seq)
    found: dict[BedId, Words] = {}
    for row in await connection.fetch(_SQL["claims"], *asked):
        bed, before = BedId(row["bed"]), row["before"]
        claim = Claim(bed, row["from_at"], BedStatus(row["status"]), row["seq_from"], row["seq_to"], before and BedStatus(before))
        found.setdefault(bed, Words([], [])).claims.append(claim)
    for row in await connection.fetch(_SQL["stays"], *asked):
        bed = BedId(row["bed"])
        lay = Lay(bed, VisitId(row["holder"]), row["from_at"], row["to_at"], row["seq_from"], row["seq_to"])
        found.setdefault(bed, Words([], [])).lays.append(lay)
    return found
