"""The tokens of programmes on the administrator's screen: which there are, and how long each still opens doors. Drawn by
templates/admin/tokens.html."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from flow.domain.plan import Plan
from flow.domain.roles import Role
from flow.views.page import Chrome
from flow.views.request_form import Option

SOON_DAYS = 30
"""Days before its end from which on a token should be replaced."""


class TokenLike(Protocol):
    """A token as its table lists it."""

    @property
    def id(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def ward(self) -> str | None: ...
    @property
    def created_at(self) -> datetime | None: ...
    @property
    def expires_at(self) -> datetime | None: ...
    @property
    def revoked(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class TokenRow:
    """`state` is good | soon | expired | revoked; the first two can be revoked. `left` says how long it is good for, in words."""

    id: str
    role: str
    ward: str
    made: str
    until: str
    left: str
    state: str


@dataclass(frozen=True, slots=True)
class TokensPage:
    """`made` is a new token, shown this once; `days` what is offered first; `may_write`: buttons are shown."""

    chrome: Chrome
    tokens: tuple[TokenRow, ...]
    roles: tuple[Option, ...]
    wards: tuple[Option, ...]
    days: int
    may_write: bool
    made: str = ""


def tokens_page(
    chrome: Chrome, plan: Plan, at: datetime, tokens: Iterable[TokenLike], *, days: int, may_write: bool, made: str = ""
) -> TokensPage:
    """The page of these tokens."""
    roles = tuple(Option(role, role.replace("_", " ")) for role in Role)
    wards = tuple(Option(ward.id, f"{ward.id} {ward.name}") for ward in plan.wards)
    return TokensPage(chrome, tuple(token_row(token, plan.zone, at) for token in tokens), roles, wards, days, may_write, made)


def token_row(token: TokenLike, zone: str, at: datetime) -> TokenRow:
    """A token's line."""
    state = state_of(token, at)
    left = {"revoked": "revoked", "expired": "run out"}.get(state) or days_left(token, at)
    return TokenRow(token.id, str(token.role), token.ward or "", _day(token.created_at, zone), _day(token.expires_at, zone), left, state)


def state_of(token: TokenLike, at: datetime) -> str:
    """Whether it opens doors, and for how long."""
    if token.revoked:
        return "revoked"
    if token.expires_at is None or token.expires_at <= at:
        return "expired"
    return "soon" if (token.expires_at - at).days < SOON_DAYS else "good"


def days_left(token: TokenLike, at: datetime) -> str:
    """`12 days`, `less than a day`."""
    days = (token.expires_at - at).days if token.expires_at is not None else 0
    return f"{days} day{'s' if days > 1 else ''}" if days else "less than a day"


def _day(at: datetime | None, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%d %b %Y") if at is not None else "not known"
