"""The exceptions tray: letters by reason, and the words of feeds that mean nothing yet (places, status codes, classes, clinics), each
with the form that gives it a meaning. Words come from parked letters and from visits whose place maps to no bed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from flow.domain.commands import Book, Command, ReportBed
from flow.domain.decide.feeds import CLASSES, STATUSES
from flow.domain.discharge import Way
from flow.domain.hospital import Hospital
from flow.domain.ids import FeedId
from flow.domain.plan import Plan, place_key
from flow.domain.visit import VisitStatus
from flow.domain.walk_in import Unseated, Why
from flow.domain.way_told import DISPOSITIONS, PAYERS, USUAL, unknown_words
from flow.views.admin import stamp
from flow.views.discharge_row import WAYS
from flow.views.integration.codes import advice, code_words
from flow.views.integration.frame import Frame
from flow.views.integration.unseated import UnseatedRow
from flow.views.page import Chrome
from flow.views.request_form import Option
from flow.views.without_bed import names_a_bed

Word = tuple[str, str, str]
"""What kind of word it is (a key of TITLES), the word as compared, and whose it is: a place is everybody's."""

TITLES = {
    "places": "Place (PL)",
    "statuses": "Bed status code (NPU-2)",
    "classes": "Patient class (PV1-2)",
    "clinics": "Clinic",
    "payers": "Who pays (PV1-20, IN1, IN2)",
    "dispositions": "Discharge disposition (PV1-36)",
}
CLASS_WORDS = {"E": "emergency", "I": "inpatient", "O": "outpatient", "P": "preadmit", "R": "recurring", "B": "obstetrics"}
STATUS_WORDS = {"C": "closed", "H": "housekeeping", "K": "contaminated", "U": "unoccupied", "O": "occupied", "I": "isolated"}


