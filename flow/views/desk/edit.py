"""The dialog in which a request is edited: whom it is for (never changed), and the fields as they stand at `seq`."""

from collections.abc import Mapping
from dataclasses import dataclass

from flow.domain.ids import PatientId, RequestId
from flow.domain.person import PersonDetails
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.views.desk.person import Person, person_of
from flow.views.page import Chrome
from flow.views.request_form import RequestForm, edit_form


@dataclass(frozen=True, slots=True)
class EditDialog:
    """`seq` is the version that was looked at; `tells`: the patient wants to be told by message."""

    chrome: Chrome
    id: RequestId
    seq: int
    person: Person
    form: RequestForm
    tells: bool = False


def edit_dialog(
    chrome: Chrome, plan: Plan, request: BedRequest, people: Mapping[PatientId, PersonDetails], *, tells: bool = False
) -> EditDialog:
    """Filled in from the request as it stands; `people` are those whom the reader may know."""
    return EditDialog(chrome, request.id, request.seq, person_of(request, people), edit_form(plan, request, people), tells)
