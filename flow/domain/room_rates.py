"""What a room costs a day, by bed type: an insurer's limit a day is held against it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RoomRates:
    """`[room_rates]` of the hospital file: whole units of `currency` a day. A type that is not named has no rate."""

    currency: str = ""
    by_type: Mapping[str, int] = field(default_factory=dict)

    def within(self, kind: str, limit: int | None) -> bool:
        """Whether an insurer's limit a day covers a bed of this type; it does where either is not known."""
        rate = self.by_type.get(kind)
        return limit is None or rate is None or rate <= limit

    def words(self, amount: int) -> str:
        """`₹4,500`."""
        return f"{self.currency}{amount:,}"
