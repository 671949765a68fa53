"""The waiting list: asking for a bed, promising one, taking the promise back."""

from dataclasses import replace

from flow.domain.bed import BedState, BedStatus
from flow.domain.cause import Origin
from flow.domain.commands import AssignBed, CancelRequest, NoteNotice, ReleaseBed, RequestBed
from flow.domain.decide.draft import Draft
from flow.domain.decide.promises import check_beside, let_go
from flow.domain.decide.stay_end import stay_of
from flow.domain.decide.waiting import check_waits_once, close, live
from flow.domain.decide.withdrawal import waiting_again
from flow.domain.events import Kind
from flow.domain.request import BedRequest, Notice, RequestStatus
from flow.errors import Refused


def request(draft: Draft, command: RequestBed) -> None:
    """Put a patient on the list; one live request a patient. It takes the place of one that a plan made and nobody had in hand."""
    new = command.request
    if new.id in draft.hospital.requests:
        raise Refused(f"Request {new.id} exists already.", code="request-exists")
    patient = draft.hospital.survivor(new.patient)
    for planned in [r for r in draft.live_requests() if r.patient == patient and r.follows_plan]:
        close(draft, planned)
    check_waits_once(draft, patient)
    visit = new.visit or stay_of(draft, patient)
    draft.write(Kind.REQUEST_MADE, replace(new, patient=patient, visit=visit, status=new.unplaced_at(draft.now)))


def assign(draft: Draft, command: AssignBed) -> None:
    """Reserve a bed for the request, or hold it `until`. Whoever is later is refused; a hard rule is broken only with a reason."""
    wanted, bed = live(draft, command.request), draft.bed(command.bed)
    if wanted.status is RequestStatus.ASKED:
        raise Refused("The ward has not answered yet whether this patient may move.", code="ward-asked")
    if wanted.bed == bed.id and bed.reserved_for == wanted.holder:
        _keep(draft, wanted, bed, command)
        return
    _check_bed(draft, wanted, bed, command)
    let_go(draft, wanted)
    draft.revise_bed(
        Kind.BED_RESERVED,
        bed.id,
        reserved_for=wanted.holder,
        reserved_at=draft.now,
        reserved_until=command.until,
        reserved_sex=wanted.sex,
        reserved_by=draft.cause.actor,
        held=command.hold,
    )
    promised = replace(
        wanted,
        status=RequestStatus.ASSIGNED,
        bed=bed.id,
        assigned_at=draft.now,
        touched_at=draft.now,
        override_reason=command.override_reason if command.blocked_by else None,
        notice=None,
        his_bed=None,
        held_until=command.until if command.hold else None,
    )
    draft.write(Kind.BED_ASSIGNED, promised)


def _keep(draft: Draft, wanted: BedRequest, bed: BedState, command: AssignBed) -> None:
    """The bed is this request's already: what was held is promised for good, or held for longer. A repeat changes nothing."""
    if (bed.reserved_until, bed.held) == (command.until, command.hold):
        return
    draft.revise_bed(Kind.BED_RESERVED, bed.id, reserved_until=command.until, reserved_by=draft.cause.actor, held=command.hold)
    draft.write(Kind.BED_ASSIGNED, replace(wanted, touched_at=draft.now, held_until=command.until if command.hold else None))


def _check_bed(draft: Draft, wanted: BedRequest, bed: BedState, command: AssignBed) -> None:
    if command.if_seq is not None and command.if_seq != bed.seq:
        raise Refused(f"Bed {bed.id} has changed since you looked; look again.", code="stale")
    if bed.temporary is not None:
        raise Refused("A temporary place is promised to nobody; transfer the patient there.", code="temporary-place")
    if bed.reserved_for is not None:
        raise Refused(f"Somebody was faster: bed {bed.id} is reserved.", code="bed-reserved")
    if bed.status is BedStatus.OCCUPIED and bed.expected_free_at is None:
        raise Refused(f"Bed {bed.id} is occupied and nobody is expected to leave it.", code="bed-occupied")
    if bed.status is BedStatus.MAINTENANCE or bed.closes is not None:
        raise Refused(f"Bed {bed.id} is out of use.", code="bed-out-of-use")
    check_beside(draft, bed.id, command.as_of)
    if command.blocked_by and not command.override_reason:
        raise Refused(f"{'; '.join(command.blocked_by)}. Choose another bed, or give a reason to override.", code="rule-broken")


def release(draft: Draft, command: ReleaseBed) -> None:
    """Take the promise back; the request waits again with its old clock."""
    wanted = live(draft, command.request)
    if wanted.status is not RequestStatus.ASSIGNED:
        raise Refused("No bed is assigned to this request.", code="not-assigned")
    if wanted.move is not None:
        close(draft, wanted)
        return
    waiting_again(draft, wanted)


def note(draft: Draft, command: NoteNotice) -> None:
    """The HIS has answered. What it did about the bed since says more, and stays."""
    wanted = live(draft, command.request)
    if wanted.bed != command.bed:
        raise Refused("Another bed is promised by now.", code="stale")
    if wanted.notice in (None, Notice.REFUSED, Notice.SENT) and wanted.notice is not command.notice:
        draft.write(Kind.REQUEST_CHANGED, replace(wanted, notice=command.notice))


def cancel(draft: Draft, command: CancelRequest) -> None:
    """Take the request off the list."""
    close(draft, replace(live(draft, command.request), edited=draft.cause.origin is Origin.PERSON))
