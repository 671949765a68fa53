"""The census as somebody reads it: one ward or the house, on a page or on paper, with its age said loudly and no name too many.

flow.web fills it from the kept or the newest census (flow.views.census) and the reader's rights, `bedflow census` for whoever holds the
key; templates/census draws both.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flow.domain.ids import WardId
from flow.domain.person import WITHHELD
from flow.views.bed_tile import TileState
from flow.views.census import Census, CensusAdrift, CensusDirty, CensusRow, CensusWait, CensusWard, Whom
from flow.views.census_clinics import ClinicSheet, clinic_sheet
from flow.views.page import Chrome
from flow.views.times import day_time, lasting, moment_words
from flow.views.who_words import who_words
from flow.views.words import Words

OLD = timedelta(minutes=10)
"""A list is made every five minutes: one that is older has missed a turn, and says so."""
Sees = Callable[[WardId | None, Whom], Whom]
"""(ward, None for somebody in none; the patient): the patient as far as the reader may know them."""
_LAIN = (TileState.OCCUPIED, TileState.LEAVING)


ENGLISH = Words()


def everything(ward: WardId | None, whom: Whom) -> Whom:
    """For whoever may read every name."""
    return whom


def for_reader(made: Census, sees: Sees, *, only: WardId | None = None) -> Census:
    """The census with the names that its reader may see; of one ward (`only`), what is that ward's alone. What a desk wrote in its own
    words may name somebody, and goes with the names."""
    return replace(
        made,
        wards=tuple(_ward(ward, sees) for ward in made.wards if only in (None, ward.id)),
        waiting=tuple(_wait(each, sees) for each in made.waiting if only in (None, each.ward)),
        dirty=tuple(each for each in made.dirty if only in (None, each.ward)),
        adrift=tuple(replace(each, whom=sees(None, each.whom)) for each in made.adrift) if only is None else (),
        clinics=made.clinics if only is None else (),
    )


def _ward(ward: CensusWard, sees: Sees) -> CensusWard:
    return replace(
        ward,
        rows=tuple(_row(row, ward.id, sees) for row in ward.rows),
        places=tuple(_row(row, ward.id, sees) for row in ward.places),
    )


def _row(row: CensusRow, ward: WardId, sees: Sees) -> CensusRow:
    whom = sees(ward, row.whom) if row.whom is not None else None
    comer = sees(ward, row.comer) if row.comer is not None else None
    named = row.comer is None or comer == row.comer
    return replace(row, whom=whom, comer=comer, comes_from=row.comes_from if named else "")


def _wait(wait: CensusWait, sees: Sees) -> CensusWait:
    whom = sees(wait.ward, wait.whom)
    return replace(wait, whom=whom, where=wait.where if whom == wait.whom else "")


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line of a ward's sheet, in words: paper is read, not computed."""

    bed: str
    state: str
    since: str
    name: str
    who: str
    mrn: str
    notes: str
    leaves: str
    comer: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One ward on paper; `sums` says its beds in a line."""

    ward: WardId
    name: str
    sums: str
    lines: tuple[SheetLine, ...]
    places: tuple[SheetLine, ...]


@dataclass(frozen=True, slots=True)
class ListLine:
    """A line of the house's lists: in the order of their columns."""

    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CensusList:
    """What a ward's sheet has no place for: the waiting, the dirty beds, those in no bed; with the words for an empty one."""

    name: str
    heads: tuple[str, ...]
    lines: tuple[ListLine, ...]
    nothing: str


@dataclass(frozen=True, slots=True)
class CensusSheets:
    """Everything that is printed. `as_of` is the moment in words, `age` how long ago that was when it was drawn, `old`: it has missed its
    turn; `heard` when each feed last spoke; `seconds` is the age for the page's script."""

    hospital: str
    as_of: str
    age: str
    old: bool
    seconds: int
    heard: str
    sums: str
    sheets: tuple[Sheet, ...]
    lists: tuple[CensusList, ...]
    clinics: tuple[ClinicSheet, ...] = ()


@dataclass(frozen=True, slots=True)
class WardLink:
    """A ward, or a language, to choose."""

    href: str
    words: str
    here: bool


@dataclass(frozen=True, slots=True)
class CensusPage:
    """The page: `sheets` is None where there is no list at all; `wards` are those the reader may choose; `named`: there are names to see,
    `enters` is where what happened on paper may be entered; `words` are those of the reader's language, one of `languages`."""

    chrome: Chrome
    sheets: CensusSheets | None
    wards: tuple[WardLink, ...] = ()
    named: bool = True
    enters: str = ""
    words: Words = ENGLISH
    languages: tuple[WardLink, ...] = ()


@dataclass(frozen=True, slots=True)
class CensusPaper:
    """A file of its own, to be opened without any server: `style` is the style sheet as an element: no server's policy holds there."""

    sheets: CensusSheets
    style: str
    words: Words = ENGLISH


