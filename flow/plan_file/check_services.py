"""What a hospital file may not say of its clinics and feeds: an address nobody can reach, a code that HL7 does not have."""

import re
from collections.abc import Mapping

from flow.domain.plan import place_key
from flow.domain.way_told import DISPOSITIONS, PAYERS
from flow.plan_file.check import check_ids, check_zone
from flow.plan_file.lines import Path
from flow.plan_file.opd_tables import ClinicTable, check_sessions
from flow.plan_file.problems import Problems
from flow.plan_file.schema import FeedTable, File

TABLE_0116 = frozenset("CHKUOI")
"""Bed status (HL7 2.9, table 0116)."""
TABLE_0004 = frozenset("EIOPRB")
"""Patient class (HL7 2.9, table 0004)."""
_ADDRESS = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s:\[\]/]+):(\d{1,5})")


def check_clinics(clinics: list[ClinicTable], problems: Problems) -> None:
    """Each has rooms and a prefix of its own: two patients with the token A-001 would both get up."""
    check_ids("clinics", [clinic.id for clinic in clinics], (), problems)
    prefixes: dict[str, str] = {}
    for index, clinic in enumerate(clinics):
        path: Path = ("clinics", index)
        if not clinic.rooms:
            problems.add(path, f"clinic {clinic.id!r} has no rooms; add [[clinics.rooms]]")
        elif all(room.tele for room in clinic.rooms):
            problems.add(path, f"clinic {clinic.id!r} has tele-consult rooms only; whoever comes would wait for ever")
        check_ids("rooms", [room.id for room in clinic.rooms], path, problems)
        check_sessions(clinic, path, problems)
        other = prefixes.setdefault(clinic.prefix.casefold(), clinic.id)
        if other != clinic.id:
            problems.add((*path, "prefix"), f"clinics {other} and {clinic.id} would both call {clinic.prefix}-001; give one another prefix")


def check_feeds(file: File, places: Mapping[str, str], problems: Problems) -> None:
    """`places` is what ids and aliases mean already."""
    check_ids("feeds", [feed.id for feed in file.feeds], (), problems)
    known = dict(places)
    beds = set(places.values())
    for index, feed in enumerate(file.feeds):
        path: Path = ("feeds", index)
        if feed.zone is not None:
            check_zone(feed.zone, (*path, "zone"), problems)
        _addresses(feed, path, problems)
        _places(feed, known, beds, path, problems)
        _codes(feed, path, problems)
        _words(feed, path, {clinic.id for clinic in file.clinics}, problems)
    if sum(feed.listen is None and feed.client is None for feed in file.feeds) > 1:
        problems.add(("feeds", len(file.feeds) - 1), 'two feeds without listen = "HOST:PORT"; only one can use BEDFLOW_MLLP')
    _ports(file.feeds, problems)


def _ports(feeds: list[FeedTable], problems: Problems) -> None:
    """A port has one feed, or over TLS several with a client certificate each."""
    heard: dict[str | None, dict[str | None, str]] = {}
    for index, feed in enumerate(feeds):
        clients = heard.setdefault(feed.listen, {})
        if feed.client in clients and (feed.client or feed.listen):
            words = f"client {feed.client!r}" if feed.client else f"listen {feed.listen!r}"
            problems.add(("feeds", index), f"feeds {clients[feed.client]} and {feed.id} have the same {words}")
        elif feed.listen and clients and (feed.client is None or None in clients):
            problems.add(("feeds", index), f"feeds {next(iter(clients.values()))} and {feed.id} share a port: each must name its client")
        clients.setdefault(feed.client, feed.id)


def _addresses(feed: FeedTable, path: Path, problems: Problems) -> None:
    for key, text in (("listen", feed.listen), ("outbound", feed.outbound)):
        found = _ADDRESS.fullmatch(text) if text is not None else None
        if text is not None and (found is None or int(found[1]) > 65535):
            problems.add((*path, key), f"{key} = {text!r} is no address; write HOST:PORT, like 127.0.0.1:2575")


def _places(feed: FeedTable, known: dict[str, str], beds: set[str], path: Path, problems: Problems) -> None:
    for place, bed in feed.places.items():
        here = (*path, "places", place)
        if bed not in beds:
            problems.add(here, f"the place {place!r} is mapped to {bed!r}, which is no bed")
        elif (other := known.setdefault(place_key(place), bed)) != bed:
            problems.add(here, f"the place {place!r} means both {other} and {bed}; keep one")


def _codes(feed: FeedTable, path: Path, problems: Problems) -> None:
    for code, status in feed.statuses.items():
        if status not in TABLE_0116:
            problems.add((*path, "statuses", code), f"status {status!r} is not of HL7 table 0116 (C H K U O I)")
    for word, letter in feed.classes.items():
        if letter not in TABLE_0004:
            problems.add((*path, "classes", word), f"class {letter!r} is not of HL7 table 0004 (E I O P R B)")
    for table, said, known in (("payers", feed.payers, PAYERS), ("dispositions", feed.dispositions, DISPOSITIONS)):
        for word, way in said.items():
            if way not in known:
                problems.add((*path, table, word), f"{way!r} is no way of leaving; write one of {', '.join(known)}")


def _words(feed: FeedTable, path: Path, clinics: set[str], problems: Problems) -> None:
    for word, clinic in feed.clinics.items():
        if clinic not in clinics:
            problems.add((*path, "clinics", word), f"{word!r} is mapped to {clinic!r}, which is no clinic")
    if "P03" in feed.sends and feed.charges is None:
        problems.add((*path, "sends"), 'P03 is sent, but charges says neither "hour" nor "midnight"')
