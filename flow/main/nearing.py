"""Telling outpatients that their turn is near, those who agreed to it, in their language: laid down once for each token, whatever restarts
in between; their number looked up when it is sent, and gone with the day where it was given for the token alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flow.domain.ids import PatientId, TokenId
from flow.domain.opd import Token, TokenStatus
from flow.domain.opd_near import holder, key_of, near_tokens
from flow.history.messages import Row, Waiting
from flow.history.tongues import Tongues
from flow.locale import words
from flow.main.writing import Writing
from flow.views.near_words import near_words

STILL = frozenset({TokenStatus.WAITING, TokenStatus.CALLED})


class Nearing(Writing):
    """The outpatients' messages of one hospital."""

    async def tell(self) -> int:
        """Lay down what is to be told; once for each token. Returns how many are near and willing."""
        plan, at = self.desk.plan, self.clock.now()
        tongues = Tongues(self.database)
        await self.contacts.forget_tokens(self._midnight(at), at)
        await tongues.forget_tokens(self._midnight(at))
        if not self.gateways or not plan.patient_messages.near:
            return 0
        near = list(near_tokens(self.desk.hospital, plan, at, self.settled))
        willing = await self.contacts.willing(map(holder, near)) if near else frozenset()
        told = [token for token in near if holder(token) in willing]
        return await self.lay_down(self._rows(told, await tongues.of(map(holder, told))) if told else (), at)

    def _rows(self, tokens: Sequence[Token], spoken: Mapping[PatientId, str]) -> list[Row]:
        """Each in the language chosen by its patient or told of them, else in the clinic's first."""
        plan = self.desk.plan
        lang = {token.id: spoken.get(holder(token)) or plan.opd_telling.of(token.clinic)[0] for token in tokens}
        texts = {token.id: near_words(plan.patient_messages, words(lang[token.id]), plan.name, token.number) for token in tokens}
        return [("", token.id, key_of(token), texts[token.id]) for token in tokens]

    async def find(self, message: Waiting) -> tuple[str, ...]:
        """Where a token's message goes now; nowhere once its patient is in, by the paper too, has left, or wants it no more."""
        token = self.desk.hospital.tokens.get(TokenId(message.addressee))
        if token is None or token.paper or token.status not in STILL:
            return ()
        return await self.addresses(holder(token))

    def _midnight(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.desk.plan.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