def census_sheets(made: Census, at: datetime, words: Words = ENGLISH) -> CensusSheets:
    """A census as it is read at a time, in a language. What staff or feeds wrote stays as they wrote it."""
    zone, now = made.zone, made.as_of.timestamp()
    return CensusSheets(
        hospital=made.hospital,
        as_of=day_time(now, zone),
        age=lasting(now, at.timestamp()),
        old=abs(at - made.as_of) > OLD,  # a clock that lost its time in the outage vouches for nothing
        seconds=max(0, int(at.timestamp() - now)),
        heard=", ".join(f"{feed.upper()} {moment_words(when.timestamp(), now, zone)}" for feed, when in made.heard),
        sums=_sums(made.wards, words),
        sheets=tuple(_sheet(ward, now, zone, words) for ward in made.wards),
        lists=(_waiting(made.waiting, now, zone, words), _dirty(made.dirty, now, zone, words), _adrift(made.adrift, now, zone, words)),
        clinics=tuple(clinic_sheet(clinic, now, zone, words) for clinic in made.clinics),
    )


def _sums(wards: tuple[CensusWard, ...], words: Words) -> str:
    """`500 beds · 428 occupied · 31 free · 12 coming · 15 dirty or in cleaning · 14 out of use · 3 in temporary places`."""
    beds = sum(len(ward.rows) for ward in wards)
    counted = [
        words.say(said, count=sum(ward.count(*states) for ward in wards))
        for states, said in (
            (_LAIN, "{count} occupied"),
            ((TileState.FREE,), "{count} free"),
            ((TileState.COMING,), "{count} coming"),
            ((TileState.DIRTY, TileState.CLEANING), "{count} dirty or in cleaning"),
            ((TileState.OUT,), "{count} out of use"),
        )
    ]
    there = sum(place.whom is not None for ward in wards for place in ward.places)
    said = [words.say("{count} beds", count=beds), *counted]
    return " · ".join([*said, words.say("{count} in temporary places", count=there)] if there else said)


def _sheet(ward: CensusWard, now: float, zone: str, words: Words) -> Sheet:
    lines, places = (tuple(_line(row, now, zone, words) for row in rows) for rows in (ward.rows, ward.places))
    return Sheet(ward.id, ward.name, _sums((ward,), words), lines, places)


def _line(row: CensusRow, now: float, zone: str, words: Words) -> SheetLine:
    whom = row.whom or Whom()
    comer = " · ".join(part for part in (_named(row.comer, words), row.comes_from) if part) if row.comer is not None else ""
    return SheetLine(
        bed=row.label,
        state=words.say(row.words),
        since=moment_words(row.since.timestamp(), now, zone),
        name=_called(whom, words),
        who=who_words(whom.age, whom.sex),
        mrn=whom.mrn,
        notes=" · ".join(map(words.say, row.notes)),
        leaves=moment_words(row.leaves_at.timestamp(), now, zone) if row.leaves_at is not None else "",
        comer=comer or (words.say("promised") if row.comer is not None else ""),
    )


def _called(whom: Whom, words: Words) -> str:
    return words.say(WITHHELD) if whom.name == WITHHELD else whom.name


def _named(whom: Whom | None, words: Words) -> str:
    return "" if whom is None else " ".join(part for part in (_called(whom, words), who_words(whom.age, whom.sex), whom.mrn) if part)


def _waiting(waits: tuple[CensusWait, ...], now: float, zone: str, words: Words) -> CensusList:
    lines = tuple(
        ListLine((f"P{w.priority}", _named(w.whom, words), w.wants, w.where, _from(w.since, now, zone, words), w.bed)) for w in waits
    )
    return CensusList("Who is coming", ("Priority", "Patient", "Wants", "From", "Since", "Bed promised"), lines, "Nobody waits for a bed.")


def _from(since: datetime, now: float, zone: str, words: Words) -> str:
    """Since when, or, of a stay that is planned, from when on."""
    said = moment_words(since.timestamp(), now, zone)
    return words.say("due {time}", time=said) if since.timestamp() > now else said


def _dirty(beds: tuple[CensusDirty, ...], now: float, zone: str, words: Words) -> CensusList:
    lines = tuple(
        ListLine(
            (
                each.name,
                words.say(each.kind),
                words.say(each.stage),
                moment_words(each.since.timestamp(), now, zone),
                words.say("yes") if each.promised else "",
            )
        )
        for each in beds
    )
    return CensusList("Beds to clean, in this order", ("Bed", "Clean", "How far", "Since", "Promised"), lines, "No bed wants cleaning.")


def _adrift(found: tuple[CensusAdrift, ...], now: float, zone: str, words: Words) -> CensusList:
    lines = tuple(
        ListLine((_named(a.whom, words), a.visit, a.claims, moment_words(a.since.timestamp(), now, zone) if a.since is not None else ""))
        for a in found
    )
    return CensusList("In the house, in no bed", ("Patient", "Visit", "The feed says", "Since"), lines, "Everybody lies in a bed.")
