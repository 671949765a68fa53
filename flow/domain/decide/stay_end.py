"""What becomes of a request made by hand when the stay ends to which it belongs: it is over, too.

The rule. A request belongs to the visit it was made for, else to the one open visit that its patient had when it was made; else to none.
When that visit ends (A03, A11, a discharge by hand), the request is closed and a promised bed is free again, unless the patient has
another stay that goes on. The end of another stay (a day case charted late, say) leaves the request alone. What a visit's own plan asked
for is `planned`'s.
"""

from dataclasses import replace

from flow.domain.decide.draft import Draft
from flow.domain.decide.waiting import close
from flow.domain.events import Kind
from flow.domain.ids import PatientId, VisitId
from flow.domain.request import MadeBy
from flow.domain.visit import Visit, VisitStatus

OVER = frozenset({VisitStatus.CANCELLED, VisitStatus.FINISHED})


def stay_of(draft: Draft, patient: PatientId) -> VisitId | None:
    """The one open visit of a patient; None where there are several or none."""
    if not draft.hospital.rules.ends_with_stay:
        return None
    found = draft.hospital.visits_of(patient, VisitStatus.IN_PROGRESS, VisitStatus.ON_LEAVE)
    return found[0].id if len(found) == 1 else None


def end_with_stay(draft: Draft, visit: Visit) -> None:
    """Close what was asked for a visit that is over, or hand it on: to the visit it was merged into, or to another of the same patient that
    is open or planned (casualty closes its own number when the admission gets one)."""
    if visit.course.status not in OVER or not draft.hospital.rules.ends_with_stay:
        return
    for request in draft.live_requests():
        if request.visit != visit.id or request.made_by is MadeBy.PLAN:
            continue
        heir = draft.number(visit.id) if visit.merged_into is not None else _other_stay(draft, visit)
        if heir is not None:
            draft.write(Kind.REQUEST_CHANGED, replace(request, visit=heir))
        else:
            close(draft, request, Kind.REQUEST_OVER)


def _other_stay(draft: Draft, visit: Visit) -> VisitId | None:
    known = (draft.visit(key) for key in sorted(draft.hospital.of_patient.get(visit.patient, ())) if key != visit.id)
    going_on = (VisitStatus.IN_PROGRESS, VisitStatus.ON_LEAVE, VisitStatus.PLANNED)
    return next((other.id for other in known if other is not None and other.course.status in going_on), None)
