"""How people sign in by the hospital's own provider (OpenID Connect), `[sign_in]` of the hospital file: what its tokens say of them, and
which of its groups may do what here."""

from collections.abc import Collection
from dataclasses import dataclass

from flow.domain.ids import WardId
from flow.domain.roles import Role

SECOND_FACTORS = ("mfa", "otp", "hwk", "swk", "sc", "fpt", "face", "phr", "phrh", "https://refeds.org/profile/mfa")
"""Words of `amr` (RFC 8176) and `acr` (EAP ACR Values 1.0, REFEDS) that tell of more than a password."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a group is given: a role, and the ward or clinic it is for."""

    group: str
    role: Role
    ward: WardId | None = None


@dataclass(frozen=True, slots=True)
class SignInRules:
    """`name` stands on the button, `scope` is asked for, `groups_claim` bears the groups. Whoever has shown one of `second_factor` there is
    not asked for a second one here; `max_age_minutes` after it was last shown the provider asks for the password again (0: as it likes)."""

    name: str = "your hospital's account"
    scope: str = "openid profile"
    groups_claim: str = "groups"
    second_factor: frozenset[str] = frozenset(SECOND_FACTORS)
    max_age_minutes: int = 720
    groups: tuple[Given, ...] = ()

    def given(self, groups: Collection[str]) -> Given | None:
        """What the first of these groups by the order of the file is given; None for somebody of none, who may not come in."""
        return next((each for each in self.groups if each.group in groups), None)
