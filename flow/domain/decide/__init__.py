"""`decide`: what a command means in the hospital as it stands. Pure; refuses with a reason, and repeats are not events."""

from flow.domain.back_entry import EnterBack, EnterTokenBack
from flow.domain.cause import Cause
from flow.domain.check_commands import AnswerCheck, AskCheck, DoubtBed, RaiseCheck, WithdrawCheck
from flow.domain.cleaning_commands import AskClean, CleanDaily, EscalateJob, GiveJob, InspectClean, ReportProblem, SettleProblem, TapClean
from flow.domain.commands import (
    AssignBed,
    Book,
    CallNext,
    CancelRequest,
    Chart,
    ClosePlace,
    Command,
    EditRequest,
    ExpireRequest,
    IssueToken,
    MarkReady,
    MarkToken,
    MergePatients,
    MergeVisits,
    MoveVisit,
    NoteNotice,
    NoteOrder,
    OpenPlace,
    ProposeBed,
    ReleaseBed,
    ReportBed,
    RequestBed,
    SetBedStatus,
    SetRoom,
    SettleClaim,
    SettleProposal,
    TakeUpRequest,
    Undo,
)
from flow.domain.decide import (
    acuity,
    back_entry,
    back_entry_opd,
    beds,
    bookings,
    charting,
    checks,
    clean_problems,
    cleaning,
    clinical,
    discharges,
    erasure,
    feeds,
    merging,
    moves,
    opd,
    opd_ways,
    places,
    proposals,
    requests,
    rooms,
    transports,
    undo,
    waiting,
    walk_ins,
    wards,
    withdrawal,
)
from flow.domain.decide.draft import Draft
from flow.domain.discharge_commands import AskInsurer, BeginDischarge, CallOffDischarge, ExpectAnew, LearnPace, MarkMilestone
from flow.domain.erasure import ErasePerson
from flow.domain.events import Event
from flow.domain.feed_commands import ChangeFeed
from flow.domain.hospital import Hospital
from flow.domain.move_commands import AnswerMove, AskMove, MarkRest
from flow.domain.opd_commands import AdviseAdmission, HoldSession, KnowPatient, OpenSessions, PassToken, SeatWalkIn, SendToRoom
from flow.domain.transport_commands import CancelTransport, MoveTransport, RequestTransport
from flow.domain.ward_commands import (
    CloseBed,
    CloseRoom,
    ConfirmArrival,
    KeepBed,
    MarkAcuity,
    MarkIsolation,
    NoteScore,
    PlacePatient,
    ReopenRoom,
    SeeScore,
    SwapPatients,
)

_ANSWERS = {
    Chart: charting.chart_visits,
    MergePatients: merging.merge_patients,
    ErasePerson: erasure.erase,
    MergeVisits: merging.merge_visits,
    MoveVisit: merging.move_visit,
    SettleClaim: merging.settle_claim,
    ChangeFeed: feeds.change_feed,
    ReportBed: beds.report,
    SetBedStatus: beds.set_status,
    OpenPlace: places.open_place,
    ClosePlace: places.close_place,
    RequestBed: requests.request,
    EditRequest: waiting.edit,
    MarkReady: waiting.mark_ready,
    ExpireRequest: withdrawal.expire,
    TakeUpRequest: waiting.take_up,
    AssignBed: requests.assign,
    ReleaseBed: requests.release,
    NoteNotice: requests.note,
    CancelRequest: requests.cancel,
    AskMove: moves.ask,
    AnswerMove: moves.answer,
    MarkRest: withdrawal.mark_rest,
    IssueToken: opd.issue,
    Book: bookings.book,
    NoteOrder: clinical.note_order,
    ProposeBed: proposals.propose,
    SettleProposal: proposals.settle_proposal,
    CallNext: opd.call_next,
    MarkToken: opd.mark,
    SetRoom: opd.set_room,
    PassToken: opd_ways.pass_over,
    SendToRoom: opd_ways.send_to_room,
    AdviseAdmission: opd_ways.advise_admission,
    HoldSession: opd_ways.hold_session,
    OpenSessions: opd_ways.open_sessions,
    KnowPatient: opd_ways.know_patient,
    SeatWalkIn: walk_ins.seat,
    TapClean: cleaning.tap,
    AskClean: cleaning.ask,
    GiveJob: cleaning.give,
    EscalateJob: cleaning.escalate,
    InspectClean: cleaning.inspect,
    CleanDaily: cleaning.daily,
    ReportProblem: clean_problems.report,
    SettleProblem: clean_problems.settle,
    BeginDischarge: discharges.begin,
    MarkMilestone: discharges.mark,
    AskInsurer: discharges.ask_insurer,
    CallOffDischarge: discharges.call_off,
    ExpectAnew: discharges.expect_anew,
    LearnPace: discharges.learn_pace,
    DoubtBed: checks.doubt_bed,
    RaiseCheck: checks.raise_check,
    AskCheck: checks.ask,
    AnswerCheck: checks.answer,
    WithdrawCheck: checks.withdraw,
    RequestTransport: transports.request,
    MoveTransport: transports.move,
    CancelTransport: transports.cancel,
    PlacePatient: wards.place,
    SwapPatients: wards.swap,
    ConfirmArrival: wards.confirm_arrival,
    MarkIsolation: wards.mark_isolation,
    MarkAcuity: acuity.mark,
    NoteScore: acuity.note_score,
    SeeScore: acuity.see,
    CloseRoom: rooms.close_room,
    ReopenRoom: rooms.reopen_room,
    CloseBed: rooms.close_bed,
    KeepBed: rooms.keep_bed,
    EnterBack: back_entry.enter,
    EnterTokenBack: back_entry_opd.enter,
    Undo: undo.undo,
}


def decide(hospital: Hospital, command: Command, cause: Cause) -> list[Event]:
    """The events a command leads to, none when it changes nothing. `cause.recorded_at` is now.

    Raises Refused when a person may not do that, Unreadable when a feed's fact cannot be placed.
    """
    draft = Draft(hospital, cause)
    answer = _ANSWERS[type(command)]
    answer(draft, command)  # type: ignore[operator]  # the table pairs each command with its own function
    withdrawal.sweep(draft)
    rooms.sweep(draft)
    return draft.events
