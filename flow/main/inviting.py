"""Telling patients that their bed is ready, those who agreed to it: laid down once for each promised bed, their number looked up when it is
sent and written down nowhere else."""

from flow.domain.ids import RequestId
from flow.domain.patient_messages import key_of, ready_beds
from flow.domain.request import RequestStatus
from flow.history.messages import Waiting
from flow.main.writing import Writing


class Inviting(Writing):
    """The patients' messages of one hospital."""

    async def invite(self) -> int:
        """Lay down what is to be told; once for each promised bed. Returns how many are ready for somebody willing."""
        plan, at = self.desk.plan, self.clock.now()
        if not self.gateways or not plan.patient_messages.ready:
            return 0
        ready = list(ready_beds(self.desk.hospital, at, self.settled))
        willing = await self.contacts.willing(request.patient for request in ready) if ready else frozenset()
        rows = [("", request.id, key_of(request), plan.patient_messages.text(plan.name)) for request in ready if request.patient in willing]
        return await self.lay_down(rows, at)

    async def find(self, message: Waiting) -> tuple[str, ...]:
        """Where a patient's message goes now; nowhere once the bed is promised no more or the consent was withdrawn."""
        request = self.desk.hospital.requests.get(RequestId(message.addressee))
        if request is None or request.status is not RequestStatus.ASSIGNED:
            return ()
        return await self.addresses(request.patient)
