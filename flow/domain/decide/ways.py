"""Which way a patient leaves, by the feed: who pays chooses it as long as no person has, a death or a leaving against advice as soon as it
is told. `leaving` asks here whenever a visit's facts, or the meaning of a feed's words, have changed. Pure."""

from dataclasses import replace
from datetime import datetime

from flow.domain.decide.draft import Draft
from flow.domain.discharge import Discharge, Way
from flow.domain.visit import Visit
from flow.domain.way_told import ENDS, OF_THE_DEAD, way_of


def led(draft: Draft, visit: Visit, known: Discharge) -> Discharge:
    """The discharge on the way that the feed tells; one that a person chose stays, until the feed has news of how it ends."""
    told = _told(draft, visit)
    if told is None:
        return replace(known, way=draft.hospital.rules.way, assumed=True, by_feed=False) if known.by_feed else known
    by_person = not (known.assumed or known.by_feed)
    if by_person and (told not in ENDS or told == _told_before(draft, visit)):
        return known
    if by_person and known.way in OF_THE_DEAD and told in OF_THE_DEAD:
        return known
    begun = known.begun_at if known.is_ordered or told not in OF_THE_DEAD else draft.now
    return replace(known, way=told, assumed=False, by_feed=True, begun_at=begun)


def death_told(draft: Draft, visit: Visit) -> datetime | None:
    """When the patient died, where the feed tells of it only now: a death is the beginning of its own discharge."""
    if _told(draft, visit) not in OF_THE_DEAD or _told_before(draft, visit) in OF_THE_DEAD:
        return None
    return min(max(fact.at for fact in visit.facts if fact.way is not None), draft.now)


def lives_after_all(before: Discharge, now: Discharge) -> bool:
    """The feed took a death back that had begun the discharge."""
    return before.by_feed and before.way in OF_THE_DEAD and now.way not in OF_THE_DEAD


def _told(draft: Draft, visit: Visit) -> Way | None:
    """Most feeds say nothing of it, and each letter of theirs asks."""
    return way_of(visit.course.way, draft.feed(visit.feed)) if visit.course.way is not None else None


def _told_before(draft: Draft, visit: Visit) -> Way | None:
    """What the feed had told until now, as its words were understood."""
    before = draft.visit(visit.id)
    return way_of(before.course.way, draft.hospital.feed(draft.feed(visit.feed).id)) if before is not None else None
