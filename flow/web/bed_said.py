"""The bed or temporary place that somebody named, on a page or over the API, in whatever way they say it (`flow.domain.bed_names`)."""

from collections.abc import Iterator

from flow.domain.bed_names import beds_called, spoken
from flow.domain.ids import BedId, WardId
from flow.views.places import place_name, places_in
from flow.web.parts import House
from flow.web.problems import invalid, unknown


def said_bed(house: House, text: str, ward: str | None = None) -> BedId:
    """Its id; `ward` is where it is looked for first. 404 where there is none, 422 where it may be two."""
    place = house.bed(BedId(text))
    if place is not None and place.temporary is not None and not place.gone:
        return place.id
    here = WardId(ward) if ward is not None else None
    found = beds_called(house.plan, text, here) or tuple(_places(house, text, here))
    if len(found) > 1:
        names = ", ".join(house.plan.bed_name(bed) for bed in found[:4])
        raise invalid("ambiguous-bed", f"{text[:40]} may be more than one bed: {names}. Say the ward and the bed.")
    if not found:
        raise unknown("unknown-bed", f"There is no bed {text[:40]}. Say it as it stands on its door, like A3, or with its ward.")
    return found[0]


def _places(house: House, text: str, ward: WardId | None) -> Iterator[BedId]:
    """The temporary places of the ward that are called so."""
    if ward is None:
        return
    for state in places_in(ward, house.live.beds.values()):
        if state.temporary is not None and spoken(place_name(state.temporary)) == spoken(text):
            yield state.id
