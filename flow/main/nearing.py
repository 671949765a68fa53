"""Telling outpatients that their turn is near, those who agreed to it: laid down once for each token, whatever restarts in between; their
number looked up when it is sent, and gone with the day where it was given for the token alone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flow.addressees import PATIENTS, Addressees
from flow.clock import Clock
from flow.desk import Desk
from flow.domain.ids import TokenId
from flow.domain.opd import TokenStatus
from flow.domain.opd_near import holder, key_of, near_tokens
from flow.history.contacts import Contacts
from flow.history.messages import Waiting, post
from flow.history.pool import Database
from flow.main.inviting import KIND

STILL = frozenset({TokenStatus.WAITING, TokenStatus.CALLED})


class Nearing:
    """The outpatients' messages of one hospital; `settled` is how long a token can be undone."""

    def __init__(self, desk: Desk, database: Database, contacts: Contacts, clock: Clock, found: Addressees, settled: timedelta) -> None:
        self.desk, self.database, self.contacts, self.clock = desk, database, contacts, clock
        self.gateways, self.settled = found.of(PATIENTS), settled

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
        if rows:
            async with self.database.write() as connection:
                await post(connection, plan.id, KIND, rows, at)
        return len(rows)

    async def find(self, message: Waiting) -> tuple[str, ...]:
        """Where a token's message goes now; nowhere once its patient is in, has left, or wants it no more."""
        token = self.desk.hospital.tokens.get(TokenId(message.addressee))
        if token is None or token.status not in STILL:
            return ()
        number = await self.contacts.number(holder(token))
        return tuple(address.replace("{phone}", number) for address in self.gateways) if number else ()

    def _midnight(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.desk.plan.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
