"""What the phone shows of a bed whose label was scanned: its job where there is one to do, else how it stands and what may be asked.

After flow.web has found the bed; templates/housekeeping/_found.html draws it. No names, whoever lies there.
"""

from dataclasses import dataclass

from flow.domain.bed import BedState, BedStatus, Stage
from flow.domain.ids import BedId
from flow.domain.plan import Plan
from flow.views.phone import PhonePage
from flow.views.words import Words

_STANDS = {
    BedStatus.AVAILABLE: ("i-check", "Free and clean"),
    BedStatus.OCCUPIED: ("i-bed", "A patient lies here"),
    BedStatus.MAINTENANCE: ("i-wrench", "Out of use"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A scanned bed. `view` holds its job, if it is one for this phone; `may_ask`: a free bed may be said to be dirty; `may_daily`: an
    occupied one may have had its daily clean."""

    view: PhonePage
    bed: BedId
    label: str
    place: str
    icon: str
    stands: str
    may_ask: bool
    may_daily: bool
    seq: int


def found(view: PhonePage, plan: Plan, state: BedState, words: Words) -> Found:
    """The card of a scanned bed; `view` was made of this bed alone."""
    bed, now = plan.beds[state.id], state.now
    icon, said = _STANDS.get(now.status, ("i-broom", "To be inspected" if now.stage is Stage.INSPECTION else "A colleague is cleaning it"))
    free, occupied = now.status is BedStatus.AVAILABLE, now.status is BedStatus.OCCUPIED
    place = words.say("Ward {ward}", ward=bed.ward)
    return Found(view, bed.id, bed.label, place, icon, words.say(said), free, occupied, state.seq)
