"""The auditor's page: the trail newest first, what one person looked at in one view put together, each single entry a click below.

flow.web hands in the traces (`flow.history.audit`) and what each route is called; templates/audit/page.html draws them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from flow.domain.audit import START, Kind, Link, Trace
from flow.views.page import Chrome
from flow.views.period import AskedPeriod, PeriodBar, Rules
from flow.views.request_form import Option
from flow.views.tables import Files

RULES = Rules(("24h", "7d", "28d"), "24h")
PAGE = 300
"""Entries of a page."""
_SHOWN = 20
_QUARTER = timedelta(minutes=15)
KIND_WORDS: Mapping[Kind, str] = {
    Kind.SIGNED_IN: "Signed in",
    Kind.NOT_SIGNED_IN: "Sign-in failed",
    Kind.SIGNED_OUT: "Signed out",
    Kind.FIRST_FACTOR: "Password right, second factor wanted",
    Kind.NOT_PROVEN: "Second factor or password wrong",
    Kind.CREDENTIAL: "Sign-in changed",
    Kind.BADGE_USED: "Came in by badge and PIN",
    Kind.UNLOCKED: "Unlocked a phone",
    Kind.WRONG_PIN: "PIN wrong",
    Kind.LOCKED_OUT: "PIN wrong, locked now",
    Kind.UNKNOWN_BADGE: "Badge not known",
    Kind.BADGE: "Badge issued, revoked or unlocked",
    Kind.PAIRED: "Let a device in",
    Kind.NOT_PAIRED: "Pairing code wrong",
    Kind.SHUT_OUT: "Shut a device out",
    Kind.READ: "Saw names",
    Kind.READ_AGAIN: "Saw names again",
    Kind.WRITTEN: "Changed",
    Kind.REFUSED: "Refused",
    Kind.LEFT: "Taken out or sent",
    Kind.FEED_OPENED: "Feed connected",
    Kind.FEED_REFUSED: "Turned away at a feed's port",
    Kind.SEARCHED: "Read the trail",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The page's filters as the address has them; `patient` a pseudonym, `before` the entry that the page ends above."""

    kind: str = ""
    actor: str = ""
    patient: str = ""
    address: str = ""
    before: int | None = None

    @property
    def filters(self) -> dict[str, str]:
        """Those that are set, by name in the address."""
        named = {"kind": self.kind, "who": self.actor, "patient": self.patient, "address": self.address}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Entry:
    """A trace in words; `patients` are pseudonyms, `led_to` what a command changed."""

    id: int
    at: datetime
    time: str
    who: str
    role: str
    address: str
    kind: str
    what: str
    place: str
    patients: tuple[str, ...]
    detail: str
    led_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Entries put together: the newest stands for all, `patients` are those of all, the first of them `shown`."""

    entries: tuple[Entry, ...]
    patients: tuple[str, ...]

    @property
    def head(self) -> Entry:
        """The newest."""
        return self.entries[0]

    @property
    def time(self) -> str:
        """From the oldest to the newest."""
        first, last = self.entries[-1].time, self.entries[0].time
        return last if len(self.entries) == 1 else f"{first} to {last[-8:]}"

    @property
    def shown(self) -> tuple[str, ...]:
        """The first patients."""
        return self.patients[:_SHOWN]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """`older` leads to the page before, "" where there is none; `sealed` says how far the chain reaches."""

    chrome: Chrome
    when: PeriodBar
    asked: Asked
    kinds: tuple[Option, ...]
    actors: tuple[str, ...]
    groups: tuple[Group, ...]
    older: str
    sealed: str
    files: Files | None = None

    @property
    def count(self) -> int:
        """Entries on the page."""
        return sum(len(group.entries) for group in self.groups)


def audit_page(
    chrome: Chrome, found: Sequence[Entry], asked: Asked, when: AskedPeriod, *, actors: Iterable[str], seal: Link, older: str, zone: str
) -> AuditPage:
    """The page."""
    kinds = tuple(Option(str(kind), words) for kind, words in KIND_WORDS.items())
    return AuditPage(
        chrome, when.bar("/audit", asked.filters), asked, kinds, tuple(actors), tuple(grouped(found)), older, sealed_words(seal, zone)
    )


def grouped(entries: Sequence[Entry]) -> Iterable[Group]:
    """What follows on each other of one person, from one place, in one view, within a quarter of an hour, put together."""
    key = lambda entry: (entry.who, entry.address, entry.kind, entry.what, entry.place)  # noqa: E731  # said once, used below
    for _, same in groupby(entries, key):
        run: list[Entry] = []
        for entry in same:
            if run and run[0].at - entry.at > _QUARTER:
                yield _group(run)
                run = []
            run.append(entry)
        yield _group(run)


def _group(run: Sequence[Entry]) -> Group:
    return Group(tuple(run), tuple(dict.fromkeys(patient for entry in run for patient in entry.patients)))


def entry_of(
    number: int, trace: Trace, views: Mapping[str, str], written: Mapping[int, Sequence[tuple[str, str, str]]], zone: str
) -> Entry:
    """A trace in words; `views` says what each route is for, `written` what each command changed."""
    command = trace.detail.get("command")
    changed = written.get(command, ()) if isinstance(command, int) else ()
    return Entry(
        number,
        trace.at,
        f"{trace.at.astimezone(ZoneInfo(zone)):%d %b %Y %H:%M:%S}",
        trace.actor or "nobody known",
        trace.role,
        trace.address,
        KIND_WORDS[trace.kind],
        "" if trace.kind in _SELF_EVIDENT else _what(trace.view, views),
        trace.place,
        trace.patients,
        _detail(trace),
        tuple(f"{kind.replace('-', ' ')}: {entity} {key}" for kind, entity, key in changed),
    )


_SELF_EVIDENT = (Kind.SIGNED_IN, Kind.NOT_SIGNED_IN, Kind.SIGNED_OUT, Kind.FEED_OPENED, Kind.FEED_REFUSED, Kind.SEARCHED)


def _what(view: str, views: Mapping[str, str]) -> str:
    """`AssignBed` as `Assign bed`; a route with the first words on what it is for."""
    if " " not in view:
        return re.sub(r"(?<=[a-z])([A-Z])", lambda found: f" {found[1].lower()}", view)
    words = re.split(r"[.:;]", views.get(view, ""), maxsplit=1)[0]
    return f"{words} ({view})" if words else view


def _detail(trace: Trace) -> str:
    told = {name: value for name, value in trace.detail.items() if name not in ("command", "seq", "times")}
    times = trace.detail.get("times")
    said = [f"{name} {value}" for name, value in told.items()]
    if isinstance(times, dict):
        said.append(f"{sum(times.values())} times more")
    return ", ".join(said)


def sealed_words(link: Link, zone: str) -> str:
    """How far the chain reaches."""
    if link.number == START.number:
        return "Nothing is sealed yet."
    return f"Sealed until {link.at.astimezone(ZoneInfo(zone)):%d %b %Y %H:%M:%S}: link {link.number}, {link.mac.hex()[:16]}."
