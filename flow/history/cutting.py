"""Cutting: the oldest part of the log and of the trail is taken away once its time is over, by whoever owns the tables; nobody else can.

One step is one transaction, under the append lock: what is left is as whole as before it, or nothing was done. What goes is held against
the chain first, so that no evidence of a change goes with it. Of the log a sealed snapshot stays (`flow.history.snapshot`), of the chain
its last link and a cut that says so (`flow.history.cuts`); the read models lose what only spoke of the time before, days added up stay.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flow.codec import encode
from flow.domain.audit import START, Cut, Kind, Link, Trace
from flow.domain.bed import BedState
from flow.domain.ids import PatientId
from flow.domain.plan import Plan
from flow.domain.retention import Key, Stood, needed
from flow.errors import Refused
from flow.history import cuts, legal_holds, snapshot
from flow.history.audit import noted
from flow.history.bed_days import day_of
from flow.history.begun import begun_of
from flow.history.bundle import carry_out
from flow.history.legal_holds import InForce
from flow.history.log import is_live, lock, moved, patient_of
from flow.history.pool import Connection, Database
from flow.history.queries import load
from flow.history.seals import Seals
from flow.history.snapshot import Snapshot, entry_in
from flow.vault import Vault

_SQL, _SNAPSHOT, _PICTURES = load("cut"), load("snapshot"), load("pictures")
LINKS, ENTRIES = 5_000, 20_000
"""So many links and entries go in one step; the desk waits for as long."""
_NEVER = 1 << 62
_END = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Went:
    """What a step took away."""

    cut: Cut
    entries: int
    traces: int
    records: int


@dataclass(frozen=True, slots=True)
class _End:
    """The end of a stretch that goes: the link, and the Seq or transaction up to which, recorded or sealed when."""

    link: int
    upto: int
    at: datetime


class Cutting:
    """Of one hospital; `owner` connects as whoever owns the tables."""

    def __init__(self, owner: Database, plan: Plan, vault: Vault) -> None:
        self.owner, self.plan, self.vault = owner, plan, vault
        self.hospital = owner.hospital
        self.seals = Seals(owner, vault)

    async def owns(self) -> bool:
        """Whether our role may take anything away."""
        async with self.owner.read() as connection:
            return bool(await connection.fetchval(_SQL["owns"]))

    async def step(self, history_before: datetime, trail_before: datetime, at: datetime) -> Went | None:
        """Take away the next part of what is over; None once nothing is. Refused where the chain does not hold there."""
        async with self.owner.write() as connection:
            seq, _ = await lock(connection, self.hospital)
            await legal_holds.lock(connection, self.hospital)
            before, standing = await cuts.last_cut(connection, self.hospital), await legal_holds.in_force(connection, self.hospital)
            log_end = await self._log_end(connection, before, history_before, standing)
            trail_end = await self._trail_end(connection, before, trail_before, standing)
            if log_end is None and trail_end is None:
                return None
            await self._intact(connection, before, max(end.link for end in (log_end, trail_end) if end is not None))
            await connection.execute(_SQL["mean_it"])
            await carry_out(connection, [moved(self.hospital, seq)])  # who decided on what goes now decides again
            return await self._carry_out(connection, before, log_end, trail_end, standing, at)

    async def _log_end(self, connection: Connection, before: Cut, limit: datetime, standing: InForce) -> _End | None:
        """A hold on a patient stops the log before the first entry that speaks of them, one on a period before it begins; and nothing goes
        of which figures are still to be made."""
        figures = await connection.fetchrow(_SQL["kept_to"], self.hospital)
        until = await connection.fetchval(_SQL["hours_kept"], self.hospital)
        if figures is None or figures["kinds"] < 3 or until is None:
            return None
        held = standing.patients and await connection.fetchval(_SQL["first_of_patients"], self.hospital, list(standing.patients))
        limit = min(limit, standing.begin or _END, until - timedelta(days=2))
        near = (before.log_link + LINKS, before.seq_to + ENTRIES)
        row = await connection.fetchrow(
            _SQL["log_end"], self.hospital, before.log_link, limit, min(held or _NEVER, figures["seq"] + 1), *near
        )
        return _End(row["number"], row["seq_to"], row["recorded_at"]) if row is not None else None

    async def _trail_end(self, connection: Connection, before: Cut, limit: datetime, standing: InForce) -> _End | None:
        held = standing.patients and await connection.fetchval(_SQL["first_trace_of"], self.hospital, list(standing.patients))
        near = before.trail_link + LINKS
        limit = min(limit, standing.begin or _END)
        row = await connection.fetchrow(_SQL["trail_end"], self.hospital, before.trail_link, limit, held or _NEVER, near)
        return _End(row["number"], row["txid_to"], row["at"]) if row is not None else None

    async def _intact(self, connection: Connection, before: Cut, last: int) -> None:
        link = await self._link(connection, before.link)
        for number in range(before.link + 1, last + 1):
            following = await self._link(connection, number)
            if following is None or await self.seals.wrong(connection, link or START, following, before):
                raise Refused(
                    f"Nothing is thrown away: what lies under link {number} of the audit chain is not what was sealed. "
                    "Run `bedflow audit verify`, and keep the database as it is.",
                    code="chain-broken",
                )
            link = following

    async def _link(self, connection: Connection, number: int) -> Link | None:
        row = await connection.fetchrow(_SQL["link"], self.hospital, number)
        return Link(**dict(row.items())) if row is not None else None

    async def _carry_out(
        self, connection: Connection, before: Cut, log_end: _End | None, trail_end: _End | None, standing: InForce, at: datetime
    ) -> Went:
        cut, dropped, entries, traces = replace(before, at=at), 0, 0, 0
        if log_end is not None:
            begun_at = before.begun_at or await begun_of(connection, self.hospital)
            stood, gone = await self._stood(connection, before, log_end, standing)
            await snapshot.write(connection, self.vault, self.hospital, stood)
            await snapshot.lay_base(connection, self.hospital, stood)
            await self._prune(connection, before, log_end, stood, gone)
            entries, dropped = log_end.upto - before.seq_to, len(gone)
            cut = replace(cut, log_link=log_end.link, seq_to=log_end.upto, log_at=log_end.at, begun_at=begun_at, snapshot=stood.digest)
        if trail_end is not None:
            traces = _rows(await connection.execute(_SQL["drop_traces"], self.hospital, trail_end.upto))
            await connection.execute(_SQL["drop_reveal_reviews"], self.hospital, trail_end.at)
            await connection.execute(_SQL["drop_reveals"], self.hospital, trail_end.at)
            cut = replace(cut, trail_link=trail_end.link, txid_to=trail_end.upto, trail_at=trail_end.at)
        cut = await self._begin_after(connection, cut, before)
        await self._note(connection, cut, entries, traces)
        return Went(cut, entries, traces, dropped)

    async def _begin_after(self, connection: Connection, cut: Cut, before: Cut) -> Cut:
        """Links go once both of what they cover have; the last of them stays."""
        number = min(cut.log_link, cut.trail_link)
        link = await self._link(connection, number)
        await connection.execute(_SQL["drop_links"], self.hospital, number)
        return await cuts.put(connection, self.hospital, self.vault, replace(cut, link=number, link_mac=link.mac if link else b""), before)

    async def _note(self, connection: Connection, cut: Cut, entries: int, traces: int) -> None:
        detail = {"cut": cut.number, "log up to": cut.seq_to, "entries": entries, "traces": traces, "snapshot": cut.snapshot.hex()}
        trace = Trace(cut.at, Kind.WRITTEN, "retention", view="retention, the oldest part of the record taken away", detail=detail)
        for text, arguments in noted(self.hospital, [trace]):
            await connection.execute(text, *arguments)

    async def _stood(self, connection: Connection, before: Cut, end: _End, standing: InForce) -> tuple[Snapshot, set[Key]]:
        """What stood at the end and is still needed, and which records are not."""
        rows = await self._last_words(connection, before, end.upto)
        stood = {key: _stood(row) for key, row in rows.items()}
        over = [key for key, one in stood.items() if not one.live or key[0] == "token"]
        changed = {
            (row["entity"], row["entity_id"])
            for row in await connection.fetch(_SNAPSHOT["changed"], self.hospital, *_columns(over), end.upto)
        }
        patients = sorted({one.patient for one in stood.values() if one.patient is not None})
        about = {PatientId(row["patient"]) for row in await connection.fetch(_SNAPSHOT["about"], self.hospital, patients, end.upto)}
        first_day = end.at.astimezone(ZoneInfo(self.plan.zone)).date()
        kept = needed(stood, changed, about | standing.patients, first_day)
        visits = [number for entity, number in kept if entity == "visit"]
        found = Snapshot(
            end.upto,
            [rows[key] for key in sorted(kept)],
            await self._rows(connection, "stays", end.upto, end.at, visits),
            await self._rows(connection, "stretches", end.upto),
            await self._rows(connection, "conditions", end.upto, end.at),
        )
        return found, stood.keys() - kept

    async def _last_words(self, connection: Connection, before: Cut, seq: int) -> dict[Key, str]:
        """The last entry on each record up to a Seq, as JSON: of the log, else of the snapshot before."""
        old = await snapshot.read(connection, self.vault, self.hospital, before)
        told = [*old.base, *await self._rows(connection, "entries", seq)]
        return {_key(row): row for row in told}

    async def _rows(self, connection: Connection, name: str, *asked: object) -> list[str]:
        return [str(row[0]) for row in await connection.fetch(_SNAPSHOT[name], self.hospital, *asked)]

    async def _prune(self, connection: Connection, before: Cut, end: _End, stood: Snapshot, gone: set[Key]) -> None:
        """The log up to there, and what of the read models only spoke of it."""
        seq, at, hospital = end.upto, end.at, self.hospital
        visits = [number for entity, number in gone if entity == "visit"]
        conditions = [json.loads(row) for row in stood.conditions]
        frozen = day_of(at, self.plan.zone, 1)
        await self._picture(connection, stood, at)
        for name, asked in (
            ("drop_records", _columns(sorted(gone))),
            ("drop_open_cases", _columns(sorted(gone))),
            ("drop_stays", (seq, at, visits)),
            ("drop_stretches", (seq, [json.loads(row)["seq"] for row in stood.stretches])),
            ("drop_conditions", (seq, [row["bed"] for row in conditions], [row["seq_from"] for row in conditions])),
            ("drop_jobs", (seq,)),
            ("drop_turns", (seq,)),
            ("drop_cases", (frozen,)),
            ("drop_choices", (at,)),
            ("drop_entries", (seq,)),
            ("drop_commands", ()),
            ("bare_letters", (at, before.log_at)),
        ):
            await connection.execute(_SQL[name], hospital, *asked)

    async def _picture(self, connection: Connection, stood: Snapshot, at: datetime) -> None:
        """All beds at the cut: moments after it begin there."""
        beds = [entry.event.record for entry in stood.entries() if isinstance(entry.event.record, BedState)]
        body = b"[" + b",".join(map(encode, beds)) + b"]"
        await connection.execute(_SQL["drop_pictures"], self.hospital, stood.seq)
        await connection.execute(_PICTURES["keep"], self.hospital, stood.seq, at, body.decode())


def _stood(row: str) -> Stood:
    record = entry_in(row).event.record
    return Stood(record, is_live(record), patient_of(record))


def _key(row: str) -> Key:
    found: Mapping[str, str] = json.loads(row)
    return found["entity"], found["entity_id"]


def _columns(keys: Sequence[Key]) -> tuple[list[str], list[str]]:
    return [entity for entity, _ in keys], [number for _, number in keys]


def _rows(tag: str) -> int:
    """Of what Postgres answers to a delete."""
    return int(tag.rpartition(" ")[2])