class GroupLike(Protocol):
    """Letters parked for one reason."""

    @property
    def feed(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def letters(self) -> int: ...
    @property
    def oldest(self) -> datetime: ...
    @property
    def newest(self) -> datetime: ...
    @property
    def some(self) -> tuple[int, ...]: ...
    @property
    def reason(self) -> str: ...


@dataclass(slots=True)
class Unknown:
    """A word without a meaning: how it is spelt, whose it is, and who waits for it."""

    kind: str
    spelt: str
    feed: str
    letters: int = 0
    visits: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A reason's line; `some` are the newest letters."""

    feed: str
    code: str
    words: str
    advice: str
    reason: str
    letters: int
    oldest: str
    newest: str
    some: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WordRow:
    """A word's line with its form; `options` are the meanings to choose from, none for a place (its bed is typed)."""

    kind: str
    title: str
    spelt: str
    feed: str
    letters: int
    visits: tuple[str, ...]
    more: int
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far letters that were sent in again have come; `query` asks for it again."""

    done: int
    of: int
    query: str

    @property
    def runs(self) -> bool:
        """Some still wait."""
        return self.done < self.of


@dataclass(frozen=True, slots=True)
class TrayPage:
    """The tray; `progress` after something was sent in again, `unseated` the outpatients without a token (`integration.unseated`)."""

    frame: Frame
    groups: tuple[GroupRow, ...]
    words: tuple[WordRow, ...]
    feeds: tuple[Option, ...]
    progress: Progress | None
    unseated: tuple[UnseatedRow, ...] = ()

    @property
    def chrome(self) -> Chrome:
        """The page's frame, as base.html asks for it."""
        return self.frame.chrome


def tray_page(
    frame: Frame, plan: Plan, groups: Iterable[GroupLike], unknown: Iterable[Unknown], progress: Progress | None = None
) -> TrayPage:
    """The page; words with the most waiting come first."""
    ordered = sorted(unknown, key=lambda word: (-len(word.visits) - word.letters, word.kind, word.spelt))
    return TrayPage(
        frame,
        tuple(_group(group, plan) for group in groups),
        tuple(_word(word, plan) for word in ordered),
        tuple(Option(feed.id, feed.name) for feed in plan.feeds),
        progress,
    )


def _group(group: GroupLike, plan: Plan) -> GroupRow:
    return GroupRow(
        feed=group.feed,
        code=group.code,
        words=code_words(group.code),
        advice=advice(group.code),
        reason=group.reason,
        letters=group.letters,
        oldest=stamp(group.oldest, plan.zone),
        newest=stamp(group.newest, plan.zone),
        some=group.some,
    )


def _word(word: Unknown, plan: Plan) -> WordRow:
    visits = tuple(word.visits[:3])
    more = len(word.visits) - len(visits)
    return WordRow(word.kind, TITLES[word.kind], word.spelt, word.feed, word.letters, visits, more, meanings(word.kind, plan))


def meanings(kind: str, plan: Plan) -> tuple[Option, ...]:
    """What a word of a kind can mean; a place is any bed, which is typed."""
    match kind:
        case "statuses":
            return tuple(Option(code, f"{code} {words}") for code, words in STATUS_WORDS.items() if code in STATUSES)
        case "classes":
            return tuple(Option(code, f"{code} {words}") for code, words in CLASS_WORDS.items() if code in CLASSES)
        case "clinics":
            return tuple(Option(clinic.id, clinic.name) for clinic in plan.clinics)
        case "payers":
            return tuple(Option(way, WAYS[way]) for way in PAYERS)
        case "dispositions":
            return tuple(Option(way, WAYS[Way(way)] if way != USUAL else "as usual") for way in DISPOSITIONS)
        case _:
            return ()


def spoken(commands: Iterable[Command], hospital: Hospital) -> Iterator[tuple[str, str]]:
    """The words of a parked letter that mean nothing yet: (kind, as spelt)."""
    for command in commands:
        match command:
            case ReportBed():
                if hospital.bed_at(command.place) is None:
                    yield "places", command.place
                if command.code not in STATUSES:
                    yield "statuses", command.code
            case Book() if command.words:
                mapped = {word.casefold() for word in hospital.feed(command.feed).clinics}
                if mapped.isdisjoint(word.casefold() for word in command.words):
                    yield "clinics", command.words[0]
            case _:
                pass


def same(kind: str, spelt: str, feed: str) -> Word:
    """A word as it is compared: a place by its key over all feeds, others by feed without case."""
    return (kind, place_key(spelt), "") if kind == "places" else (kind, spelt.strip().upper(), feed)


def of_visits(hospital: Hospital) -> dict[Word, Unknown]:
    """Words of visits in the house or planned: places that name a bed nobody knows, classes that are none of table 0004; and of those who
    left of late as well, who pays and how they left."""
    found: dict[Word, Unknown] = {}
    feeds = {name: hospital.feed(FeedId(name)) for name in {visit.feed or "" for visit in hospital.visits.values()}}
    for visit in hospital.visits.values():
        for kind, word in unknown_words(visit.course.way, feeds[visit.feed or ""]) if visit.course.way is not None else ():
            _noted(found, Unknown(kind, word, visit.feed or "")).visits.append(visit.id)
        place, klass = visit.course.place, visit.course.klass
        if not (visit.is_open or visit.course.status is VisitStatus.PLANNED):
            continue
        if place and names_a_bed(place) and hospital.bed_at(place) is None:
            _noted(found, Unknown("places", place, visit.feed or "")).visits.append(visit.id)
        if klass and klass not in CLASSES:
            _noted(found, Unknown("classes", klass, visit.feed or "")).visits.append(visit.id)
    return found


def counted(found: dict[Word, Unknown], feed: str, words: Iterable[tuple[str, str]]) -> None:
    """Add what one parked letter says to the words found."""
    for kind, spelt in words:
        _noted(found, Unknown(kind, spelt, feed)).letters += 1


def of_walk_ins(found: dict[Word, Unknown], waiting: Iterable[Unseated]) -> None:
    """Add the words of clinics, with the registered outpatients who wait for their meaning."""
    for each in waiting:
        for word in each.registered.words if each.why is Why.UNKNOWN else ():
            _noted(found, Unknown("clinics", word, each.feed)).visits.append(each.visit)


def _noted(found: dict[Word, Unknown], word: Unknown) -> Unknown:
    """The word as it was found first."""
    return found.setdefault(same(word.kind, word.spelt, word.feed), word)


@dataclass(frozen=True, slots=True)
class MapRow:
    """A word and its meaning; `ours` when it was mapped here and not in the hospital's file."""

    word: str
    meaning: str
    ours: bool


@dataclass(frozen=True, slots=True)
class MapTable:
    """All words of one kind of a feed, with the choices of the form that adds one."""

    kind: str
    title: str
    rows: tuple[MapRow, ...]
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One feed's rules as they stand."""

    frame: Frame
    id: FeedId
    name: str
    a08: str
    zone: str
    charset: str
    visit_key: str
    amendments: tuple[Option, ...]
    charsets: tuple[Option, ...]
    keys: tuple[Option, ...]
    tables: tuple[MapTable, ...]

    @property
    def chrome(self) -> Chrome:
        """The page's frame, as base.html asks for it."""
        return self.frame.chrome


AMENDMENTS = {"ignore": "moves nobody", "fill": "fills a missing bed", "transfer": "may move", "admit": "may move and admit"}
CHARSETS = {
    "UNICODE UTF-8": "UTF-8",
    "8859/1": "8859/1 Western",
    "8859/2": "8859/2 Central European",
    "8859/5": "8859/5 Cyrillic",
    "8859/6": "8859/6 Arabic",
    "8859/7": "8859/7 Greek",
    "8859/8": "8859/8 Hebrew",
    "8859/9": "8859/9 Turkish",
    "8859/15": "8859/15 Western with euro",
    "CP1250": "Windows 1250 Central European",
    "CP1251": "Windows 1251 Cyrillic",
    "CP1252": "Windows 1252 Western",
    "GB 18030-2000": "GB 18030 Chinese",
    "BIG-5": "Big5 Chinese",
    "KS X 1001": "KS X 1001 Korean",
    "ISO IR87": "ISO IR87 Japanese",
}
"""What a feed may send in (HL7 table 0211, and what Windows calls its own)."""
KEYS = {
    "visit,account,alternate": "PV1-19, else PID-18, else PV1-50",
    "visit": "PV1-19 alone",
    "account,visit,alternate": "PID-18, else PV1-19, else PV1-50",
    "account": "PID-18 alone",
    "alternate,visit,account": "PV1-50, else PV1-19, else PID-18",
}


def feed_page(frame: Frame, hospital: Hospital, feed: FeedId) -> FeedPage:
    """The page of a feed that the hospital's file names."""
    rules, own = hospital.feed(feed), hospital.feeds.get(feed)
    held: dict[str, Mapping[str, str]] = {kind: getattr(rules, kind) for kind in TITLES}
    ours: dict[str, Mapping[str, str]] = {kind: getattr(own, kind) for kind in TITLES} if own is not None else {}
    tables = (
        MapTable(kind, TITLES[kind], tuple(_maps(words, ours.get(kind, {}))), meanings(kind, hospital.plan)) for kind, words in held.items()
    )
    key = ",".join(rules.visit_key)
    keys = {**({} if key in KEYS else {key: key}), **KEYS}
    return FeedPage(
        frame=frame,
        id=feed,
        name=rules.name,
        a08=rules.a08,
        zone=rules.zone,
        charset=rules.charset or "",
        visit_key=key,
        charsets=_charsets(rules.charset or ""),
        amendments=tuple(Option(value, f"{value}: {words}") for value, words in AMENDMENTS.items()),
        keys=tuple(Option(value, words) for value, words in keys.items()),
        tables=tuple(tables),
    )


def _charsets(charset: str) -> tuple[Option, ...]:
    """What may be chosen, and what stands where that is none of it."""
    stands = {} if charset in CHARSETS else {charset: charset or "UTF-8, else Latin-1"}
    return tuple(Option(value, words) for value, words in {**stands, **CHARSETS}.items())


def _maps(words: Mapping[str, str], ours: Mapping[str, str]) -> Iterator[MapRow]:
    for word, meaning in sorted(words.items()):
        yield MapRow(word, str(meaning), word in ours)
