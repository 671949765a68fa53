"""Writing to patients who agreed to it: what `inviting` (the bed is ready) and `nearing` (the turn is near) have in common."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flow.addressees import PATIENTS, Addressees
from flow.clock import Clock
from flow.desk import Desk
from flow.domain.ids import PatientId
from flow.history.contacts import Contacts
from flow.history.messages import Row, post
from flow.history.pool import Database

KIND = "patient"


class Writing:
    """The messages of one hospital to patients; `settled` is how long what they tell of can be undone."""

    def __init__(self, desk: Desk, database: Database, contacts: Contacts, clock: Clock, found: Addressees, settled: timedelta) -> None:
        self.desk, self.database, self.contacts, self.clock = desk, database, contacts, clock
        self.gateways, self.settled = found.of(PATIENTS), settled

    async def lay_down(self, rows: Sequence[Row], at: datetime) -> int:
        """Lay messages down, each once whatever restarts in between. Returns how many rows there were."""
        if rows:
            async with self.database.write() as connection:
                await post(connection, self.desk.plan.id, KIND, rows, at)
        return len(rows)

    async def addresses(self, holder: PatientId) -> tuple[str, ...]:
        """Where a message to whoever agreed goes now; nowhere once they withdrew."""
        number = await self.contacts.number(holder)
        return tuple(address.replace("{phone}", number) for address in self.gateways) if number else ()
