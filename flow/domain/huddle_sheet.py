"""How many beds will be short by an hour, and how that comes about: by specialty, whose beds help no other. Pure.

    free now + being cleaned + expected to leave - waiting - planned - expected to come besides

Counted are wards' beds in use. Who waits, promised a bed or not, needs one, and the promised bed is among the free, or leaves, or is being
cleaned; a bed kept for somebody who comes after the hour is left out. Of those expected to come besides, as many as wait already are taken
off: they are the first of them. Wards add up as if independent, as in the forecast.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from flow.domain.alert_level import Boarder, boarders
from flow.domain.bed import BedState, BedStatus, Stage
from flow.domain.huddle import Basis, Came, CameLine, Flow, Line, Sheet, Short
from flow.domain.huddle_actions import Scene, actions, is_expected_out, is_kept_for_later, planned
from flow.domain.ids import BedId, WardId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, MadeBy

Chances = Sequence[float]
"""Those of 0, 1, 2, ...; they sum to 1."""
SHOWS = 0.9
"""Of ten planned patients nine come."""
HARDLY = 1e-9
"""Chances at the end of a count that are laid on the place before."""
ELSEWHERE = "no specialty named"


def sheet(scene: Scene, flows: Sequence[Flow]) -> Sheet:
    """The sheet of a moment; without flows it goes by what is known by name."""
    known = {flow.ward: flow for flow in flows}
    leaving = {ward: (known[ward].leaving if ward in known else ()) or _known_leaving(scene, ward) for ward in scene.plan.ward}
    coming = {ward: known[ward].coming if ward in known else (1.0,) for ward in scene.plan.ward}
    groups = {name: _group(scene, name, wards, leaving, coming) for name, wards in specialties(scene).items()}
    missing = _sum(chances for _, _, chances in groups.values())
    lines = [line for own, wards, _ in groups.values() for line in (own, *wards)]
    own = [line for line in lines if not line.ward]
    return Sheet(
        at=scene.at,
        until=scene.until,
        basis=Basis.FORECAST if flows else Basis.KNOWN,
        short=_short(missing),
        over=sum(int(max(0.0, line.balance)) for line in own),
        lines=tuple(lines),
        actions=actions(scene),
        clean_minutes=scene.plan.cleaning.clean_aim,
        turn_minutes=scene.plan.cleaning.turn_aim,
    )


def came(scene: Scene, moved: Mapping[WardId, tuple[int, int]], freed: Iterable[BedId]) -> Came:
    """What came true, seen at the hour: `moved` is how many left and came by ward since the sheet was made."""
    lines = []
    for name, wards in specialties(scene).items():
        free = sum(state.status is BedStatus.AVAILABLE for state in _states(scene, wards))
        left, come = (sum(moved.get(ward, (0, 0))[place] for ward in wards) for place in (0, 1))
        lines.append(CameLine(name, free, len(_waiting(scene, name)), left, come))
    return Came(scene.at, sum(max(0, line.waiting - line.free) for line in lines), tuple(lines), tuple(sorted(freed)))


def specialties(scene: Scene) -> dict[str, list[WardId]]:
    """The wards of each specialty that have beds, in the order of the file; last who names none that is known, if somebody waits so."""
    beds = {scene.plan.beds[state.id].ward for state in scene.states}
    found: dict[str, list[WardId]] = {}
    for ward in scene.plan.wards:
        if ward.id in beds:
            found.setdefault(ward.specialty or ward.name, []).append(ward.id)
    if any(_group_of_boarder(scene, each, found) == ELSEWHERE for each in _all_waiting(scene)):
        found[ELSEWHERE] = []
    return found


def _group(
    scene: Scene, name: str, wards: Sequence[WardId], leaving: Mapping[WardId, Chances], coming: Mapping[WardId, Chances]
) -> tuple[Line, tuple[Line, ...], Chances]:
    """A specialty's line, those of its wards where it has several, and the chances of how many beds it is short."""
    own = [_ward(scene, ward, leaving[ward]) for ward in wards]
    waiting = _waiting(scene, name)
    announced = sum(each.request is not None and each.request.made_by is MadeBy.PLAN for each in waiting)
    due = _sum([_maybe(SHOWS)] * sum(group_of(scene.plan, each, specialties_of(scene.plan)) == name for each in planned(scene)))
    besides = _after(_sum(coming[ward] for ward in wards), len(waiting) - announced)
    gone = _sum(leaving[ward] for ward in wards)
    free, cleaning = sum(line.free for line in own), sum(line.cleaning for line in own)
    missing = _missing(_sum([due, besides]), gone, len(waiting) - free - cleaning)
    line = Line(name, free, cleaning, _mean(gone), False, len(waiting), _mean(due), _mean(besides), _short(missing))
    return line, tuple(own) if len(own) > 1 else (), missing


