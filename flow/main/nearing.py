"""Telling outpatients that their turn is near, those who agreed to it: laid down once for each token, whatever restarts in between; their
number looked up when it is sent, and gone with the day where it was given for the token alone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flow.domain.ids import TokenId
from flow.domain.opd import TokenStatus
from flow.domain.opd_near import holder, key_of, near_tokens
from flow.history.messages import Waiting
from flow.main.writing import Writing

STILL = frozenset({TokenStatus.WAITING, TokenStatus.CALLED})


class Nearing(Writing):
    """The outpatients' messages of one hospital."""

    async def tell(self) -> int:
        """Lay down what is to be told; once for each token. Returns how many are near and willing."""
        plan, at = self.desk.plan, self.clock.now()
        await self.contacts.forget_tokens(self._midnight(at))
        if not self.gateways or not plan.patient_messages.near:
            return 0
        near = list(near_tokens(self.desk.hospital, plan, at, self.settled))
        willing = await self.contacts.willing(map(holder, near)) if near else frozenset()
        texts = plan.patient_messages
        rows = [("", t.id, key_of(t), texts.near_text(plan.name, t.number)) for t in near if holder(t) in willing]
        return await self.lay_down(rows, at)

    async def find(self, message: Waiting) -> tuple[str, ...]:
        """Where a token's message goes now; nowhere once its patient is in, has left, or wants it no more."""
        token = self.desk.hospital.tokens.get(TokenId(message.addressee))
        if token is None or token.status not in STILL:
            return ()
        return await self.addresses(holder(token))

    def _midnight(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.desk.plan.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
