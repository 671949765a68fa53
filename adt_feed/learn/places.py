"""The places a feed names (PL, HL7 2.9, 2A.3.51), sorted into wards of rooms of beds; `draft` writes them down.

A place is a bed where it has a bed component. Point of care, room and bed tell beds apart, and so do facility and building where a
feed has wards of one name in several: ICU of the north campus is not ICU of the south. Case and outer spaces tell nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from adt_feed.message import NULL, Message
from flow.domain.plan import place_key

_FIELDS = {"PV1": (3, 6, 42, 43, 11), "PV2": (1,), "NPU": (1,)}
"""Where a PL stands: assigned, prior, pending, prior temporary and temporary place; prior pending (A26); the bed of an A20."""

Site = tuple[str, str]
"""Facility and building, case folded; "" where a message leaves it out."""


@dataclass(frozen=True, slots=True)
class Place:
    """A PL: `text` as it is compared (`adt_feed.mapping.places`), and its components."""

    text: str
    care: str
    room: str
    bed: str
    facility: str
    building: str
    floor: str

    @property
    def ward(self) -> tuple[str, ...]:
        """The point of care, else the building and floor."""
        return _folded(self.care) if self.care else _folded("", self.building, self.floor)

    @property
    def site(self) -> Site:
        return self.facility.casefold(), self.building.casefold()

    @property
    def inside(self) -> tuple[str, ...]:
        """The bed within its ward."""
        return _folded(self.room, self.bed)


@dataclass(slots=True)
class LearntBed:
    """A bed, its room as first spelled, and every PL that means it, the shortest first."""

    room: str
    bed: str
    short: str
    aliases: list[str] = field(default_factory=list)


@dataclass(slots=True)
class LearntWard:
    """A ward and its beds, in no order."""

    name: str
    floor: str
    beds: list[LearntBed]


@dataclass(frozen=True, slots=True)
class Named:
    """What a feed names: wards, and the places that are no bed of theirs with how often they were named."""

    wards: tuple[LearntWard, ...]
    bedless: Counter[str]
    ambiguous: Counter[str]


def named(messages: Iterable[Message]) -> Named:
    """Everything the messages name."""
    counted = Counter(_places(messages))
    bedless: Counter[str] = Counter()
    wards: dict[tuple[str, ...], list[Place]] = {}
    for place, count in counted.items():
        if place.bed:
            wards.setdefault(place.ward, []).append(place)
        else:
            bedless[place.text] += count
    learnt: list[LearntWard] = []
    ambiguous: Counter[str] = Counter()
    for places in wards.values():
        split, unclear = _by_site(places)
        ambiguous.update({place.text: counted[place] for place in unclear})
        learnt += [_ward(group, several=len(split) > 1) for group in split]
    _shorten(learnt, {place_key(text) for text in ambiguous})
    return Named(tuple(learnt), bedless, ambiguous)


def _places(messages: Iterable[Message]) -> Iterator[Place]:
    for message in messages:
        for name, numbers in _FIELDS.items():
            for segment in message.segments(name):
                for number in numbers:
                    if segment.raw(number):
                        parts = [segment.component(number, n).strip() for n in range(1, 9)]
                        said = ["" if part == NULL else part for part in parts]
                        if any(said[:3]) and parts[0] != NULL:
                            yield Place("^".join(parts).rstrip("^"), *said[:4], *said[6:])


def _by_site(places: Sequence[Place]) -> tuple[list[list[Place]], list[Place]]:
    """One ward, or one for each facility and building of that ward's name; and the places that could mean several of them."""
    sites = {place.site for place in places}
    if not any(_differ(a, b) for a, b in combinations(sites, 2)):
        return [list(places)], []
    full = [site for site in sorted(sites) if not any(_covers(site, other) for other in sites)]
    split = {site: [place for place in places if place.site == site] for site in full}
    inside = {site: {place.inside for place in split[site]} for site in full}
    unclear = []
    for place in places:
        if place.site in inside:
            continue
        homes = [site for site in full if _covers(place.site, site)]
        known = [site for site in homes if place.inside in inside[site]]
        if len(known) > 1:
            unclear.append(place)
        else:
            split.setdefault((known or homes)[0] if len(known or homes) == 1 else place.site, []).append(place)
    return list(split.values()), unclear


def _differ(a: Site, b: Site) -> bool:
    return any(one and other and one != other for one, other in zip(a, b, strict=True))


def _covers(wide: Site, narrow: Site) -> bool:
    """The same with something left out."""
    return wide != narrow and all(one in ("", other) for one, other in zip(wide, narrow, strict=True))


def _ward(places: list[Place], *, several: bool) -> LearntWard:
    """`several`: the feed has other wards of this name."""
    first = min(places, key=lambda place: place.text)
    name = first.care or " ".join(filter(None, (first.building, first.floor))) or first.facility or "Hospital"
    site = " ".join(filter(None, (first.facility, first.building)))
    beds: dict[tuple[str, ...], LearntBed] = {}
    for place in sorted(places, key=lambda place: (len(place.text), place.text)):
        bed = beds.setdefault(place.inside, LearntBed(place.room, place.bed, f"{place.care}^{place.room}^{place.bed}"))
        bed.aliases.append(place.text)
    floors = Counter(place.floor for place in places if place.floor)
    floor = floors.most_common(1)[0][0] if floors else ""
    return LearntWard(f"{name}, {site}" if several and site else name, floor, list(beds.values()))


def _shorten(wards: Sequence[LearntWard], ambiguous: set[str]) -> None:
    """Point of care, room and bed alone mean a bed as well, where no other bed has the same three."""
    shared = Counter(place_key(bed.short) for ward in wards for bed in ward.beds)
    for bed in (bed for ward in wards for bed in ward.beds):
        if shared[place_key(bed.short)] == 1 and place_key(bed.short) not in ambiguous:
            bed.aliases.insert(0, bed.short)


def _folded(*parts: str) -> tuple[str, ...]:
    return tuple(part.casefold() for part in parts)
