"""The administrator's page of persons who were erased: who is to be, masked; what went, what the last look for them found. Pure.

`flow.web.pages.erasures` hands in the records; templates/erasures/ draws them; `bedflow erase` prints the same sentences.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from flow.domain.erasure import Asker, Reason
from flow.views.page import Chrome
from flow.views.request_form import Option

WORDS: Mapping[str, str] = {
    "persons": "person records",
    "letters": "letters' texts",
    "outbox": "letters to other systems",
    "replies": "kept answers",
    "contacts": "telephone numbers",
    "consents": "consents ended",
    "said": "reasons in words",
    "tongues": "languages",
    "digests": "ABHA digests",
}
"""What went, by table."""


class Erased(Protocol):
    """An erasure as it is kept."""

    @property
    def id(self) -> int: ...
    @property
    def reason(self) -> Reason: ...
    @property
    def asked_by(self) -> Asker: ...
    @property
    def actor(self) -> str: ...
    @property
    def begun_at(self) -> datetime: ...
    @property
    def done_at(self) -> datetime | None: ...
    @property
    def keys(self) -> Collection[int]: ...
    @property
    def counts(self) -> Mapping[str, int]: ...
    @property
    def notes(self) -> int: ...
    @property
    def proof(self) -> bytes | None: ...
    @property
    def verified_at(self) -> datetime | None: ...
    @property
    def found(self) -> Mapping[str, int] | None: ...


class Work(Protocol):
    """What is to be done in the background, and how far it is: asked, running, done or failed."""

    @property
    def state(self) -> str: ...
    @property
    def asked_by(self) -> str: ...
    @property
    def asked_at(self) -> datetime: ...
    @property
    def begun_at(self) -> datetime | None: ...
    @property
    def why(self) -> str | None: ...


Works = Mapping[tuple[int, str], Work]
"""By erasure, and what of it: erase, verify."""


class Whom(Protocol):
    """Somebody who may be erased, masked."""

    @property
    def patient(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def visits(self) -> int: ...
    @property
    def merged(self) -> int: ...
    @property
    def refusal(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Row:
    """An erasure; `lines` are the proof in words, `state` asked, running, done or failed; `look` how far the look for the person is that
    was asked for last, empty once it is done; `looking` whether it goes on."""

    id: int
    when: str
    why: str
    actor: str
    state: str
    lines: tuple[str, ...]
    look: str = ""
    looking: bool = False


@dataclass(frozen=True, slots=True)
class ErasuresPage:
    """The page; `whom` is set after a search."""

    chrome: Chrome
    rows: tuple[Row, ...]
    reasons: tuple[Option, ...]
    askers: tuple[Option, ...]
    whom: Whom | None = None
    refusal: str = ""


def erasures_page(
    chrome: Chrome, found: Iterable[Erased], keys: Collection[int], zone: str, *, work: Works, whom: Whom | None = None, refusal: str = ""
) -> ErasuresPage:
    """The page as of now; `keys` are the vault's."""
    reasons, askers = (tuple(Option(each.name, each.value) for each in kind) for kind in (Reason, Asker))
    rows = tuple(_row(each, keys, ZoneInfo(zone), work) for each in found)
    return ErasuresPage(chrome, rows, reasons, askers, whom, refusal)


def still_opens(done: Erased, keys: Collection[int]) -> list[int]:
    """The keys that sealed what is gone, and are there still."""
    return sorted(set(done.keys) & set(keys))


def proof_words(done: Erased, opens: Collection[int]) -> list[str]:
    """What went, what stays and why, and what the last look found."""
    if done.done_at is None:
        return [f"Erasure {done.id} was begun and is not finished."]
    went = ", ".join(f"{rows} {WORDS[name]}" for name, rows in done.counts.items() if rows) or "nothing"
    lines = [f"Erasure {done.id}: {went} are gone. Proof {done.proof.hex()[:16] if done.proof else 'none'}."]
    if done.notes:
        lines.append(f"In {done.notes} notes of the log somebody typed the name or number; the log cannot be changed.")
    if opens:
        named = ", ".join(map(str, opens))
        lines.append(
            f"Backups made before, and places of the disk that were not written over yet, can still be opened with key {named}: until they "
            "expire, or until `bedflow key add`, `key reseal` and `key drop` have taken that key away."
        )
    else:
        lines.append("The keys that had sealed it are dropped: what backups still hold of it can be read by nobody.")
    if done.found is None:
        lines.append("Nobody has looked for the person since.")
    elif done.found:
        lines.append(f"Looked for and FOUND: {', '.join(f'{name} {rows}' for name, rows in sorted(done.found.items()))}.")
    else:
        lines.append("Looked for in every table and file: nothing was found.")
    return lines


def _row(each: Erased, keys: Collection[int], zone: ZoneInfo, work: Works) -> Row:
    erase, verify = work.get((each.id, "erase")), work.get((each.id, "verify"))
    state = "done" if each.done_at is not None else erase.state if erase is not None and erase.state != "done" else "failed"
    lines = (*proof_words(each, still_opens(each, keys)), *([f"Why: {erase.why}"] if state == "failed" and erase and erase.why else []))
    when, why = _moment(each.begun_at, zone), f"{each.reason}; asked by {each.asked_by}"
    look, looking = _look(verify, zone) if verify is not None else ("", False)
    return Row(each.id, when, why, each.actor, state, lines, look, looking)


def _look(verify: Work, zone: ZoneInfo) -> tuple[str, bool]:
    """How far the look for the person is, and whether it goes on."""
    asked = f"{verify.asked_by} asked for another look on {_moment(verify.asked_at, zone)}"
    if verify.state == "failed":
        return f"{asked}; it failed: {verify.why}", False
    if verify.state == "running" and verify.begun_at is not None:
        return f"{asked}; under way since {_moment(verify.begun_at, zone)}: every sealed text is opened, which takes minutes.", True
    return (f"{asked}; it begins in a moment.", True) if verify.state == "asked" else ("", False)


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%d %b %Y %H:%M}"