def _ward(scene: Scene, ward: WardId, leaving: Chances) -> Line:
    states = _states(scene, [ward])
    free = sum(state.status is BedStatus.AVAILABLE and not is_kept_for_later(scene, state) for state in states)
    cleaning = sum(state.now.stage is Stage.IN_PROGRESS for state in states if state.status is BedStatus.CLEANING)
    return Line(ward, free, cleaning, _mean(leaving), ward=True)


def _states(scene: Scene, wards: Iterable[WardId]) -> list[BedState]:
    own = set(wards)
    return [state for state in scene.states if scene.plan.beds[state.id].ward in own]


def _known_leaving(scene: Scene, ward: WardId) -> Chances:
    lying = [state.visit for state in _states(scene, [ward]) if state.status is BedStatus.OCCUPIED and state.visit is not None]
    leaving = [scene.discharges[visit] for visit in lying if visit in scene.discharges and scene.discharges[visit].is_live]
    return _sum(_maybe(is_expected_out(scene, discharge)) for discharge in leaving)


def specialties_of(plan: Plan) -> dict[str, list[WardId]]:
    """Every specialty with its wards."""
    found: dict[str, list[WardId]] = {}
    for ward in plan.wards:
        found.setdefault(ward.specialty or ward.name, []).append(ward.id)
    return found


def group_of(plan: Plan, request: BedRequest, known: Mapping[str, Sequence[WardId]]) -> str:
    """Whose bed a request needs: that of the promised bed's ward, of its specialty, of the first ward of its type."""
    promised = plan.beds.get(request.bed) if request.bed is not None else None
    if promised is not None:
        return plan.ward[promised.ward].specialty or plan.ward[promised.ward].name
    if request.specialty in known:
        return str(request.specialty)
    alike = next((ward for ward in plan.wards if ward.type == request.type), None)
    return (alike.specialty or alike.name) if alike is not None else ELSEWHERE


def _all_waiting(scene: Scene) -> list[Boarder]:
    return boarders(scene.plan, scene.beds, scene.requests.values(), scene.at)


def _waiting(scene: Scene, name: str) -> list[Boarder]:
    known = specialties_of(scene.plan)
    return [each for each in _all_waiting(scene) if _group_of_boarder(scene, each, known) == name]


def _group_of_boarder(scene: Scene, each: Boarder, known: Mapping[str, Sequence[WardId]]) -> str:
    if each.request is not None:
        return group_of(scene.plan, each.request, known)
    ward = scene.plan.ward.get(each.place.temporary.ward) if each.place is not None and each.place.temporary is not None else None
    return (ward.specialty or ward.name) if ward is not None else ELSEWHERE


def _maybe(chance: float) -> Chances:
    return (1 - chance, chance)


def _sum(parts: Iterable[Chances]) -> Chances:
    """Of independent counts."""
    return reduce(_added, parts, (1.0,))


def _added(one: Chances, other: Chances) -> Chances:
    found = [0.0] * (len(one) + len(other) - 1)
    for place, chance in enumerate(one):
        if chance > 0:
            for step, each in enumerate(other):
                found[place + step] += chance * each
    while len(found) > 1 and found[-1] < HARDLY:
        last = found.pop()
        found[-1] += last
    return found


def _after(coming: Chances, waiting: int) -> Chances:
    """Who comes besides those who wait already, the first of them."""
    taken = max(0, min(waiting, len(coming) - 1))
    return (sum(coming[: taken + 1]), *coming[taken + 1 :])


def _missing(needed: Chances, gone: Chances, already: int) -> Chances:
    """Beds missing: `already` (below 0: beds are over), and needed, less those that leave; never under none."""
    counted: dict[int, float] = {}
    for need, chance in enumerate(needed):
        for leave, each in enumerate(gone):
            short = max(0, already + need - leave)
            counted[short] = counted.get(short, 0.0) + chance * each
    return [counted.get(place, 0.0) for place in range(max(counted) + 1)]


def _mean(chances: Chances) -> float:
    return sum(place * chance for place, chance in enumerate(chances))


def _short(missing: Chances) -> Short:
    return Short(*(_quantile(missing, share) for share in (0.1, 0.5, 0.9)))


def _quantile(chances: Chances, share: float) -> int:
    total = 0.0
    for place, chance in enumerate(chances):
        total += chance
        if total >= share - 1e-9:
            return place
    return len(chances) - 1
